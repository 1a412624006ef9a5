/** What a run has shown, for people and for machines. */
import { type RolloutRun, slices } from './rollout-run.ts';
import { isClean, type Verdict } from './verdict.ts';

export interface RolloutReport {
  readonly ok: boolean;
  readonly customers: number;
  readonly events: number;
  readonly slices: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly moved: number;
  readonly tooLate: string;
  /** The longest time that the load itself waited for the broker. */
  readonly loadBehindMsMax: number;
  readonly stretches: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
}

export function reportOf(run: RolloutRun, verdict: Verdict): RolloutReport {
  const kills: Record<string, number> = {};
  for (const { name } of run.kills) kills[name] = (kills[name] ?? 0) + 1;
  const seconds = run.stretches.map(({ name, fromMs, toMs }) => [name, (toMs - fromMs) / 1000] as const);
  return {
    ok: isClean(verdict),
    customers: run.before.size,
    events: run.load.written,
    slices,
    kills,
    moved: run.moved,
    tooLate: run.tooLate,
    loadBehindMsMax: Math.round(run.load.behindMsMax),
    stretches: Object.fromEntries(seconds),
    verdict,
  };
}

export function describeReport({ ok, verdict, ...report }: RolloutReport): string {
  const { customers, events, slices, kills, moved, stretches, loadBehindMsMax } = report;
  const causes = Object.entries(verdict.byCause).map(([cause, count]) => `${count} by ${cause}`);
  const killed = Object.entries(kills).map(([name, count]) => `${name} ${count}×`);
  const rows = Object.entries(verdict.waits).map(([name, waits]) => {
    const time = `${stretches[name]!.toFixed(1)} s`.padStart(8);
    if (waits === null) return `  ${name.padEnd(26)}${time}  no event`;
    const { p50Ms, p99Ms, p999Ms, maxMs } = waits;
    const numbers = [waits.events, p50Ms, p99Ms, p999Ms, maxMs].map(number => String(number).padStart(8)).join('');
    return `  ${name.padEnd(26)}${time}${numbers}`;
  });
  const wrong = [
    ...verdict.differences.slice(0, 10).map(({ what, id }) => `${id} is ${what}`),
    ...verdict.stateDifferences.slice(0, 10),
    ...verdict.violations.slice(0, 10),
    ...verdict.notRestored.slice(0, 10).map(id => `${id} does not stand as before`),
  ];
  return [
    `${customers} customers, ${slices} slices in each partition, ${events} events of load; killed: ${killed.join(', ') || 'nobody'}`,
    `${verdict.changes} changes of standing: ${causes.join(', ')}`,
    `${verdict.untouched} customers did nothing between the first directive and the rollback; ${moved} of them had moved, ${verdict.notRestored.length} stand otherwise than before`,
    `against the fold of the log: ${verdict.differences.length} differences in the output, ${verdict.stateDifferences.length} in the state`,
    `wait of an event, ms      ${'time'.padStart(10)}${['events', 'p50', 'p99', 'p99.9', 'max'].map(head => head.padStart(8)).join('')}`,
    ...rows,
    `the load itself waited for the broker for ${loadBehindMsMax} ms at most`,
    ...wrong,
    ok ? 'Nothing was lost, doubled or changed.' : 'Something is wrong.',
  ].join('\n');
}
