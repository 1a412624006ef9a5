/** The least value of each top share of a ranking; see `topShares`. A share takes in whole customers, and ties with them. */
import type { Ranking } from '@tierflow/customer/policy';
import { topShares } from '@tierflow/customer/population/top-shares';

const whole = 1000;

/** In the order of `topShares`. */
export function topRanks({ by, better }: Pick<Ranking, 'by' | 'better'>, size: number): number[] {
  // The later the last day, the fewer days since: fewer days are better where greater days are.
  const greatestFirst = (by === 'value') === (better === 'more');
  return topShares.map(share => {
    const customers = Math.ceil((size * share) / whole);
    return greatestFirst ? size - customers : customers - 1;
  });
}
