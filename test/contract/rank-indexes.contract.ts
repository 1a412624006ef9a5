/** What a store's commits must do to the rank indexes, and what these must answer over all partitions. */
import type { Commit, RankWrite, StateStore } from '@tierflow/processor/ports';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { commitOf } from './commit-under-test.ts';
import { partition, partitions, type StateStoreFixture } from './state-store-fixture.ts';

/** Within the store's own tests; `opened` gives the store of the test that runs. */
export function testRankIndexes(opened: () => StateStoreFixture): void {
  describe('rank indexes', () => {
    let fixture: StateStoreFixture;
    let store: StateStore;
    let cursor: number | null;
    beforeEach(async () => {
      fixture = opened();
      store = fixture.store;
      for (let each = 0; each < partitions; each++) await store.claim(each, 'owner', null);
      cursor = null;
    });

    /** One step of the partition; the other partitions stay at none. */
    async function rank(ranks: readonly RankWrite[], writes: Partial<Commit> = {}, at = partition): Promise<void> {
      const nextCursor = (cursor ?? 0) + 10;
      await store.commit(
        at,
        commitOf({ expectedCursor: at === partition ? cursor : null, nextCursor, ranks, ...writes }),
      );
      if (at === partition) cursor = nextCursor;
    }
    const place = (customerId: string, value: number | null, ranking = 'spend-0'): RankWrite => ({
      ranking,
      customerId,
      value,
    });
    async function seen(ranking = 'spend-0') {
      const ranks = fixture.ranks();
      const size = await ranks.size(ranking);
      return { size, sum: await ranks.sum(ranking), extremes: await ranks.extremes(ranking) };
    }
    const nobody = { size: 0, sum: 0n, extremes: null };

    test('of nobody are empty', async () => {
      expect(await seen()).toEqual(nobody);
      expect(await fixture.ranks().countThrough('spend-0', [0, 5])).toEqual([0, 0]);
      expect(await fixture.ranks().countThrough('spend-0', [])).toEqual([]);
    });

    test('hold the last value of everybody, in every partition', async () => {
      await rank([place('a', 5), place('b', -7), place('c', 5), place('a', 1, 'visits-0')]);
      await rank([place('z', 100)], {}, 0);
      expect(await seen()).toEqual({ size: 4, sum: 103n, extremes: { least: -7, greatest: 100 } });
      expect(await fixture.ranks().countThrough('spend-0', [-8, -7, 4, 5, 100])).toEqual([0, 1, 1, 3, 4]);
      await rank([place('a', 6), place('b', null), place('nobody', null)]);
      expect(await seen()).toEqual({ size: 3, sum: 111n, extremes: { least: 5, greatest: 100 } });
      expect(await seen('visits-0')).toEqual({ size: 1, sum: 1n, extremes: { least: 1, greatest: 1 } });
    });

    test('of which one is dropped and asked for anew within one step hold what is new', async () => {
      await rank([place('a', 5)]);
      await rank([place('a', 7)], { droppedRankings: ['spend-0'] });
      expect(await seen()).toMatchObject({ size: 1, sum: 7n });
    });

    test('that nobody asks for any more go, and only they', async () => {
      await rank([place('a', 5), place('a', 1, 'visits-0')]);
      await rank([], { droppedRankings: ['spend-0', 'never-there'] });
      expect(await seen()).toEqual(nobody);
      expect((await seen('visits-0')).size).toBe(1);
    });

    test('are exact for every integer, and so is their sum', async () => {
      const most = Number.MAX_SAFE_INTEGER;
      await rank([place('a', most), place('b', most - 1), place('c', -most), place('d', most - 2), place('e', 0)]);
      expect(await seen()).toEqual({
        size: 5,
        sum: 2n * BigInt(most) - 3n,
        extremes: { least: -most, greatest: most },
      });
      const bounds = [-most, -1, 0, most - 2, most - 1, most];
      expect(await fixture.ranks().countThrough('spend-0', bounds)).toEqual([1, 1, 2, 3, 4, 5]);
    });

    test('count and add up as a sorted list does, whatever is written', async () => {
      const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger());
      const write = fc.tuple(fc.nat(partitions - 1), fc.nat(9), fc.option(value));
      const cursors = Array.from({ length: partitions }, (): number | null => null);
      let runs = 0;
      const property = fc.asyncProperty(fc.array(write, { maxLength: 40 }), async writes => {
        const ranking = `run-${runs++}`;
        const expected = new Map<string, number>();
        for (const [at, customer, each] of writes) {
          const customerId = `${at}-${customer}`;
          const nextCursor = (cursors[at] ?? 0) + 1;
          const ranks = [place(customerId, each, ranking)];
          await store.commit(at, commitOf({ expectedCursor: cursors[at]!, nextCursor, ranks }));
          cursors[at] = nextCursor;
          if (each === null) expected.delete(customerId);
          else expected.set(customerId, each);
        }
        const values = [...expected.values()].sort((a, b) => a - b);
        expect(await seen(ranking)).toEqual({
          size: values.length,
          sum: values.reduce((total, each) => total + BigInt(each), 0n),
          extremes: values.length === 0 ? null : { least: values[0], greatest: values.at(-1) },
        });
        const bounds = [...values, ...values.map(each => each - 1), -4, 4].filter(Number.isSafeInteger);
        expect(await fixture.ranks().countThrough(ranking, bounds)).toEqual(
          bounds.map(bound => values.filter(each => each <= bound).length),
        );
      });
      await fc.assert(property, { numRuns: 40 });
    });

    test('of more than a page add up', async () => {
      const many = Array.from({ length: 20_000 }, (_, i) => place(`c${i}`, i - 100));
      await rank(many);
      await rank(many.slice(0, 1_000), {}, 0);
      const of = (count: number) => BigInt((count * (count - 1)) / 2 - 100 * count);
      expect(await seen()).toEqual({
        size: 21_000,
        sum: of(20_000) + of(1_000),
        extremes: { least: -100, greatest: 19_899 },
      });
      const bounds = Array.from({ length: 500 }, (_, i) => i);
      expect(await fixture.ranks().countThrough('spend-0', bounds)).toEqual(bounds.map(bound => 2 * (bound + 101)));
    });
  });
}
