import { topShares } from '@tierflow/customer/population/top-shares';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topRanks } from './top-values.ts';

const by = fc.constantFrom('value' as const, 'lastDay' as const);
const better = fc.constantFrom('more' as const, 'less' as const);

test('as many customers reach the value as the share takes in, rounded up, where nobody is tied', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), by, better, (size, ranked, direction) => {
      const ranks = topRanks({ by: ranked, better: direction }, size);
      const greatestFirst = ranked === 'value' ? direction === 'more' : direction === 'less';
      expect(ranks).toEqual(
        topShares.map(share => {
          let rank = greatestFirst ? size : -1;
          for (let customers = 0; customers * 1000 < size * share; customers++) rank += greatestFirst ? -1 : 1;
          return rank;
        }),
      );
    }),
    { numRuns: 30 },
  );
});
