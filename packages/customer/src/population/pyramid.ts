/**
 * The customer pyramid: a small top, a broad base, by one measure of the active customers. Shares are cumulative: the
 * first 1, 5 and 20 % are three classes, the rest is the fourth.
 *
 * A class takes in whole customers, so that its number is rounded up; and who equals the last one in is in as well: a tie
 * at the cut goes up.
 */
import { type Population, requireMembers } from './order-statistics.ts';

const whole = 10_000;

/** `cumulativeShares` in hundredths of a per cent, ascending, without the rest: 1, 5 and 20 % are [100, 500, 2000]. */
export function pyramidCutRanks(size: number, cumulativeShares: readonly number[]): number[] {
  requireMembers(size);
  let before = 0;
  for (const share of cumulativeShares) {
    if (!Number.isSafeInteger(share) || share <= before || share >= whole) {
      throw new RangeError(
        `Shares of a pyramid ascend between 0 and ${whole} hundredths of a per cent, not to ${share}.`,
      );
    }
    before = share;
  }
  return cumulativeShares.map(share => size - Math.ceil((size * share) / whole));
}

/** The least value of each class but the last, the top first. */
export function pyramidCuts({ size, valueAt }: Population, cumulativeShares: readonly number[]): number[] {
  return pyramidCutRanks(size, cumulativeShares).map(valueAt);
}

/** 1 is the top. */
export function pyramidClass(value: number, cuts: readonly number[]): number {
  let above = 0;
  for (const cut of cuts) if (value < cut) above++;
  return 1 + above;
}
