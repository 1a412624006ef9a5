/** What a person asks of the rank indexes: where somebody stands, and who stands before and after. */
import { randomUUID } from 'node:crypto';
import { partitionOf } from '@tierflow/processor/partition-of';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import { openRedis } from '@tierflow/redis/open-redis';
import { type RankedCustomer, type RankPosition, RedisRankIndexes } from '@tierflow/redis/rank-indexes';
import { RedisStateStore } from '@tierflow/redis/state-store';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { commitOf } from './commit-under-test.ts';

const partitions = 3;
const ranking = 'spend-0';
/** Many ties, and more customers than two pages hold. */
const values = new Map(Array.from({ length: 2_500 }, (_, i) => [`客户-${i}`, (i * 7) % 31]));

let namespace: string;
let client: Redis;
let ranks: RedisRankIndexes;

beforeEach(async () => {
  namespace = `ranks-${randomUUID()}`;
  client = await openRedis({ url: inject('redisUrl') });
  ranks = new RedisRankIndexes(client, namespace, partitions);
  const store = new RedisStateStore(client, namespace);
  for (let partition = 0; partition < partitions; partition++) {
    await store.claim(partition, 'owner', null);
    const own = [...values].filter(([id]) => partitionOf(id, partitions) === partition);
    await store.commit(
      partition,
      commitOf({ ranks: own.map(([customerId, value]) => ({ ranking, customerId, value })) }),
    );
  }
});
afterEach(async () => {
  await dropNamespace(client, namespace);
  client.disconnect();
});

test('a place is how many are above and below, over all partitions', async () => {
  const all = [...values.values()];
  for (const [id, value] of [...values].slice(0, 40)) {
    expect(await ranks.rankOf(ranking, id)).toEqual({
      value,
      above: all.filter(other => other > value).length,
      below: all.filter(other => other < value).length,
      size: all.length,
    });
  }
  expect(await ranks.rankOf(ranking, 'nobody')).toBeNull();
  expect(await ranks.rankOf('visits-0', '客户-1')).toBeNull();
});

test.each([
  ['greatest', 300],
  ['least', 300],
  ['greatest', 5_000],
] as const)('the %s come first, each once, page by page of %i', async (first, count) => {
  const listed: RankedCustomer[] = [];
  let position: RankPosition | null | undefined;
  while (position !== null) {
    const page = await ranks.list(ranking, first, count, position);
    expect(page.customers.length).toBeLessThanOrEqual(1_000);
    if (page.next !== null) expect(page.customers).toHaveLength(Math.min(count, 1_000));
    listed.push(...page.customers);
    position = page.next;
  }
  expect(new Map(listed.map(({ customerId, value }) => [customerId, value]))).toEqual(values);
  expect(listed).toHaveLength(values.size);
  const descending = [...values.values()].sort((a, b) => b - a);
  expect(listed.map(({ value }) => value)).toEqual(first === 'greatest' ? descending : descending.reverse());
});

test('a list of nobody is one empty page', async () => {
  expect(await ranks.list('visits-0', 'greatest', 10)).toEqual({ customers: [], next: null });
});
