/** What a run was like: for a person as a table, for a machine as JSON. */
import type { ChaosRun, FaultDone } from './chaos-run.ts';
import type { Difference } from './comparison.ts';
import { type Coverage, coverageOf, requiredCoverage } from './coverage.ts';
import { type FaultKind, faultKinds } from './fault-kinds.ts';
import { isClean, type Verdict } from './verdict.ts';

export interface KindReport {
  readonly kind: FaultKind;
  readonly scenario: string;
  readonly times: number;
  readonly atWork: number;
  /** The longest time for which a change that was due did not come out, where no other fault had a part in it. */
  readonly longestGapSeconds: number;
  readonly longestRecoverySeconds: number | null;
}

export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  readonly faults: number;
  readonly records: number;
  readonly changes: number;
  readonly expectedChanges: number;
  readonly kinds: readonly KindReport[];
  /** Whichever faults had a part in it, several that overlapped among them. */
  readonly longestGapSeconds: number;
  readonly coverage: Coverage;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
  readonly different: number;
  readonly unexpected: number;
  readonly violations: readonly string[];
  readonly stateDifferences: readonly string[];
  readonly rejects: { readonly expected: number; readonly found: number; readonly wrong: readonly string[] };
  readonly halted: readonly string[];
  /** Empty, or the run says too little. */
  readonly notCovered: readonly string[];
  readonly ok: boolean;
}

/** @param isMixed whether the run was to cover everything */
export function reportOf(run: ChaosRun, verdict: Verdict, isMixed: boolean): ChaosReport {
  const count = (what: Difference['what']) => verdict.differences.filter(difference => difference.what === what).length;
  const coverage = coverageOf(run);
  const missed = requiredCoverage.filter(name => coverage[name] === 0);
  const notCovered = [...run.missingKinds, ...(isMixed ? missed : [])];
  const waits = waitsOf(run, verdict);
  return {
    seed: run.settings.seed,
    seconds: run.seconds,
    faults: run.done.length,
    records: run.load.written,
    changes: verdict.changes.flat().length,
    expectedChanges: verdict.expectedChanges,
    kinds: [...new Set(run.done.map(({ kind }) => kind))].sort(byScenario).map(kind => kindReport(run, kind, waits)),
    longestGapSeconds: longestSeconds(waits),
    coverage,
    lost: count('lost'),
    doubled: count('doubled'),
    reordered: count('outOfOrder'),
    different: count('different'),
    unexpected: count('unexpected'),
    violations: verdict.violations,
    stateDifferences: verdict.stateDifferences,
    rejects: verdict.rejects,
    halted: verdict.halted,
    notCovered,
    ok: isClean(verdict) && notCovered.length === 0,
  };
}

interface Wait {
  readonly fromMs: number;
  readonly toMs: number;
}

function byScenario(a: FaultKind, b: FaultKind): number {
  const number = (kind: FaultKind) => Number(faultKinds[kind].scenario.slice(1));
  return number(a) - number(b) || (a < b ? -1 : 1);
}

/**
 * A change is due when its record is in the log, and its partition's output stands still since the change before it: so each
 * change has waited since the later of the two. With nothing to publish nothing waits.
 */
function waitsOf(run: ChaosRun, { changes }: Verdict): Wait[] {
  return changes.flatMap((of, partition) => {
    const seen = run.audit.seenAtMs[partition]!;
    return of.slice(0, seen.length).map(({ record }, i) => {
      const dueAtMs = record.recordedAt - performance.timeOrigin;
      return { fromMs: Math.max(dueAtMs, seen[i - 1] ?? dueAtMs), toMs: seen[i]! };
    });
  });
}

function kindReport(run: ChaosRun, kind: FaultKind, waits: readonly Wait[]): KindReport {
  const faults = run.done.filter(fault => fault.kind === kind);
  const recoveries = faults.flatMap(({ recoverySeconds }) => recoverySeconds ?? []);
  return {
    kind,
    scenario: faultKinds[kind].scenario,
    times: faults.length,
    atWork: faults.filter(({ hitWork }) => hitWork).length,
    longestGapSeconds: Math.max(...faults.map(fault => longestGapSeconds(fault, waits, run.done))),
    longestRecoverySeconds: recoveries.length === 0 ? null : Math.max(...recoveries),
  };
}

/** Of the waits that meet this fault and no other. */
function longestGapSeconds(fault: FaultDone, waits: readonly Wait[], faults: readonly FaultDone[]): number {
  const met = waits.filter(wait => meets(wait, fault));
  const alone = met.filter(wait => faults.every(other => other === fault || !meets(wait, other)));
  return longestSeconds(alone);
}

/** Whether the wait began while the fault lasted, or lasted when it began. */
function meets({ fromMs, toMs }: Wait, { atMs, seconds }: FaultDone): boolean {
  return fromMs <= atMs + seconds * 1000 && toMs >= atMs;
}

function longestSeconds(waits: readonly Wait[]): number {
  return waits.reduce((longest, { fromMs, toMs }) => Math.max(longest, toMs - fromMs), 0) / 1000;
}

const shownMax = 10;

export function describeReport(report: ChaosReport): string {
  const { kinds, coverage, rejects } = report;
  const rows = kinds.map(({ kind, scenario, times, atWork, longestGapSeconds, longestRecoverySeconds }) => [
    `${scenario} ${kind}`,
    String(times),
    String(atWork),
    longestGapSeconds.toFixed(1),
    longestRecoverySeconds?.toFixed(1) ?? '-',
  ]);
  const head = ['fault', 'times', 'at work', 'longest output gap, s', 'longest recovery, s'];
  const covered = Object.entries(coverage).map(([name, count]) => [name, String(count)]);
  const problems = [
    ...report.violations,
    ...report.stateDifferences,
    ...rejects.wrong,
    ...report.halted.map(halted => `halted: ${halted}`),
    ...report.notCovered.map(name => `never happened: ${name}`),
  ];
  const more = problems.length > shownMax ? [`  … and ${problems.length - shownMax} more`] : [];
  return [
    `Chaos, seed ${report.seed}: ${report.faults} faults in ${report.seconds.toFixed(0)} s, ${report.records} foreign records, ${report.changes} changes (${report.expectedChanges} expected).`,
    ...alignColumns([head, ...rows]),
    `The longest output gap of all, overlapping faults included: ${report.longestGapSeconds.toFixed(1)} s.`,
    '',
    ...alignColumns(covered),
    '',
    `lost ${report.lost}, doubled ${report.doubled}, reordered ${report.reordered}, different ${report.different}, unexpected ${report.unexpected}, seen wrong ${report.violations.length}, state differences ${report.stateDifferences.length}`,
    `rejects: ${rejects.expected} expected, ${rejects.found} found, ${rejects.wrong.length} wrong`,
    ...problems.slice(0, shownMax).map(problem => `  ${problem}`),
    ...more,
    report.ok ? 'OK' : 'NOT OK',
  ].join('\n');
}

function alignColumns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows.map(row =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}
