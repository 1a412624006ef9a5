/** What a run has come to: its output and state against the fold of its own log, and the standings after the rollback. */
import { isDeepStrictEqual } from 'node:util';
import { compareChanges, type Difference } from '../chaos/comparison.ts';
import {
  counterDifferences,
  expectedOf,
  plain,
  tiersDifferences,
  viewDifferences,
} from '../chaos/state-differences.ts';
import { backtestOfLog } from '../e2e/folded.ts';
import { changesAmong } from '../e2e/pipeline.ts';
import type { RolloutRun } from './rollout-run.ts';
import { type Waits, waitsWithin } from './waits.ts';

export interface Verdict {
  readonly changes: number;
  readonly byCause: Readonly<Record<string, number>>;
  /** Against the fold of the log, by id. */
  readonly differences: readonly Difference[];
  readonly stateDifferences: readonly string[];
  /** Of the reader that read along: ids that did not increase. */
  readonly violations: readonly string[];
  /** Customers that nothing happened to between the first directive and the end of the rollback. */
  readonly untouched: number;
  /** Of them, those whose standings are not what they were. */
  readonly notRestored: readonly string[];
  readonly waits: Readonly<Record<string, Waits | null>>;
}

export async function judge(run: RolloutRun): Promise<Verdict> {
  const { pipeline, audit } = run;
  const folded = await backtestOfLog(pipeline);
  const published = (await pipeline.tierChanges()).map(of => of.map(plain));
  const changes = changesAmong(published.flat());
  const byCause: Record<string, number> = {};
  for (const { cause } of changes) byCause[cause] = (byCause[cause] ?? 0) + 1;
  const untouched = [...run.before.keys()].filter(id => !run.touched.has(id));
  const seenAtMs = audit.seenAtMs.map(of => of.map(ms => ms + performance.timeOrigin));
  return {
    changes: changes.length,
    byCause,
    differences: published.flatMap((of, partition) => compareChanges(expectedOf(folded, partition), of)),
    stateDifferences: [
      ...(await viewDifferences(pipeline, folded)),
      ...(await tiersDifferences(pipeline, folded, published)),
      ...(await counterDifferences(pipeline, published)),
    ],
    violations: audit.violations,
    untouched: untouched.length,
    notRestored: untouched.filter(id => {
      return !isDeepStrictEqual(run.before.get(id)!.standings, run.after.get(id)?.standings);
    }),
    waits: Object.fromEntries(run.stretches.map(stretch => [stretch.name, waitsWithin(stretch, published, seenAtMs)])),
  };
}

export function isClean({ differences, stateDifferences, violations, notRestored }: Verdict): boolean {
  return [differences, stateDifferences, violations, notRestored].every(({ length }) => length === 0);
}
