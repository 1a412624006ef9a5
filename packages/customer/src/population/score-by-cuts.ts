/**
 * A score 1 … 5 from the cuts between the classes; 5 is the best.
 *
 * One rule for every axis and method: **a value at a cut lies with the greater values.** Where more is better it gets the
 * higher score of the two, where less is better the lower. This is what the published scores of the R package `rfm` hold
 * to: with a cut at 181 days, 181 days score 3 and 180 days score 4; with a cut at 382 dollars, 382 score 3 and 381 score 2.
 *
 * Values are integers in the measure's minor unit, so that a cut never needs to be a fraction: at or above 297.4 is at or
 * above 298. Fixed cuts of a policy are read by the same rule.
 */
import type { Population } from './order-statistics.ts';
import { type7Quantiles, type7Ranks } from './type7-quantiles.ts';

export type Better = 'more' | 'less';

export const quintiles = 5;

/** Whether the value lies on the better side of the cut. */
export function reaches(value: number, cut: number, better: Better): boolean {
  return better === 'more' ? value >= cut : value < cut;
}

/** One more than the number of cuts that the value reaches. */
export function scoreByCuts(value: number, cuts: readonly number[], better: Better): number {
  let reached = 0;
  for (const cut of cuts) if (reaches(value, cut, better)) reached++;
  return 1 + reached;
}

export function type7CutRanks(size: number): number[] {
  return type7Ranks(size, quintiles);
}

/**
 * The four cuts of `rfm`: each quintile by type 7, plus one, so that a value that equals a whole quintile lies below it.
 * The one is a unit of the measure as people write it: 1 of a count or of days, 100 of pence.
 */
export function type7Cuts(population: Population, unit: number): number[] {
  return type7Quantiles(population, quintiles).map(({ whole, part }) => whole + unit + (part > 0 ? 1 : 0));
}
