/** Everything there is to say about one customer. */
import type { TierRecord } from '@tierflow/customer/changes';
import type { Customer, Override } from '@tierflow/customer/customer';
import type { AttributeValue } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import { viewOf } from '@tierflow/customer/view';
import { partitionOf } from '@tierflow/processor/partition-of';
import { PartitionState } from '@tierflow/processor/partition-state';
import { RedisRankIndexes } from '@tierflow/redis/rank-indexes';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { advanceTo, readCustomer } from '../customer-at-day.ts';
import { cutsOf, type ProgramCuts } from '../policies/policy-status.ts';
import { sequencesIn } from '../stored-sequences.ts';
import { type DayAhead, daysAhead } from './days-ahead.ts';
import { explainRanks, type RankExplained } from './ranks-explained.ts';
import { explainStandings, type StandingExplained } from './standing-explained.ts';

export interface Explanation {
  readonly customerId: string;
  readonly partition: number;
  readonly asOf: string;
  readonly policy: { readonly policyId: string; readonly version: number } | null;
  readonly standings: readonly (StandingExplained & { readonly cause: string | null })[];
  /** Places among everybody. */
  readonly ranks: readonly RankExplained[];
  /** Of the programs whose cuts follow the population. */
  readonly cuts: readonly ProgramCuts[];
  readonly measures: Readonly<Record<string, string | number | null>>;
  readonly ahead: readonly DayAhead[];
  readonly overrides: readonly Override[];
  readonly profile: Readonly<Record<string, AttributeValue>>;
  /** Renewals and warnings too, the newest first. */
  readonly changes: readonly TierRecord[];
}

const daysAheadMax = 5;

export async function explainCustomer(
  connections: Connections,
  customerId: string,
  changesMax: number,
): Promise<{ readonly explanation: Explanation; readonly policy: Policy | null }> {
  const { partitions } = await connections.genesis();
  const { namespace } = connections.environment;
  const partition = partitionOf(customerId, partitions);
  const states = await connections.states();
  const { partitionState } = await states.readPartition(partition);
  const state = partitionState === null ? null : PartitionState.parse(partitionState);
  const found =
    state === null ? null : await states.readCustomer(partition, customerId, head => sequencesIn(head, state));
  const records = await recordsOf(connections, partition, customerId);
  if (state === null || found === null) {
    const named = `customer ${JSON.stringify(customerId)}`;
    const last = records.at(-1);
    if (last?.type === 'TierChanged' && last.cause === 'erasure') {
      throw new CommandFailure(`${named} was forgotten`, 'there is nothing left to explain; a new event begins anew');
    }
    throw new CommandFailure(
      `${named} is not known in namespace ${namespace}`,
      'check the id, which counts capitals; `tierctl await` waits for events that are still to be folded',
    );
  }
  const asOfLogDay = () => {
    const read = readCustomer(customerId, found.stored, state);
    if (read.policy !== null) advanceTo(read.customer, read.policy, state.logDay);
    return read;
  };
  const { customer, policy } = asOfLogDay();
  const { asOf, measures } = JSON.parse(viewOf(customer, policy));
  const indexes = new RedisRankIndexes(await connections.redis(), namespace, partitions);
  const explanation = {
    customerId,
    partition,
    asOf,
    policy: policy === null ? null : { policyId: policy.policyId, version: policy.version },
    standings: policy === null ? [] : explainStandings(customer, policy).map(each => withCause(each, records)),
    ranks: policy === null ? [] : await explainRanks(indexes, policy, customerId),
    cuts: policy === null ? [] : await cutsOf(state, policy.version, indexes),
    measures,
    ahead: policy === null ? [] : daysAhead(asOfLogDay().customer, policy, daysAheadMax),
    overrides: customer.overrides,
    profile: profileOf(customer),
    changes: changesMax === 0 ? [] : records.slice(-changesMax).reverse(),
  };
  return { explanation, policy };
}

function withCause(standing: StandingExplained, records: readonly TierRecord[]) {
  const changes = records.filter(record => record.type === 'TierChanged');
  return { ...standing, cause: changes.findLast(({ program }) => program === standing.program)?.cause ?? null };
}

function profileOf({ attributes }: Customer): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** In order. Only the customer's own records are decoded. */
async function recordsOf(connections: Connections, partition: number, customerId: string): Promise<TierRecord[]> {
  const { tierChanges } = connections.environment.topics;
  const reader = await connections.reader();
  const codec = await connections.changes();
  const key = Buffer.from(customerId);
  const own: TierRecord[] = [];
  const { logStart } = await reader.bounds(tierChanges, partition);
  for await (const records of reader.readAll(tierChanges, partition, logStart)) {
    for (const record of records) {
      if (record.key === null || !record.key.equals(key)) continue;
      const read = await codec.readTierRecord(record.value);
      if (read.type !== 'Unreadable') own.push(read);
    }
  }
  return own;
}
