/** What a run has shown, for people and for machines. */
import { cpus } from 'node:os';
import type { Kill } from './kills.ts';
import type { RolloutRun } from './rollout-run.ts';
import type { Verdict } from './verdict.ts';
import { rolloutStages, type Spread, type StageWaits } from './waits.ts';

export const waitMsMax = 1_000;

export interface RolloutReport {
  readonly machine: string;
  readonly date: string;
  readonly seed: number;
  readonly customers: number;
  readonly load: { readonly facts: number; readonly perSecond: number; readonly behindMsMax: number };
  readonly waits: readonly StageWaits[];
  /** null: with kills nothing is promised. */
  readonly isInTime: boolean | null;
  readonly moves: Readonly<Record<string, number>>;
  readonly movedBack: number;
  readonly untouched: number;
  readonly courses: readonly string[];
  readonly changes: number;
  readonly expectedChanges: number;
  readonly kills: readonly Kill[];
  readonly problems: readonly string[];
  readonly ok: boolean;
}

export function reportOf(run: RolloutRun, verdict: Verdict): RolloutReport {
  const { settings, load, kills } = run;
  const rollouts = verdict.waits.find(({ stage }) => stage === rolloutStages)!;
  const isInTime = settings.kills ? null : rollouts.seen.max <= waitMsMax;
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    date: new Date().toISOString().slice(0, 10),
    seed: settings.seed,
    customers: settings.customers,
    load: {
      facts: load.written,
      perSecond: Math.round(load.written / load.seconds),
      behindMsMax: Math.round(load.behindMsMax),
    },
    waits: verdict.waits,
    isInTime,
    moves: verdict.moves,
    movedBack: verdict.movedBack,
    untouched: verdict.restoration.untouched,
    courses: verdict.courses.map(
      ({ action, directives, sweeps, swept }) =>
        `${action}: ${directives} directives, ${swept.length} slices in ${sweeps} sweeps`,
    ),
    changes: verdict.changes,
    expectedChanges: verdict.expectedChanges,
    kills: kills.done,
    problems: verdict.problems,
    ok: verdict.problems.length === 0 && isInTime !== false,
  };
}

const shownMax = 10;

export function describeReport(report: RolloutReport): string {
  const { load, kills, problems } = report;
  const head = [
    'wait of an event, ms',
    's',
    'events',
    'written p50',
    'p99',
    'p99.9',
    'max',
    'seen p50',
    'p99',
    'p99.9',
    'max',
  ];
  const rows = report.waits.map(({ stage, seconds, events, written, seen }) => [
    stage,
    seconds.toFixed(1),
    String(events),
    ...numbers(written),
    ...numbers(seen),
  ]);
  const killed = Map.groupBy(kills, ({ stage }) => stage);
  const more = problems.length > shownMax ? [`  … and ${problems.length - shownMax} more`] : [];
  return [
    `Roll-outs under load, seed ${report.seed}, ${report.date}, ${report.machine}`,
    `${report.customers} customers; ${load.facts} facts, ${load.perSecond} a second, at most ${load.behindMsMax} ms behind that pace`,
    ...alignColumns([head, ...rows]),
    '',
    ...report.courses,
    ...Object.entries(report.moves).map(([move, count]) => `moved by the policy ${move}: ${count}`),
    `moved back by the rollback: ${report.movedBack} customers; ${report.untouched} without a fact since before stand as they stood`,
    `${report.changes} changes (${report.expectedChanges} expected), each once, in order, unbroken`,
    ...[...killed].map(([stage, of]) => `killed while ${stage}: ${of.map(({ victim }) => victim).join(', ')}`),
    ...problems.slice(0, shownMax).map(problem => `  ${problem}`),
    ...more,
    ...(report.isInTime === false ? [`  an event has waited for more than ${waitMsMax} ms`] : []),
    report.ok ? 'OK' : 'NOT OK',
  ].join('\n');
}

function numbers({ p50, p99, p999, max }: Spread): string[] {
  return [p50, p99, p999, max].map(String);
}

function alignColumns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows.map(row =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}
