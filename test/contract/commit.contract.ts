/** What one step of a store must do: all of it or nothing, in absolute values. */
import { CursorMoved, StateLost } from '@tierflow/processor/errors';
import type { StateStore } from '@tierflow/processor/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import { bytesOf, commitOf, entryAt, idAt, noCounters, textOf } from './commit-under-test.ts';
import { partition, type StateStoreFixture } from './state-store-fixture.ts';

/** Within the store's own tests; `opened` gives the store of the test that runs. */
export function testCommits(opened: () => StateStoreFixture): void {
  describe('commit', () => {
    let store: StateStore;
    beforeEach(async () => {
      ({ store } = opened());
      await store.claim(partition, 'owner', null);
    });
    const heads = async (cursor: number | null, ids: readonly string[]) =>
      (await store.loadHeads(partition, 'owner', cursor, ids)).map(textOf);
    const due = async (cursor: number | null, fromSlice: number, toSlice: number, day: number) =>
      (await store.due(partition, 'owner', cursor, fromSlice, toSlice, day)).sort();

    test('writes heads, chunks, due days and counters, and removes them', async () => {
      await store.commit(
        partition,
        commitOf({
          heads: ['a', 'b'].map(customerId => ({ customerId, bytes: bytesOf(`head of ${customerId}`) })),
          views: ['a', 'b'].map(customerId => ({ customerId, json: `{"id":"${customerId}"}` })),
          chunks: [1, 2].map(sequence => ({ customerId: 'a', sequence, bytes: bytesOf(`chunk ${sequence}`) })),
          due: [
            { customerId: 'a', slice: 0, day: 100 },
            { customerId: 'b', slice: 1, day: 101 },
          ],
          counters: { ...noCounters, stock: new Map([['p|gold', 1]]) },
        }),
      );
      expect(await heads(10, ['a', 'b', 'c'])).toEqual(['head of a', 'head of b', null]);
      const chunks = await store.loadChunks(partition, 'owner', 10, [
        { customerId: 'a', sequence: 2 },
        { customerId: 'a', sequence: 1 },
      ]);
      expect(chunks.map(textOf)).toEqual(['chunk 2', 'chunk 1']);
      expect(await due(10, 0, 1, 101)).toEqual(['a', 'b']);

      await store.commit(
        partition,
        commitOf({
          expectedCursor: 10,
          nextCursor: 20,
          heads: [{ customerId: 'b', bytes: bytesOf('new head of b') }],
          droppedChunks: [
            { customerId: 'a', sequence: 1 },
            { customerId: 'a', sequence: 2 },
          ],
          droppedCustomers: ['a'],
          due: [
            { customerId: 'a', slice: 0, day: null },
            { customerId: 'b', slice: 1, day: 102 },
          ],
          counters: { ...noCounters, stock: new Map([['p|gold', 0]]) },
        }),
      );
      expect(await heads(20, ['a', 'b'])).toEqual([null, 'new head of b']);
      expect(await due(20, 0, 1, 101)).toEqual([]);
      expect(await due(20, 0, 1, 102)).toEqual(['b']);
      await expect(store.loadChunks(partition, 'owner', 20, [{ customerId: 'a', sequence: 1 }])).rejects.toThrow(
        StateLost,
      );
      expect((await store.claim(partition, 'successor', null)).counters.stock).toEqual(new Map([['p|gold', 0]]));
    });

    test('keeps a customer who is forgotten and comes back within one step', async () => {
      await store.commit(partition, commitOf({ heads: [{ customerId: 'a', bytes: bytesOf('before') }] }));
      await store.commit(
        partition,
        commitOf({
          expectedCursor: 10,
          nextCursor: 20,
          droppedCustomers: ['a'],
          heads: [{ customerId: 'a', bytes: bytesOf('after') }],
        }),
      );
      expect(await heads(20, ['a'])).toEqual(['after']);
    });

    test('keeps the partition state where none is given', async () => {
      await store.commit(partition, commitOf({ partitionState: '{"logDay":1}' }));
      await store.commit(partition, commitOf({ expectedCursor: 10, nextCursor: 20 }));
      expect((await store.claim(partition, 'successor', null)).partitionState).toBe('{"logDay":1}');
    });

    test('keeps the digest of every slice that is not given anew', async () => {
      const digestsAt = (expectedCursor: number | null, nextCursor: number, ...digests: [number, string][]) =>
        store.commit(partition, commitOf({ expectedCursor, nextCursor, digests: new Map(digests) }));
      await digestsAt(null, 10, [0, '0000000000000000'], [31, 'fedcba9876543210']);
      await digestsAt(10, 20, [0, '00000000000000ff'], [7, '0123456789abcdef']);
      await digestsAt(20, 30);
      expect((await store.claim(partition, 'successor', null)).digests).toEqual(
        new Map([
          [0, '00000000000000ff'],
          [7, '0123456789abcdef'],
          [31, 'fedcba9876543210'],
        ]),
      );
    });

    test('keeps bytes as they are', async () => {
      const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await store.commit(
        partition,
        commitOf({
          heads: [
            { customerId: 'every', bytes: everyByte },
            { customerId: 'empty', bytes: new Uint8Array() },
          ],
        }),
      );
      const [every, empty] = await store.loadHeads(partition, 'owner', 10, ['every', 'empty']);
      expect([...every!]).toEqual([...everyByte]);
      expect(empty).toHaveLength(0);
    });

    test.each([
      'with space',
      'quote"and\'quote',
      '{brace}',
      '}{',
      'state:colon:*?[x]\\',
      'naïve café',
      '客户-金',
      '🙂',
      'x'.repeat(300),
      `${'客'.repeat(40)}${'x'.repeat(60)}`,
      '$5\\r\\nhello',
    ])('takes the customer id %j', async customerId => {
      await store.commit(
        partition,
        commitOf({
          heads: [{ customerId, bytes: bytesOf(customerId) }],
          views: [{ customerId, json: JSON.stringify({ customerId }) }],
          chunks: [{ customerId, sequence: 0, bytes: bytesOf('chunk') }],
          due: [{ customerId, slice: 0, day: 5 }],
        }),
      );
      expect(await heads(10, [customerId])).toEqual([customerId]);
      expect(await due(10, 0, 0, 5)).toEqual([customerId]);
      const chunks = await store.loadChunks(partition, 'owner', 10, [{ customerId, sequence: 0 }]);
      expect(chunks.map(textOf)).toEqual(['chunk']);
    });

    test('refuses another cursor than the stored one and changes nothing', async () => {
      await store.commit(partition, commitOf({ heads: [{ customerId: 'a', bytes: bytesOf('first') }] }));
      const rewritten = [{ customerId: 'a', bytes: bytesOf('second') }];
      for (const expectedCursor of [null, 9, 11]) {
        const commit = commitOf({ expectedCursor, nextCursor: 20, heads: rewritten });
        await expect(store.commit(partition, commit)).rejects.toThrow(CursorMoved);
      }
      expect(await heads(10, ['a'])).toEqual(['first']);
    });

    test('refuses a cursor where none is stored', async () => {
      await expect(store.commit(partition, commitOf({ expectedCursor: 0 }))).rejects.toThrow(CursorMoved);
      await expect(store.loadHeads(partition, 'owner', 0, [])).rejects.toThrow(CursorMoved);
    });

    test('refuses the same step twice, and nothing is doubled', async () => {
      const step = commitOf({
        counters: { ...noCounters, records: new Map([['applied', 1]]) },
        outbox: entryAt(idAt(1), idAt(2)),
      });
      await store.commit(partition, step);
      await expect(store.commit(partition, step)).rejects.toThrow(CursorMoved);
      const claimed = await store.claim(partition, 'successor', null);
      expect(claimed.outbox).toHaveLength(1);
      expect(claimed.counters.records).toEqual(new Map([['applied', 1]]));
    });

    test('may be in flight while the next step is loaded against its cursor', async () => {
      const committed = store.commit(partition, commitOf({ heads: [{ customerId: 'a', bytes: bytesOf('A') }] }));
      const loaded = heads(10, ['a']);
      const next = store.commit(partition, commitOf({ expectedCursor: 10, nextCursor: 20 }));
      await Promise.all([committed, next]);
      expect(await loaded).toEqual(['A']);
    });

    test('takes 30,000 customers at once', async () => {
      const ids = Array.from({ length: 30_000 }, (_, i) => `customer-${i}`);
      await store.commit(
        partition,
        commitOf({
          heads: ids.map(customerId => ({ customerId, bytes: bytesOf(`head ${customerId}`) })),
          views: ids.map(customerId => ({ customerId, json: '{}' })),
          chunks: ids.map(customerId => ({ customerId, sequence: 1, bytes: bytesOf(customerId) })),
          due: ids.map((customerId, i) => ({ customerId, slice: i % 2, day: i % 7 })),
        }),
      );
      expect(await heads(10, ids)).toEqual(ids.map(id => `head ${id}`));
      const sequences = ids.map(customerId => ({ customerId, sequence: 1 }));
      expect((await store.loadChunks(partition, 'owner', 10, sequences)).map(textOf)).toEqual(ids);
      expect(await due(10, 0, 1, 6)).toEqual([...ids].sort());

      await store.commit(
        partition,
        commitOf({
          expectedCursor: 10,
          nextCursor: 20,
          droppedCustomers: ids,
          droppedChunks: sequences,
          due: ids.map((customerId, i) => ({ customerId, slice: i % 2, day: null })),
        }),
      );
      expect(await heads(20, ids)).toEqual(ids.map(() => null));
      expect(await due(20, 0, 1, Number.POSITIVE_INFINITY)).toEqual([]);
    });
  });
}
