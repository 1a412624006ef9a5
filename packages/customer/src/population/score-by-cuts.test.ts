import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryCase, ascending, onlyRanks } from './arbitrary-population.ts';
import { populationOf } from './order-statistics.ts';
import { type Better, scoreByCuts, type7CutRanks, type7Cuts } from './score-by-cuts.ts';

describe('a value at a cut lies with the greater values', () => {
  const cuts = [4, 5, 6, 8];

  test.each([
    ['more', [3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 4, 5, 5]],
    ['less', [3, 4, 5, 6, 7, 8, 9], [5, 4, 3, 2, 2, 1, 1]],
  ] as const)('where %s is better', (better, values, scores) => {
    expect(values.map(value => scoreByCuts(value, cuts, better))).toEqual(scores);
  });

  test('and equal cuts leave out the scores between them', () => {
    expect([1, 2, 3].map(value => scoreByCuts(value, [2, 2, 2, 3], 'more'))).toEqual([1, 4, 5]);
    expect([1, 2, 3].map(value => scoreByCuts(value, [2, 2, 2, 3], 'less'))).toEqual([5, 2, 1]);
  });
});

describe('cuts by type 7', () => {
  test('lie one unit above the quintile', () => {
    expect(type7Cuts(populationOf([0, 10, 20, 30, 40, 50]), 1)).toEqual([11, 21, 31, 41]);
    expect(type7Cuts(populationOf([0, 1000, 2000, 3000, 4000, 5000]), 100)).toEqual([1100, 2100, 3100, 4100]);
  });

  test('at or above a fraction is at or above the next integer', () => {
    expect(type7Cuts(populationOf([0, 1]), 1)).toEqual([2, 2, 2, 2]);
    expect(type7Cuts(populationOf([-1, 0]), 1)).toEqual([1, 1, 1, 1]);
  });

  test('give the scores of the definition: quintiles, plus one unit, counted below', () => {
    const better = fc.constantFrom<Better>('more', 'less');
    fc.assert(
      fc.property(arbitraryCase, better, fc.constantFrom(1, 100), ({ values, value }, direction, unit) => {
        const sorted = ascending(values).map(BigInt);
        let below = 0;
        for (const k of [1, 2, 3, 4]) {
          const place = (values.length - 1) * k;
          const [j, gamma] = [Math.floor(place / 5), BigInt(place % 5)];
          const fiveTimesQuintile = (5n - gamma) * sorted[j]! + gamma * (sorted[j + 1] ?? 0n);
          if (BigInt(value) * 5n >= fiveTimesQuintile + 5n * BigInt(unit)) below++;
        }
        const cuts = type7Cuts(onlyRanks(values, type7CutRanks(values.length)), unit);
        expect(scoreByCuts(value, cuts, direction)).toBe(direction === 'more' ? 1 + below : 5 - below);
      }),
      { numRuns: 20_000 },
    );
  });
});
