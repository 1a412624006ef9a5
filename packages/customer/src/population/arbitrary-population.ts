/** Populations for the properties: with many ties, with few, and with values at the end of what is exact. */
import fc from 'fast-check';
import type { Population } from './order-statistics.ts';

const value = fc.oneof(fc.integer({ min: -3, max: 6 }), fc.integer({ min: -5_000, max: 200_000 }), fc.maxSafeInteger());

/** One range for all values of a population, so that ties are as frequent as in counts of orders. */
export const arbitraryValues = fc.oneof(
  fc.array(fc.integer({ min: -2, max: 4 }), { minLength: 1, maxLength: 40 }),
  fc.array(fc.integer({ min: -5_000, max: 200_000 }), { minLength: 1, maxLength: 40 }),
  fc.array(value, { minLength: 1, maxLength: 40 }),
);

/** A value to be classed: sometimes a member's, sometimes just beside one, sometimes any. */
export function valueNear(values: readonly number[]): fc.Arbitrary<number> {
  const beside = fc
    .tuple(fc.constantFrom(...values), fc.constantFrom(-1, 0, 0, 0, 1))
    .map(([member, by]) => member + by);
  return fc.oneof(beside, value).filter(Number.isSafeInteger);
}

export const arbitraryCase = arbitraryValues.chain(values =>
  fc.record({ values: fc.constant(values), value: valueNear(values) }),
);

export const ascending = (values: readonly number[]): number[] =>
  [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** A population that holds the named ranks and nothing else, as one does that is spread over several indexes. */
export function onlyRanks(values: readonly number[], ranks: readonly number[]): Population {
  const sorted = ascending(values);
  const found = new Map(ranks.map(rank => [rank, sorted[rank]]));
  return {
    size: values.length,
    valueAt: rank => {
      const value = found.get(rank);
      if (value === undefined) throw new Error(`Rank ${rank} was not named.`);
      return value;
    },
  };
}
