import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RankIndexes } from '../ports.ts';
import { valuesAt } from './order-search.ts';
import { RankIndexesUnderTest } from './rank-indexes-under-test.ts';

const value = fc.oneof(
  fc.integer({ min: -3, max: 6 }),
  fc.integer({ min: -5_000, max: 200_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
);
/** One range for all values, so that ties within and across partitions are frequent. */
const values = fc.oneof(fc.array(fc.integer({ min: -2, max: 3 })), fc.array(value));
const partitions = fc.array(values, { minLength: 1, maxLength: 5 }).filter(all => all.some(({ length }) => length > 0));

function indexesOf(all: readonly (readonly number[])[]): RankIndexesUnderTest {
  return new RankIndexesUnderTest(() => all);
}

test('finds what the sorted values of all partitions have at the rank, with ties, below zero and at the ends', async () => {
  const ranksOf = (size: number) => fc.array(fc.nat({ max: size - 1 }), { maxLength: 20 });
  const cases = partitions.chain(all => fc.tuple(fc.constant(all), ranksOf(all.flat().length)));
  await fc.assert(
    fc.asyncProperty(cases, async ([all, ranks]) => {
      const sorted = all.flat().sort((a, b) => a - b);
      const found = await valuesAt(indexesOf(all), 'spend', ranks);
      expect(found).toEqual(new Map(ranks.map(rank => [rank, sorted[rank]])));
    }),
    { numRuns: 3_000 },
  );
});

test('asks as often for all ranks as for one', async () => {
  const all = [Array.from({ length: 10_000 }, (_, index) => (index * 7_919) % 100_000_000)];
  const indexes = indexesOf(all);
  let questions = 0;
  const counting: Pick<RankIndexes, 'extremes' | 'countThrough'> = {
    extremes: ranking => indexes.extremes(ranking),
    countThrough: (ranking, bounds) => {
      questions++;
      return indexes.countThrough(ranking, bounds);
    },
  };
  await valuesAt(
    counting,
    'spend',
    Array.from({ length: 108 }, (_, index) => index * 90),
  );
  expect(questions).toBeLessThanOrEqual(27);
});

test('while values move it comes to an end, and values ascend with their ranks', async () => {
  const ranks = fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(partitions, { minLength: 1, maxLength: 30 }), ranks, async (moments, asked) => {
      let moment = 0;
      const now = () => moments[moment++ % moments.length]!;
      const found = await valuesAt(new RankIndexesUnderTest(now), 'spend', asked);
      const ascending = [...asked].sort((a, b) => a - b).map(rank => found.get(rank)!);
      for (const [index, at] of ascending.entries()) {
        expect(Number.isSafeInteger(at)).toBe(true);
        if (index > 0) expect(at).toBeGreaterThanOrEqual(ascending[index - 1]!);
      }
    }),
  );
});

test('a ranking that was emptied meanwhile is a fault that passes', async () => {
  await expect(valuesAt(indexesOf([[], []]), 'spend', [0])).rejects.toMatchObject({ code: 'store' });
  expect(await valuesAt(indexesOf([]), 'spend', [])).toEqual(new Map());
});
