/**
 * A population of integers, seen by rank.
 *
 * Cuts are found in two steps, because a population may lie in several indexes that are slow to ask: each method first
 * names the few ranks that it needs, the caller looks these up (in a sorted array, or by bisection over counts), and the
 * cuts follow from the values alone. A class follows from a value and the cuts, without the population.
 */
export interface Population {
  readonly size: number;
  /** Rank 0 is the least value, size − 1 the greatest. Asked only for the ranks that the method names. */
  readonly valueAt: (rank: number) => number;
}

export function populationOf(ascending: readonly number[]): Population {
  ascending.forEach((value, rank) => {
    if (!Number.isSafeInteger(value)) throw new RangeError(`The value ${value} of rank ${rank} is no exact integer.`);
    if (rank > 0 && value < ascending[rank - 1]!) throw new RangeError(`The values do not ascend at rank ${rank}.`);
  });
  return { size: ascending.length, valueAt: rank => ascending[rank]! };
}

export function requireMembers(size: number): void {
  if (Number.isSafeInteger(size) && size > 0) return;
  throw new RangeError(`A population of ${size} has no cuts: whoever calibrates keeps the cuts it has.`);
}
