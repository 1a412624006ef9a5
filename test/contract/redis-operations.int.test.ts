/** What operators do to a partition in Redis beside its owner: read slices, hold it, put it back, have it folded anew. */
import { randomUUID } from 'node:crypto';
import { CursorMoved, Fenced, StateLost } from '@tierflow/processor/errors';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import { PartitionKeys } from '@tierflow/redis/keys';
import { openRedis } from '@tierflow/redis/open-redis';
import { PartitionHold, type PutCustomer } from '@tierflow/redis/partition-hold';
import { refold } from '@tierflow/redis/refold';
import { SliceReader } from '@tierflow/redis/slice-reader';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { RedisStateStore } from '@tierflow/redis/state-store';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { bytesOf, commitOf } from './commit-under-test.ts';

const digest = '0123456789abcdef';
const held = { name: 'PortFailure', code: 'held' };

let namespace: string;
let keys: PartitionKeys;
let owner: Redis;
let operator: Redis;
let store: RedisStateStore;

beforeEach(async () => {
  namespace = `operations-${randomUUID()}`;
  keys = new PartitionKeys(namespace, 0);
  owner = await openRedis({ url: inject('redisUrl') });
  operator = await openRedis({ url: inject('redisUrl') });
  store = new RedisStateStore(owner, namespace);
  await store.claim(0, 'owner', null);
  await store.commit(
    0,
    commitOf({
      partitionState: '{}',
      heads: [{ customerId: 'a', bytes: bytesOf('A') }],
      due: [
        { customerId: 'a', slice: 0, day: Number.POSITIVE_INFINITY },
        { customerId: 'gone', slice: 0, day: 7 },
      ],
      digests: new Map([[0, digest]]),
    }),
  );
});
afterEach(async () => {
  await dropNamespace(operator, namespace);
  owner.disconnect();
  operator.disconnect();
});

describe('a slice', () => {
  test('is read with due days, heads and digest', async () => {
    const slices = await SliceReader.open(operator, namespace);
    const { cursor, digest: found, customers } = await slices.readSlice(0, 0);
    expect([cursor, found]).toEqual([10, digest]);
    expect(customers.map(({ id, dueDay, head }) => [id, dueDay, head?.toString() ?? null])).toEqual([
      ['gone', 7, null],
      ['a', Number.POSITIVE_INFINITY, 'A'],
    ]);
    expect(await slices.readSlice(0, 1)).toEqual({ cursor: 10, digest: null, customers: [] });
  });

  test('of more than a page is of one instant, while the owner goes on', async () => {
    const ids = Array.from({ length: 25_000 }, (_, i) => `c${i}`);
    const step = (round: number, customers: readonly string[]) =>
      commitOf({
        expectedCursor: 10 + round,
        nextCursor: 11 + round,
        heads: customers.map(customerId => ({ customerId, bytes: bytesOf(`${round}`) })),
        due: customers.map(customerId => ({ customerId, slice: 3, day: round })),
        digests: new Map([[3, String(round).padStart(16, '0')]]),
      });
    await store.commit(0, step(0, ids));
    const slices = await SliceReader.open(operator, namespace);
    let isOver = false;
    const writing = (async () => {
      // Every round is told apart by its digest, and by the head of one customer in each page.
      for (let round = 1; round <= 15; round++) await store.commit(0, step(round, ['c0', 'c12000', 'c24000']));
      isOver = true;
    })();
    let reads = 0;
    do {
      const { customers, digest: found } = await slices.readSlice(0, 3);
      const heads = new Map(customers.map(({ id, head }) => [id, head!.toString()]));
      expect(heads.size).toBe(ids.length);
      const round = String(Number(found));
      expect(['c0', 'c12000', 'c24000'].map(id => heads.get(id))).toEqual([round, round, round]);
      reads++;
    } while (!isOver || reads < 2);
    await writing;
  });
});

