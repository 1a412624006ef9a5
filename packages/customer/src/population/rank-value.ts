/** A customer's place in a rank index. */
import type { Customer } from '../customer.ts';
import { conditionHolds, measureOf } from '../measure.ts';
import type { Fraction, Ranking } from '../policy.ts';

/** An exact integer: the measure in its minor unit, or the day that days are counted from; null: not ranked. */
export function rankValueOf(customer: Customer, { scope, position, among, by }: Ranking): number | null {
  if (among !== null && !conditionHolds(customer, scope, among)) return null;
  const value = measureOf(customer, scope, scope.measures[position]!);
  if (value === null || typeof value !== 'object' || !('numerator' in value)) return null;
  const rank = wholeOf(value);
  return by === 'lastDay' ? customer.evaluatedDay - rank : rank;
}

/**
 * Of a fraction what is whole in it, and never more: a mean is at or above a whole cut where its whole part is. Rounded, it
 * would be ranked among those whose cut it does not reach.
 */
function wholeOf({ numerator, denominator }: Fraction): number {
  const rest = numerator % denominator;
  return (numerator - (rest < 0 ? rest + denominator : rest)) / denominator;
}
