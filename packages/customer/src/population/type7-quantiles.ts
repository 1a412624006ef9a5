/**
 * Quantiles of type 7 after Hyndman and Fan, the default of R, NumPy and spreadsheets: the k-th of n lies k/n of the way
 * from the least value to the greatest by rank, and between two ranks in proportion.
 *
 * They are exact. A float would make 297.4 something else on the way, and one customer would change its score with it.
 */
import { type Population, requireMembers } from './order-statistics.ts';

/** whole + part / of, where 0 ≤ part < of. Not a fraction, because its numerator could leave 2^53. */
export interface MixedNumber {
  readonly whole: number;
  readonly part: number;
  readonly of: number;
}

/** A place between two ranks: `part / of` of the way from the lower one to the next. */
interface Place {
  readonly rank: number;
  readonly part: number;
}

function placesOf(size: number, of: number): Place[] {
  requireMembers(size);
  return Array.from({ length: of - 1 }, (_, index) => {
    const distance = (size - 1) * (index + 1);
    return { rank: Math.floor(distance / of), part: distance % of };
  });
}

/** The ranks that the quantiles 1/of … (of − 1)/of are between. */
export function type7Ranks(size: number, of: number): number[] {
  return placesOf(size, of).flatMap(({ rank, part }) => (part === 0 ? [rank] : [rank, rank + 1]));
}

/** The quantiles 1/of … (of − 1)/of, ascending. */
export function type7Quantiles({ size, valueAt }: Population, of: number): MixedNumber[] {
  return placesOf(size, of).map(({ rank, part }) => {
    const low = valueAt(rank);
    return part === 0 ? { whole: low, part: 0, of } : between(low, valueAt(rank + 1), part, of);
  });
}

function between(low: number, high: number, part: number, of: number): MixedNumber {
  const numerator = BigInt(part) * (BigInt(high) - BigInt(low));
  // What is added to the lower value is never negative, so that rounding towards zero is rounding down.
  const whole = BigInt(low) + numerator / BigInt(of);
  return { whole: Number(whole), part: Number(numerator % BigInt(of)), of };
}