describe('a hold', () => {
  test('keeps every owner away, changes nothing for the present one, and ends', async () => {
    const hold = await PartitionHold.begin(operator, namespace, 0, 'keep');
    await expect(store.commit(0, commitOf({ expectedCursor: 10, nextCursor: 20 }))).rejects.toMatchObject(held);
    await expect(store.loadHeads(0, 'owner', 10, ['a'])).rejects.toMatchObject(held);
    await expect(store.claim(0, 'successor', null)).rejects.toMatchObject(held);
    await expect(PartitionHold.begin(operator, namespace, 0, 'keep')).rejects.toMatchObject(held);
    await store.claim(1, 'neighbour', null);
    await hold.extend();
    expect(await hold.release()).toEqual({ wasHeld: true, cursor: 10 });
    await store.commit(0, commitOf({ expectedCursor: 10, nextCursor: 20 }));
  });

  test('that nobody releases ends by itself, and is known to have ended', async () => {
    const hold = await PartitionHold.begin(operator, namespace, 0, 'take');
    // As if its time had passed.
    await operator.hset(keys.meta, 'heldUntil', '1');
    expect((await store.claim(0, 'successor', null)).cursor).toBe(10);
    await expect(hold.put([])).rejects.toThrow(/has run out/);
    expect((await hold.release()).wasHeld).toBe(false);
    await store.commit(0, commitOf({ token: 'successor', expectedCursor: 10, nextCursor: 20 }));
  });

  test('of a partition that has nothing is none afterwards', async () => {
    const hold = await PartitionHold.begin(operator, namespace, 9, 'keep');
    await expect(store.claim(9, 'owner', null)).rejects.toMatchObject(held);
    await hold.release();
    expect(await operator.exists(new PartitionKeys(namespace, 9).meta)).toBe(0);
  });

  test('that takes the partition may empty it and put it back; the former owner is fenced', async () => {
    const customers: PutCustomer[] = Array.from({ length: 7_000 }, (_, i) => ({
      id: `客户 ${i}`,
      slice: i % 2,
      dueDay: i === 0 ? Number.POSITIVE_INFINITY : i,
      head: bytesOf(`head ${i}`),
      view: i % 2 === 0 ? `{"i":${i}}` : null,
      chunks: i < 10 ? [{ sequence: 4, bytes: bytesOf(`chunk ${i}`) }] : [],
      ranks: i % 3 === 0 ? [{ ranking: 'spend-0', value: -i }] : [],
    }));
    const entry = { first: { offset: 1, index: 0 }, last: { offset: 2, index: 3 }, bytes: bytesOf('entry') };
    const hold = await PartitionHold.begin(operator, namespace, 0, 'take');
    const { token } = hold;
    // Nothing may be put upon what is there.
    await expect(hold.put(customers)).rejects.toThrow();
    const restoring = new RedisStateStore(operator, namespace);
    await restoring.reset(0, token);
    await hold.put(customers, [entry]);
    await restoring.commit(0, commitOf({ token, nextCursor: 5, digests: new Map([[0, digest]]) }));
    await hold.release();

    await expect(store.commit(0, commitOf({ expectedCursor: 5, nextCursor: 6 }))).rejects.toThrow(Fenced);
    const claimed = await store.claim(0, 'successor', null);
    expect(claimed).toMatchObject({ cursor: 5, digests: new Map([[0, digest]]) });
    expect(claimed.outbox.map(({ first, last, bytes }) => [first, last, String(bytes)])).toEqual([
      [entry.first, entry.last, 'entry'],
    ]);
    const ids = customers.map(({ id }) => id);
    const heads = await store.loadHeads(0, 'successor', 5, [...ids, 'a']);
    expect(heads.map(head => head?.toString() ?? null)).toEqual([
      ...customers.map(({ head }) => new TextDecoder().decode(head)),
      null,
    ]);
    expect((await store.due(0, 'successor', 5, 0, 1, 3)).sort()).toEqual(['客户 1', '客户 2', '客户 3']);
    expect((await store.loadChunks(0, 'successor', 5, [{ customerId: '客户 9', sequence: 4 }])).map(String)).toEqual([
      'chunk 9',
    ]);
    const reader = new RedisStateReader(operator, namespace);
    expect(await reader.readViews(0, ['客户 2', '客户 3'])).toEqual(['{"i":2}', null]);
    const slices = await SliceReader.open(operator, namespace);
    expect(await slices.readRanks(0, 'spend-0', ['客户 2', '客户 3', '客户 6999'])).toEqual([null, -3, -6999]);
    expect(await slices.readRanks(0, 'visits-0', ['客户 3'])).toEqual([null]);
    expect(await slices.readRanks(0, 'spend-0', [])).toEqual([]);
    const ranked: string[] = [];
    for await (const page of slices.rankedCustomers(0, 'spend-0')) ranked.push(...page);
    expect(ranked.sort()).toEqual(
      customers
        .filter(({ ranks }) => ranks.length > 0)
        .map(({ id }) => id)
        .sort(),
    );
  });
});

describe('a refold', () => {
  test('is met by the owner, who finds nothing when it takes over', async () => {
    await refold(operator, namespace, 0);
    await expect(store.commit(0, commitOf({ expectedCursor: 10, nextCursor: 20 }))).rejects.toThrow(CursorMoved);
    expect((await store.claim(0, 'owner again', null)).cursor).toBeNull();
  });

  test.each(['meta', 'outbox', 'flow', 'headline', 'digest'] as const)('mends a %s of a wrong type', async name => {
    await operator.set(keys[name], 'not this');
    await expect(store.claim(0, 'successor', null)).rejects.toThrow(StateLost);
    await refold(operator, namespace, 0);
    expect((await store.claim(0, 'successor', null)).cursor).toBeNull();
    await store.reset(0, 'successor');
    await store.commit(0, commitOf({ token: 'successor', digests: new Map([[0, digest]]) }));
  });
});
