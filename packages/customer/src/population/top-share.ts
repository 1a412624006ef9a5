/** Among how many of a hundred a customer is, as far as the last calibration tells. */
import type { CalibratedRankingValues, Ranking } from '../policy.ts';
import { topShares } from './top-shares.ts';

const everybody = 1000;

/** The smallest of `topShares` whose least value is reached, in tenths of a per cent; 1000 where none is. */
export function topShareOf(
  value: number,
  { by, better }: Pick<Ranking, 'by' | 'better'>,
  { topValues }: Pick<CalibratedRankingValues, 'topValues'>,
): number {
  // The later a day is, the greater it is ranked, and the fewer days it is since then.
  const isMoreBetter = by === 'lastDay' || better === 'more';
  // The greater the share, the easier it is reached.
  let low = 0;
  let high = topShares.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const isReached = isMoreBetter ? value >= topValues[middle]! : value <= topValues[middle]!;
    if (isReached) high = middle;
    else low = middle + 1;
  }
  return topShares[low] ?? everybody;
}
