/**
 * Quintile scores in which equal values share a score: 1 + floor(5 × strictly worse / n), where `strictly worse` counts
 * the members of the population that have a worse value.
 *
 * As cuts: a score of s or better needs ceil((s − 1) × n / 5) members that are worse, so it is enough to know the value of
 * the last of them. The cuts give the score of any value against the population, whether a member has it or not.
 */
import { type Population, requireMembers } from './order-statistics.ts';
import { type Better, quintiles } from './score-by-cuts.ts';

export function tiesCutRanks(size: number, better: Better): number[] {
  requireMembers(size);
  const worseNeeded = Array.from({ length: quintiles - 1 }, (_, index) => Math.ceil(((index + 1) * size) / quintiles));
  return better === 'more' ? worseNeeded.map(worse => worse - 1) : worseNeeded.map(worse => size - worse).reverse();
}

/** Ascending, for `scoreByCuts`: a value at a cut lies with the greater ones, hence one more than the value that is worse. */
export function tiesCuts({ size, valueAt }: Population, better: Better): number[] {
  return tiesCutRanks(size, better).map(rank => (better === 'more' ? valueAt(rank) + 1 : valueAt(rank)));
}
