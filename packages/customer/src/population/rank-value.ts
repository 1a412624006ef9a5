/** A customer's place in a rank index. */
import type { Customer } from '../customer.ts';
import { conditionHolds, measureOf, roundedOf } from '../measure.ts';
import type { Ranking } from '../policy.ts';

/** An exact integer: the measure in its minor unit, or the day that days are counted from; null: not ranked. */
export function rankValueOf(customer: Customer, { scope, position, among, by }: Ranking): number | null {
  if (among !== null && !conditionHolds(customer, scope, among)) return null;
  const value = measureOf(customer, scope, scope.measures[position]!);
  if (value === null || typeof value !== 'object' || !('numerator' in value)) return null;
  const rounded = roundedOf(value);
  return by === 'lastDay' ? customer.evaluatedDay - rounded : rounded;
}
