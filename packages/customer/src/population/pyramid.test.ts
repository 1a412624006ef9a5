import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryCase, ascending, onlyRanks } from './arbitrary-population.ts';
import { populationOf } from './order-statistics.ts';
import { pyramidClass, pyramidCutRanks, pyramidCuts } from './pyramid.ts';

const shares = [100, 500, 2000];

describe('a pyramid of the first 1, 5 and 20 %', () => {
  test('rounds each class up to whole customers', () => {
    const hundred = populationOf(Array.from({ length: 101 }, (_, index) => index));
    const cuts = pyramidCuts(hundred, shares);
    expect(cuts).toEqual([99, 95, 80]);
    expect([100, 99, 98, 95, 94, 80, 79, 0].map(value => pyramidClass(value, cuts))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  test('lets a tie at the cut go up', () => {
    const cuts = pyramidCuts(populationOf([10, 20, 20, 20, 20]), shares);
    expect([10, 20].map(value => pyramidClass(value, cuts))).toEqual([4, 1]);
  });

  test('puts a value between two classes into the lower one', () => {
    const cuts = pyramidCuts(populationOf([10, 50]), [5000]);
    expect([9, 10, 49, 50, 51].map(value => pyramidClass(value, cuts))).toEqual([2, 2, 2, 1, 1]);
  });
});

test.each([[[0]], [[10_000]], [[500, 100]], [[100, 100]], [[1.5]]])('the shares %j are refused', refused => {
  expect(() => pyramidCuts(populationOf([1, 2, 3]), refused)).toThrow('Shares of a pyramid ascend between');
});

test('the cut is the value of the last one in, and a class is the first that holds it', () => {
  const anyShares = fc.uniqueArray(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 5 }).map(ascending);
  fc.assert(
    fc.property(arbitraryCase, anyShares, ({ values, value }, cumulative) => {
      const descending = ascending(values).reverse();
      const population = onlyRanks(values, pyramidCutRanks(values.length, cumulative));
      const first = cumulative.findIndex(share => {
        let members = 0;
        while (members * 10_000 < values.length * share) members++;
        return value >= descending[members - 1]!;
      });
      expect(pyramidClass(value, pyramidCuts(population, cumulative))).toBe(
        1 + (first < 0 ? cumulative.length : first),
      );
    }),
    { numRuns: 20_000 },
  );
});
