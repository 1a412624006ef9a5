import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryCase, onlyRanks } from './arbitrary-population.ts';
import { populationOf } from './order-statistics.ts';
import { tiesCutRanks, tiesCuts } from './quintiles-by-ties.ts';
import { type Better, scoreByCuts } from './score-by-cuts.ts';

/** The definition, counted member by member. */
function naiveScore(value: number, values: readonly number[], better: Better): number {
  const worse = values.filter(member => (better === 'more' ? member < value : member > value)).length;
  return 1 + Math.floor((5 * worse) / values.length);
}

describe('equal values share a score', () => {
  const orders = [1, 1, 1, 1, 1, 1, 2, 2, 3, 9];

  test('where more is better', () => {
    const cuts = tiesCuts(populationOf(orders), 'more');
    expect([1, 2, 3, 9].map(value => scoreByCuts(value, cuts, 'more'))).toEqual([1, 4, 5, 5]);
  });

  test('where less is better', () => {
    const cuts = tiesCuts(populationOf(orders), 'less');
    expect([1, 2, 3, 9].map(value => scoreByCuts(value, cuts, 'less'))).toEqual([3, 2, 1, 1]);
  });

  test('and the best of a single member is the worst too', () => {
    for (const better of ['more', 'less'] as const) {
      expect(scoreByCuts(7, tiesCuts(populationOf([7]), better), better)).toBe(1);
    }
  });
});

test('a value gets the score of the definition, a member of the population or not', () => {
  fc.assert(
    fc.property(arbitraryCase, fc.constantFrom<Better>('more', 'less'), ({ values, value }, better) => {
      const cuts = tiesCuts(onlyRanks(values, tiesCutRanks(values.length, better)), better);
      // Whoever is better than all n members, which no member is, would score 6.
      expect(scoreByCuts(value, cuts, better)).toBe(Math.min(5, naiveScore(value, values, better)));
      expect(cuts).toEqual([...cuts].sort((a, b) => a - b));
    }),
    { numRuns: 20_000 },
  );
});
