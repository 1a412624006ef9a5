/**
 * What every state store must do. Each store calls `testStateStore` with a factory for an empty one, so the in-memory
 * store, on which the simulator and `backtest` rely, is held to the same rules as the one in production.
 */
import type { EmissionId } from '@tierflow/customer/changes';
import { CursorMoved, Fenced, StateLost } from '@tierflow/processor/errors';
import type { Commit, StateStore } from '@tierflow/processor/ports';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testCommits } from './commit.contract.ts';
import { bytesOf, commitOf, entryAt, idAt, noCounters, textOf } from './commit-under-test.ts';
import { testRankIndexes } from './rank-indexes.contract.ts';
import { partition, partitions, type StateStoreFixture } from './state-store-fixture.ts';

export function testStateStore(name: string, open: (partitions: number) => Promise<StateStoreFixture>): void {
  describe(`${name} as a state store`, () => {
    let fixture: StateStoreFixture;
    let store: StateStore;

    beforeEach(async () => {
      fixture = await open(partitions);
      store = fixture.store;
    });
    afterEach(() => fixture.close());

    const heads = async (cursor: number | null, ids: readonly string[]) =>
      (await store.loadHeads(partition, 'owner', cursor, ids)).map(textOf);
    const due = async (cursor: number | null, fromSlice: number, toSlice: number, day: number) =>
      (await store.due(partition, 'owner', cursor, fromSlice, toSlice, day)).sort();
    const outbox = (token = 'owner') => store.claim(partition, token, null).then(claimed => claimed.outbox);

    describe('claim', () => {
      test('finds nothing in an empty partition', async () => {
        expect(await store.claim(partition, 'owner', null)).toEqual({
          cursor: null,
          stateFormat: null,
          foldVersion: null,
          partitionState: null,
          acknowledged: null,
          outbox: [],
          counters: noCounters,
          digests: new Map(),
        });
      });

      test('finds what was committed last', async () => {
        await store.claim(partition, 'owner', null);
        const first = entryAt(idAt(7), idAt(9, 2));
        await store.commit(
          partition,
          commitOf({
            stateFormat: 4,
            foldVersion: 6,
            partitionState: '{"logDay":20000,"zone":"北京"}',
            acknowledged: idAt(3, 1),
            counters: {
              flow: new Map([['retail|silver|gold|facts', 2]]),
              stock: new Map([['retail|金', 5]]),
              records: new Map([['applied', 12]]),
              headline: new Map([['retail|金|spendMinor', -350]]),
            },
            outbox: first,
          }),
        );
        const claimed = await store.claim(partition, 'successor', idAt(9, 2));
        expect(claimed).toMatchObject({
          cursor: 10,
          stateFormat: 4,
          foldVersion: 6,
          partitionState: '{"logDay":20000,"zone":"北京"}',
          acknowledged: idAt(3, 1),
        });
        expect(claimed.counters).toEqual({
          flow: new Map([['retail|silver|gold|facts', 2]]),
          stock: new Map([['retail|金', 5]]),
          records: new Map([['applied', 12]]),
          headline: new Map([['retail|金|spendMinor', -350]]),
        });
        expect(claimed.outbox.map(({ first, last }) => ({ first, last }))).toEqual([
          { first: first.first, last: first.last },
        ]);
        expect(textOf(claimed.outbox[0]!.bytes)).toBe(textOf(first.bytes));
      });

      test('fences every earlier owner', async () => {
        await store.claim(partition, 'owner', null);
        await store.commit(partition, commitOf({ heads: [{ customerId: 'a', bytes: bytesOf('A') }] }));
        await store.claim(partition, 'successor', null);

        await expect(store.commit(partition, commitOf({ expectedCursor: 10, nextCursor: 20 }))).rejects.toThrow(Fenced);
        await expect(store.loadHeads(partition, 'owner', 10, ['a'])).rejects.toThrow(Fenced);
        await expect(store.loadChunks(partition, 'owner', 10, [])).rejects.toThrow(Fenced);
        await expect(store.due(partition, 'owner', 10, 0, 0, 1)).rejects.toThrow(Fenced);
        await expect(store.reset(partition, 'owner')).rejects.toThrow(Fenced);
        expect((await store.claim(partition, 'third', null)).cursor).toBe(10);
      });

      test('leaves other partitions alone', async () => {
        await store.claim(partition, 'owner', null);
        await store.claim(partition + 1, 'neighbour', null);
        await store.commit(partition, commitOf({ heads: [{ customerId: 'a', bytes: bytesOf('A') }] }));
        expect(await store.loadHeads(partition + 1, 'neighbour', null, ['a'])).toEqual([null]);
      });
    });

    testCommits(() => fixture);

    describe('load', () => {
      beforeEach(async () => {
        await store.claim(partition, 'owner', null);
        await store.commit(partition, commitOf({ heads: [{ customerId: 'a', bytes: bytesOf('A') }] }));
      });

      test('refuses a cursor that moved', async () => {
        await expect(store.loadHeads(partition, 'owner', 9, ['a'])).rejects.toThrow(CursorMoved);
        await expect(store.loadHeads(partition, 'owner', null, ['a'])).rejects.toThrow(CursorMoved);
        await expect(store.loadChunks(partition, 'owner', 9, [])).rejects.toThrow(CursorMoved);
        await expect(store.due(partition, 'owner', 9, 0, 0, 1)).rejects.toThrow(CursorMoved);
      });

      test('gives nothing for nobody', async () => {
        expect(await store.loadHeads(partition, 'owner', 10, [])).toEqual([]);
        expect(await store.loadChunks(partition, 'owner', 10, [])).toEqual([]);
      });

      test('misses a chunk that is not there', async () => {
        await expect(store.loadChunks(partition, 'owner', 10, [{ customerId: 'a', sequence: 1 }])).rejects.toThrow(
          StateLost,
        );
      });
    });

    describe('verify', () => {
      beforeEach(async () => {
        await store.claim(partition, 'owner', null);
      });

      test('is content with a partition that stands as it was left', async () => {
        await store.verify(partition, 'owner', null, null);
        await store.commit(partition, commitOf({}));
        await store.verify(partition, 'owner', 10, null);
        await store.commit(partition, commitOf({ expectedCursor: 10, acknowledged: idAt(4, 1) }));
        await store.verify(partition, 'owner', 10, idAt(4, 1));
      });

      test('notices another owner, another cursor, another confirmation, and a loss', async () => {
        await store.commit(partition, commitOf({ acknowledged: idAt(4, 1) }));
        await expect(store.verify(partition, 'owner', 9, idAt(4, 1))).rejects.toThrow(CursorMoved);
        await expect(store.verify(partition, 'owner', 10, idAt(4, 2))).rejects.toThrow(CursorMoved);
        await expect(store.verify(partition, 'owner', 10, null)).rejects.toThrow(CursorMoved);
        await store.claim(partition, 'other', null);
        await expect(store.verify(partition, 'owner', 10, idAt(4, 1))).rejects.toThrow(Fenced);
        await fixture.loseEverything();
        await expect(store.verify(partition, 'owner', 10, idAt(4, 1))).rejects.toThrow(StateLost);
      });
    });

    describe('due', () => {
      beforeEach(async () => {
        await store.claim(partition, 'owner', null);
        await store.commit(
          partition,
          commitOf({
            due: [
              { customerId: 'early', slice: 0, day: 10 },
              { customerId: 'later', slice: 1, day: 11 },
              { customerId: 'never', slice: 1, day: Number.POSITIVE_INFINITY },
              { customerId: 'ancient', slice: 2, day: -400 },
              { customerId: 'other', slice: 5, day: 1 },
            ],
          }),
        );
      });

      test('takes the given slices, both ends included, up to the given day', async () => {
        expect(await due(10, 0, 2, 10)).toEqual(['ancient', 'early']);
        expect(await due(10, 0, 1, 11)).toEqual(['early', 'later']);
        expect(await due(10, 3, 4, 99)).toEqual([]);
        expect(await due(10, 5, 5, 1)).toEqual(['other']);
      });

      test('takes everybody for the end of time', async () => {
        expect(await due(10, 0, 5, Number.POSITIVE_INFINITY)).toEqual(['ancient', 'early', 'later', 'never', 'other']);
      });

      test('follows a day that moves', async () => {
        const moved = [{ customerId: 'early', slice: 0, day: Number.POSITIVE_INFINITY }];
        await store.commit(partition, commitOf({ expectedCursor: 10, nextCursor: 20, due: moved }));
        expect(await due(20, 0, 0, 1_000_000)).toEqual([]);
        expect(await due(20, 0, 0, Number.POSITIVE_INFINITY)).toEqual(['early']);
      });

      test('gives many slices of many customers completely', async () => {
        const many = Array.from({ length: 50_000 }, (_, i) => ({
          customerId: `c${i}`,
          slice: 10 + (i % 3),
          day: i % 10,
        }));
        await store.commit(partition, commitOf({ expectedCursor: 10, nextCursor: 20, due: many }));
        const expected = many.filter(({ day }) => day <= 8).map(({ customerId }) => customerId);
        expect(await due(20, 10, 12, 8)).toEqual(expected.sort());
      });
    });

    testRankIndexes(() => fixture);

    describe('closings', () => {
      beforeEach(() => store.claim(partition, 'owner', null));

      test('are found by day', async () => {
        const closings = [
          { day: 20_000, json: '{"flow":{"p|金":1}}' },
          { day: 20_001, json: '{}' },
        ];
        await store.commit(partition, commitOf({ closings }));
        const days = Array.from({ length: 400 }, (_, i) => 19_900 + i);
        expect(await fixture.readClosings(partition, days)).toEqual(closings);
        expect(await fixture.readClosings(partition, [19_999])).toEqual([]);
        expect(await fixture.readClosings(partition, [])).toEqual([]);
        expect(await fixture.readClosings(partition + 1, days)).toEqual([]);
      });
    });

    describe('outbox', () => {
      beforeEach(() => store.claim(partition, 'owner', null));

      const push = async (expectedCursor: number | null, nextCursor: number, acknowledged: EmissionId | null = null) =>
        store.commit(
          partition,
          commitOf({
            expectedCursor,
            nextCursor,
            acknowledged,
            outbox: entryAt(idAt(nextCursor - 5), idAt(nextCursor - 1, 4)),
          }),
        );

      test('keeps the order of the steps', async () => {
        await push(null, 10);
        await push(10, 20);
        await push(20, 3_000_000_000);
        expect((await outbox()).map(entry => entry.last)).toEqual([idAt(9, 4), idAt(19, 4), idAt(2_999_999_999, 4)]);
      });

      test('drops what is acknowledged completely, and nothing else', async () => {
        await push(null, 10);
        await push(10, 20, idAt(9, 3));
        expect(await outbox()).toHaveLength(2);
        await push(20, 30, idAt(9, 4));
        expect((await outbox()).map(entry => entry.last)).toEqual([idAt(19, 4), idAt(29, 4)]);
        await store.commit(partition, commitOf({ expectedCursor: 30, nextCursor: 40, acknowledged: idAt(29, 4) }));
        expect(await outbox()).toEqual([]);
      });

      test('compares ids by number, not by digits', async () => {
        await push(null, 10);
        await push(10, 100, idAt(10, 0));
        expect((await outbox()).map(entry => entry.last)).toEqual([idAt(99, 4)]);
      });

      test('stays through a takeover by the same or another owner', async () => {
        await push(null, 10);
        expect(await outbox()).toHaveLength(1);
        expect(await outbox('successor')).toHaveLength(1);
      });
    });

    describe('reset', () => {
      test('empties the partition but keeps its owner', async () => {
        await store.claim(partition, 'owner', null);
        await store.claim(partition + 1, 'neighbour', null);
        const writes: Partial<Commit> = {
          partitionState: '{}',
          acknowledged: idAt(1),
          heads: [{ customerId: 'a', bytes: bytesOf('A') }],
          chunks: [{ customerId: 'a', sequence: 1, bytes: bytesOf('1') }],
          due: [{ customerId: 'a', slice: 0, day: 1 }],
          ranks: [{ ranking: 'spend-0', customerId: 'a', value: 1 }],
          closings: [{ day: 20_000, json: '{}' }],
          counters: {
            ...noCounters,
            records: new Map([['applied', 1]]),
            headline: new Map([['p|gold|orders', 1]]),
          },
          digests: new Map([[0, '0123456789abcdef']]),
          outbox: entryAt(idAt(5), idAt(6)),
        };
        await store.commit(partition, commitOf(writes));
        await store.commit(partition + 1, commitOf({ ...writes, token: 'neighbour' }));

        await store.reset(partition, 'owner');
        expect(await heads(null, ['a'])).toEqual([null]);
        expect(await due(null, 0, 0, Number.POSITIVE_INFINITY)).toEqual([]);
        expect(await fixture.ranks().size('spend-0')).toBe(1);
        expect(await fixture.readClosings(partition, [20_000])).toEqual([]);
        await store.commit(partition, commitOf({ nextCursor: 1 }));
        const claimed = await store.claim(partition, 'successor', null);
        expect(claimed).toMatchObject({ cursor: 1, partitionState: null, acknowledged: null, outbox: [] });
        expect(claimed.counters).toEqual(noCounters);
        expect(claimed.digests).toEqual(new Map());
        expect((await store.loadHeads(partition + 1, 'neighbour', 10, ['a'])).map(textOf)).toEqual(['A']);
      });
    });

    describe('loss', () => {
      test('of everything is noticed by load, due and commit, and healed by a claim', async () => {
        await store.claim(partition, 'owner', null);
        await store.commit(partition, commitOf({}));
        await fixture.loseEverything();
        await expect(store.commit(partition, commitOf({ expectedCursor: 10 }))).rejects.toThrow(StateLost);
        await expect(store.commit(partition, commitOf({ expectedCursor: null }))).rejects.toThrow(StateLost);
        await expect(store.loadHeads(partition, 'owner', 10, ['a'])).rejects.toThrow(StateLost);
        await expect(store.due(partition, 'owner', 10, 0, 0, 1)).rejects.toThrow(StateLost);
        expect((await store.claim(partition, 'owner again', idAt(5))).cursor).toBeNull();
      });
    });
  });
}
