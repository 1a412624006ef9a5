/** What Redis and `customer-tiers` hold against the fold of the same log, as sentences: empty where all is alike. */
import { isDeepStrictEqual } from 'node:util';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { asOfLater, type Folded } from './folded.ts';
import type { Pipeline } from './pipeline.ts';
import type { PublishedFlow } from './published-flow.ts';

type FoldedCustomers = Folded['customers'];

export async function viewDifferences(pipeline: Pipeline, customers: FoldedCustomers): Promise<string[]> {
  const views = await pipeline.views();
  const ids = new Set([...views.keys(), ...customers.keys()]);
  return [...ids].flatMap(id => {
    const [view, customer] = [views.get(id), customers.get(id)];
    if (view === undefined) return [`${id} has no view`];
    if (customer === undefined) return [`${id} has a view and should be unknown`];
    return isDeepStrictEqual(plain(asOfLater(view, customer.asOf)), plain(customer))
      ? []
      : [`the view of ${id} differs`];
  });
}

export async function tiersDifferences(
  pipeline: Pipeline,
  customers: FoldedCustomers,
  { revisions }: PublishedFlow,
): Promise<string[]> {
  const tiers = [...(await pipeline.customerTiers())].filter(([, standings]) => standings !== null);
  const latest = new Map(tiers.map(([id, standings]) => [id, plain(standings!)]));
  const unknown = [...latest.keys()]
    .filter(id => !customers.has(id))
    .map(id => `customer-tiers has ${id}, the fold not`);
  const different = [...customers.values()].flatMap(({ customerId, standings }) => {
    const last = latest.get(customerId);
    const wanted = Object.entries(standings).map(([program, { tier, since }]) => {
      return { program, tier, sinceDay: parseDay(since) };
    });
    const found = last?.standings.map(({ program, tier, sinceDay }) => ({ program, tier, sinceDay }));
    const isSame = isDeepStrictEqual(found, wanted) && last?.revision === revisions.get(customerId);
    return isSame ? [] : [`customer-tiers of ${customerId} differs`];
  });
  return [...unknown, ...different];
}

/** Flow is what was published, stock what flowed in less what flowed out, and nothing waits. */
export async function counterDifferences(
  { redis, namespace, partitions }: Pipeline,
  published: PublishedFlow,
): Promise<string[]> {
  const states = new RedisStateReader(redis, namespace);
  const differences: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const { counters, outboxEntries } = await states.readPartition(partition);
    if (outboxEntries > 0) differences.push(`partition ${partition} has ${outboxEntries} entries in its outbox`);
    for (const name of ['flow', 'stock'] as const) {
      const wanted = Object.fromEntries(published[name][partition]!);
      if (!isDeepStrictEqual(Object.fromEntries(counters[name]), wanted))
        differences.push(`${name} of partition ${partition} differs`);
    }
  }
  return differences;
}

export async function openTransactions({ topics, partitions }: Pipeline, reader: RecordReader): Promise<string[]> {
  const { customerEvents, tierChanges, customerTiers } = topics;
  const open: string[] = [];
  for (const topic of [customerEvents, tierChanges, customerTiers]) {
    for (let partition = 0; partition < partitions; partition++) {
      const { highWatermark } = await reader.bounds(topic, partition);
      const read = await reader.read({ topic, partition, offset: highWatermark });
      const isSettled = read.status === 'read' && read.lastStableOffset === highWatermark;
      if (!isSettled) open.push(`a transaction is open in ${topic}/${partition}`);
    }
  }
  return open;
}

/** Decoded records have classes of their own, parsed lines have none. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
