/**
 * From where the values of a ranking lie to the cuts of a policy. As everywhere here: first the few ranks that are needed,
 * then the cuts from their values.
 *
 * Two conventions meet. A classifier puts a value at a cut with the greater values; a policy lets `value <= cut` reach a
 * cut where less is better, so that there its cut is one less. And days since something are ranked by the day itself,
 * which does not age: the latest day has the highest rank and the fewest days.
 */
import { formatDecimal } from '../decimal.ts';
import type { EpochDay } from '../events.ts';
import type { CutAxis } from '../policy.ts';
import type { Population } from './order-statistics.ts';
import { pyramidCutRanks, pyramidCuts } from './pyramid.ts';
import { tiesCutRanks, tiesCuts } from './quintiles-by-ties.ts';
import { meanCut } from './rfm-segments.ts';
import { type7CutRanks, type7Cuts } from './score-by-cuts.ts';

/** The ranked values of an index; rank 0 is the least. `sum` is that of all of them, and asked for means alone. */
export interface RankedPopulation extends Population {
  readonly sum: bigint;
}

/** Ranks of the index whose values `cutsOf` asks for; of a mean none. */
export function cutRanksOf({ better, method }: CutAxis, size: number): number[] {
  const ranks = ranksOf(method, better, size);
  return better === 'more' ? ranks : ranks.map(rank => size - 1 - rank);
}

function ranksOf(method: CutAxis['method'], better: CutAxis['better'], size: number): number[] {
  switch (method.kind) {
    case 'shares':
      return pyramidCutRanks(size, method.cumulativeShares);
    case 'ties':
      return tiesCutRanks(size, better);
    case 'type7':
      return type7CutRanks(size);
    case 'mean':
      return [];
  }
}

/** As a policy writes them: of a pyramid the top one first, of scores each harder to reach than the one before. */
export function cutsOf({ better, method, digits }: CutAxis, index: RankedPopulation, day: EpochDay): string[] {
  const population = better === 'more' ? index : asDays(index, day);
  const cuts = classifierCuts(method, better, population);
  const written = better === 'more' ? cuts : cuts.map(cut => cut - 1).reverse();
  // At the end of the exact integers a cut lies beyond them; nobody reaches it there either way.
  return written.map(cut => formatDecimal(Math.min(cut, Number.MAX_SAFE_INTEGER), digits));
}

function classifierCuts(
  method: CutAxis['method'],
  better: CutAxis['better'],
  population: RankedPopulation,
): readonly number[] {
  switch (method.kind) {
    case 'shares':
      return pyramidCuts(population, method.cumulativeShares);
    case 'ties':
      return tiesCuts(population, better);
    case 'type7':
      return type7Cuts(population, method.unit);
    case 'mean':
      return [meanCut(population.sum, population.size, better)];
  }
}

/** Less is better of days alone, which are ranked by the day that they are counted from. */
function asDays({ size, valueAt, sum }: RankedPopulation, day: EpochDay): RankedPopulation {
  return {
    size,
    valueAt: rank => day - valueAt(size - 1 - rank),
    sum: BigInt(day) * BigInt(size) - sum,
  };
}
