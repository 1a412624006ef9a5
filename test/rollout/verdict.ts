/** What a run has come to: its output and its state against the fold of its own log, and what a rollback promises. */
import { isDeepStrictEqual } from 'node:util';
import { formatDay } from '@tierflow/customer/epoch-day';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { compareChanges, type Difference } from '../chaos/comparison.ts';
import { asOfLater } from '../e2e/folded.ts';
import type { CustomerView } from '../e2e/pipeline.ts';
import { ChangeAudit } from './change-audit.ts';
import { type Directive, readDirectives } from './control-records.ts';
import { type FoldedLog, foldLog } from './folded-log.ts';
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
  readonly directives: readonly Directive[];
  readonly differences: readonly Difference[];
  /** One sentence each, of what is not as it should be. */
  readonly problems: readonly string[];
}

export async function judge(run: RolloutRun): Promise<Verdict> {
  const { pipeline, reader, audit } = run;
  const found = new ChangeAudit();
  for (let partition = 0; partition < pipeline.partitions; partition++) {
    await found.read(partition, pipeline.tierChangesOf(partition), audit.seenAtMs[partition]!);
  }
  const folded = await foldLog(pipeline);
  const restoration = await compareUntouched(pipeline, reader, run.before!, run.after!);
  const directives = await readDirectives(pipeline, reader);
  const differences = found.published.flatMap((of, p) => compareChanges(folded.changes[p]!, of));
  return {
    changes: found.published.reduce((sum, { length }) => sum + length, 0),
    expectedChanges: folded.changes.reduce((sum, { length }) => sum + length, 0),
    answered: found.waits.length,
    waits: waitsByStage(found.waits, run.stages),
    moves: Object.fromEntries([...found.moves].sort()),
    restoration,
    movedBack: found.rolledBack.size,
    directives,
    differences,
    problems: [
      ...differences.map(({ what, id }) => `${what}: ${id}`),
      ...audit.violations,
      ...found.broken,
      ...restoration.different.map(id => `${id} does not stand as before the roll-out`),
      ...loadProblems(run, found),
      ...directiveProblems(run, directives),
      ...(await viewProblems(run, folded)),
      ...(await counterProblems(run, found)),
      ...(await flowProblems(run)),
    ],
  };
}

function loadProblems({ load }: RolloutRun, { waits }: ChangeAudit): string[] {
  if (waits.length === load.written) return [];
  return [`${load.written} facts were written, and ${waits.length} have changed a pulse`];
}

/** Each slice was swept once for what it was to follow, and for nothing after that. */
function directiveProblems({ followedAtRollback, refusedRollback }: RolloutRun, directives: readonly Directive[]) {
  const problems: string[] = [];
  const actions = directives.map(({ action }) => action);
  if (!isDeepStrictEqual(actions, ['activate', 'rollback', 'activate', 'seal'])) {
    problems.push(`directed was ${actions.join(', ')}`);
  }
  if (Math.min(...followedAtRollback) < rollbackAtSlices) problems.push('it was rolled back too early');
  const [first, back, anew] = directives.map(({ swept }) => [...swept].sort((a, b) => a - b));
  const upTo = (count: number) => Array.from({ length: count }, (_, slice) => slice);
  const isOnce = (swept: readonly number[] | undefined, count: number) => isDeepStrictEqual(swept, upTo(count));
  if (!isOnce(first, first?.length ?? 0)) problems.push(`the first roll-out swept ${first}`);
  if (!isOnce(back, firstSlices)) problems.push(`the rollback swept ${back}`);
  if (!isOnce(anew, slices)) problems.push(`the second roll-out swept ${anew}`);
  if (refusedRollback?.code !== 1 || !/activate the former version anew/.test(refusedRollback.stderr)) {
    problems.push(`a rollback after the seal ended with ${refusedRollback?.code}: ${refusedRollback?.stderr}`);
  }
  return problems;
}

async function viewProblems({ pipeline, customers }: RolloutRun, folded: FoldedLog): Promise<string[]> {
  const views = await pipeline.views();
  const problems =
    customers.length === views.size && views.size === folded.customers.size ? [] : ['not as many customers'];
  for (const [id, customer] of folded.customers) {
    const view = views.get(id);
    if (view === undefined || !isDeepStrictEqual(asOfLater(view, customer.asOf), customer)) {
      problems.push(`the view of ${id} is not that of the fold`);
    }
    if (view?.policyVersion !== 2) problems.push(`${id} follows version ${view?.policyVersion}`);
  }
  return problems;
}

/** Flow is what was published, stock what flowed in less what flowed out, and nothing waits. */
async function counterProblems({ pipeline }: RolloutRun, { flow, stock }: ChangeAudit): Promise<string[]> {
  const states = new RedisStateReader(pipeline.redis, pipeline.namespace);
  const problems: string[] = [];
  for (let partition = 0; partition < pipeline.partitions; partition++) {
    const { counters, outboxEntries } = await states.readPartition(partition);
    if (outboxEntries > 0) problems.push(`partition ${partition} has ${outboxEntries} entries in its outbox`);
    for (const [name, stored, told] of [
      ['flow', counters.flow, flow[partition]!],
      ['stock', counters.stock, stock[partition]!],
    ] as const) {
      if (!isDeepStrictEqual(Object.fromEntries(stored), Object.fromEntries(told))) {
        problems.push(`the ${name} of partition ${partition} is not what was published`);
      }
    }
  }
  return problems;
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
