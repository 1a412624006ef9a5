/** What a run has come to: its output and its state against the fold of its own log, and what a rollback promises. */
import { isDeepStrictEqual } from 'node:util';
import { formatDay } from '@tierflow/customer/epoch-day';
import { compareChanges, type Difference } from '../chaos/comparison.ts';
import type { CustomerView } from '../e2e/pipeline.ts';
import { counterDifferences, openTransactions, tiersDifferences, viewDifferences } from '../e2e/state-differences.ts';
import { ChangeAudit } from './change-audit.ts';
import { type Course, readCourses } from './control-records.ts';
import { foldLog } from './folded-log.ts';
import { firstDay } from './imported-customers.ts';
import { firstSlices, type RolloutRun, rollbackAtSlices, slices } from './rollout-run.ts';
import { compareUntouched, type Restoration } from './standing-views.ts';
import { type StageWaits, waitsByStage } from './waits.ts';

export interface Verdict {
  readonly changes: number;
  readonly expectedChanges: number;
  /** Facts of the load whose change was seen. */
  readonly answered: number;
  readonly waits: readonly StageWaits[];
  /** Moves that the policy caused. */
  readonly moves: Readonly<Record<string, number>>;
  readonly restoration: Restoration;
  /** Customers whom the rollback moved back. */
  readonly movedBack: number;
  /** Roll-outs and rollbacks, in order. */
  readonly courses: readonly Course[];
  readonly differences: readonly Difference[];
  /** One sentence each, of what is not as it should be. */
  readonly problems: readonly string[];
}

export async function judge(run: RolloutRun): Promise<Verdict> {
  const { pipeline, reader, audit } = run;
  const found = new ChangeAudit(pipeline.partitions);
  for (let partition = 0; partition < pipeline.partitions; partition++) {
    await found.read(partition, pipeline.tierChangesOf(partition), audit.seenAtMs[partition]!);
  }
  const folded = await foldLog(pipeline);
  const restoration = await compareUntouched(pipeline, reader, run.before!, run.after!);
  const courses = await readCourses(pipeline, reader);
  const differences = found.published.flatMap((of, p) => compareChanges(folded.changes[p]!, of));
  return {
    changes: found.published.reduce((sum, { length }) => sum + length, 0),
    expectedChanges: folded.changes.reduce((sum, { length }) => sum + length, 0),
    answered: found.waits.length,
    waits: waitsByStage(found.waits, run.stages),
    moves: Object.fromEntries([...found.moves].sort()),
    restoration,
    movedBack: found.rolledBack.size,
    courses,
    differences,
    problems: [
      ...differences.map(({ what, id }) => `${what}: ${id}`),
      ...audit.violations,
      ...found.broken,
      ...restoration.different.map(id => `${id} does not stand as before the roll-out`),
      ...loadProblems(run, found),
      ...courseProblems(run, courses),
      ...(await viewDifferences(pipeline, folded.customers)),
      ...(await tiersDifferences(pipeline, folded.customers, found.flow)),
      ...(await counterDifferences(pipeline, found.flow)),
      ...(await openTransactions(pipeline, reader)),
      ...(await versionProblems(run)),
      ...(await flowProblems(run)),
    ],
  };
}

function loadProblems({ load }: RolloutRun, { waits }: ChangeAudit): string[] {
  if (waits.length === load.written) return [];
  return [`${load.written} facts were written, and ${waits.length} have changed a pulse`];
}

/** Each slice was swept once for what it was to follow, and for nothing after that. */
function courseProblems({ refusedRollback }: RolloutRun, courses: readonly Course[]): string[] {
  const problems: string[] = [];
  const actions = courses.map(({ action }) => action);
  if (!isDeepStrictEqual(actions, ['activate', 'rollback', 'activate', 'seal'])) {
    problems.push(`directed was ${actions.join(', ')}`);
  }
  const [first, back, anew] = courses.map(({ swept }) => swept);
  const isOnce = (swept: readonly number[] = []) => swept.every((slice, i) => slice === i);
  const isOf = (swept: readonly number[] = [], count = 0) => isOnce(swept) && swept.length === count;
  const followed = first?.length ?? 0;
  if (!isOnce(first) || followed < rollbackAtSlices || followed > firstSlices) {
    problems.push(`the first roll-out swept ${first}`);
  }
  if (!isOf(back, firstSlices)) problems.push(`the rollback swept ${back}`);
  if (!isOf(anew, slices)) problems.push(`the second roll-out swept ${anew}`);
  if (refusedRollback?.code !== 1 || !/activate the former version anew/.test(refusedRollback.stderr)) {
    problems.push(`a rollback after the seal ended with ${refusedRollback?.code}: ${refusedRollback?.stderr}`);
  }
  return problems;
}

async function versionProblems({ pipeline, customers }: RolloutRun): Promise<string[]> {
  const views = await pipeline.views();
  return customers.flatMap(id => {
    const version = views.get(id)?.policyVersion;
    return version === 2 ? [] : [`${id} follows version ${version}`];
  });
}

interface FlowJson {
  readonly programs: Readonly<Record<string, { readonly tiers: Readonly<Record<string, TierFlowJson>> }>>;
}

interface TierFlowJson {
  readonly opening: number;
  readonly in: number;
  readonly out: number;
  readonly closing: number;
}

/** As the command tells it to people: over the whole life of the log nobody came from nowhere. */
async function flowProblems({ pipeline }: RolloutRun): Promise<string[]> {
  const { programs } = await pipeline.tierctlJson<FlowJson>('flow', '--from', formatDay(firstDay));
  const stock = countStock((await pipeline.views()).values());
  return Object.entries(programs).flatMap(([program, { tiers }]) =>
    Object.entries(tiers).flatMap(([tier, { opening, in: came, out, closing }]) => {
      const stands = stock.get(`${program}|${tier}`) ?? 0;
      if (opening === 0 && closing === came - out && closing === stands) return [];
      return [`${program}/${tier}: ${opening} + ${came} − ${out} should be ${closing}, and ${stands} stand there`];
    }),
  );
}

function countStock(views: Iterable<CustomerView>): Map<string, number> {
  const stock = new Map<string, number>();
  for (const { standings } of views) {
    for (const [program, { tier }] of Object.entries(standings)) {
      const place = `${program}|${tier}`;
      stock.set(place, (stock.get(place) ?? 0) + 1);
    }
  }
  return stock;
}
