/** What a run under faults was like, for a person to read. */
import type { FaultDone, KillRun } from './kills-run.ts';

export function describeRun(run: KillRun, seed: number, seconds: number): string {
  const done = run.done.filter(({ kind }) => kind !== 'backUpRedis');
  const kinds = [...new Set(done.map(({ kind }) => kind))].sort();
  const rows = kinds.map(kind => {
    const faults = done.filter(fault => fault.kind === kind);
    return [
      kind,
      String(faults.length),
      String(faults.filter(({ hitWork }) => hitWork).length),
      Math.max(...faults.map(fault => longestGapSeconds(run, fault))).toFixed(1),
    ];
  });
  const takeovers = new Map<string, number>();
  for (const { after } of run.logged(/^partition taken over$/)) takeovers.set(after!, (takeovers.get(after!) ?? 0) + 1);
  const deaths = run.supervisors.flatMap(supervisor => supervisor.deaths);
  const killed = deaths.filter(({ how }) => how === 'SIGKILL');
  const at = (point: string) => killed.filter(({ failpoint }) => failpoint?.startsWith(point)).length;
  return [
    `Kill test, seed ${seed}: ${done.length} faults in ${seconds.toFixed(0)} s, ${run.audit.total} changes.`,
    ...alignColumns([['fault', 'times', 'at work', 'longest output gap, s'], ...rows]),
    `Processes killed: ${killed.length}, ${at('publish.before')} of them before and ${at('publish.after')} after a transaction.`,
    `Processes ended by themselves: ${deaths.length - killed.length}. Imports repeated: ${run.importsRepeated}.`,
    `Takeovers after: ${[...takeovers].map(([after, count]) => `${after} ${count}`).join(', ')}.`,
    `Partitions left as fenced: ${run.logged(/^fenced/).length}.`,
  ].join('\n');
}

/** The longest pause of one partition's output that the fault falls into. */
function longestGapSeconds(run: KillRun, { atMs }: FaultDone): number {
  const gaps = run.audit.seenAtMs.map(seen => {
    const after = seen.findIndex(seenAt => seenAt >= atMs);
    // Where nothing was published before, the fault is the beginning; where nothing is after, there was nothing to say.
    return after < 0 ? 0 : seen[after]! - (seen[after - 1] ?? atMs);
  });
  return Math.max(...gaps) / 1000;
}

function alignColumns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows.map(row =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}
