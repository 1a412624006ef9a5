import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryValues, ascending, onlyRanks } from './arbitrary-population.ts';
import { populationOf } from './order-statistics.ts';
import { type MixedNumber, type7Quantiles, type7Ranks } from './type7-quantiles.ts';

const exactly = (whole: number, part: number, of: number): MixedNumber => ({ whole, part, of });

describe('type 7', () => {
  test('between two ranks in proportion', () => {
    expect(type7Quantiles(populationOf([10, 20]), 5)).toEqual([
      exactly(12, 0, 5),
      exactly(14, 0, 5),
      exactly(16, 0, 5),
      exactly(18, 0, 5),
    ]);
    expect(type7Quantiles(populationOf([0, 1, 3]), 5)).toEqual([
      exactly(0, 2, 5),
      exactly(0, 4, 5),
      exactly(1, 2, 5),
      exactly(2, 1, 5),
    ]);
  });

  test('the median of an even number lies halfway, below zero too', () => {
    expect(type7Quantiles(populationOf([-4, -3]), 2)).toEqual([exactly(-4, 1, 2)]);
  });

  test('one member is every quantile', () => {
    expect(type7Quantiles(populationOf([7]), 5).map(({ whole, part }) => [whole, part])).toEqual(Array(4).fill([7, 0]));
  });

  test('stays exact at the end of the safe integers', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(type7Quantiles(populationOf([most - 1, most]), 5)[2]).toEqual(exactly(most - 1, 3, 5));
    expect(type7Quantiles(populationOf([-most, most]), 2)).toEqual([exactly(0, 0, 2)]);
  });

  test('is the definition: (1 − γ) x[j] + γ x[j + 1], where j + γ = (n − 1) k / n', () => {
    fc.assert(
      fc.property(arbitraryValues, fc.integer({ min: 2, max: 12 }), (values, of) => {
        const sorted = ascending(values).map(BigInt);
        const parts = BigInt(of);
        const found = type7Quantiles(onlyRanks(values, type7Ranks(values.length, of)), of);
        expect(found).toHaveLength(of - 1);
        found.forEach(({ whole, part }, index) => {
          const place = BigInt((values.length - 1) * (index + 1));
          const [j, gamma] = [place / parts, place % parts];
          const next = sorted[Number(j) + 1] ?? sorted.at(-1)!;
          const expected = (parts - gamma) * sorted[Number(j)]! + gamma * next;
          expect(BigInt(whole) * parts + BigInt(part)).toBe(expected);
          expect(part >= 0 && part < of).toBe(true);
        });
      }),
      { numRuns: 10_000 },
    );
  });
});
