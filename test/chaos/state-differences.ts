/** What a pipeline has stored and published against the fold of its own log, one sentence for each difference. */
import { isDeepStrictEqual } from 'node:util';
import { parseDay } from '@tierflow/customer/epoch-day';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { asOfLater, type Folded } from '../e2e/folded.ts';
import { changesAmong, type Pipeline, type PublishedRecord } from '../e2e/pipeline.ts';
import type { Published } from './comparison.ts';

export function expectedOf({ changes }: Folded, partition: number): Published[] {
  return changes.flatMap(({ id, ...record }) => (id.startsWith(`${partition}-`) ? [{ id, record }] : []));
}

export async function viewDifferences(pipeline: Pipeline, { customers }: Folded): Promise<string[]> {
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
  { customers }: Folded,
  changes: readonly (readonly PublishedRecord[])[],
): Promise<string[]> {
  const tiers = [...(await pipeline.customerTiers())].filter(([, standings]) => standings !== null);
  const latest = new Map(tiers.map(([id, standings]) => [id, plain(standings!)]));
  const revisions = new Map(changes.flat().map(({ record }) => [record.customerId, record.revision]));
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
  pipeline: Pipeline,
  changes: readonly (readonly PublishedRecord[])[],
): Promise<string[]> {
  const states = new RedisStateReader(pipeline.redis, pipeline.namespace);
  const differences: string[] = [];
  for (const [partition, of] of changes.entries()) {
    const { counters, outboxEntries } = await states.readPartition(partition);
    const flow = new Map<string, number>();
    const stock = new Map<string, number>();
    const add = (to: Map<string, number>, key: string, count: number) => to.set(key, (to.get(key) ?? 0) + count);
    for (const { program, from, to, cause } of changesAmong(of)) {
      add(flow, `${program}|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
      if (from !== null) add(stock, `${program}|${from}`, -1);
      if (to !== null) add(stock, `${program}|${to}`, 1);
    }
    if (outboxEntries > 0) differences.push(`partition ${partition} has ${outboxEntries} entries in its outbox`);
    for (const [name, wanted] of [
      ['flow', flow],
      ['stock', stock],
    ] as const) {
      const found = Object.fromEntries(counters[name]);
      if (!isDeepStrictEqual(found, Object.fromEntries(wanted)))
        differences.push(`${name} of partition ${partition} differs`);
    }
  }
  return differences;
}

/** Decoded records have classes of their own, parsed lines have none. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
