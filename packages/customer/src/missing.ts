/** How far a customer is from a condition. */
import type { Missing } from './changes.ts';
import { comparisonsOf } from './compile-conditions.ts';
import type { Customer } from './customer.ts';
import { divideRoundedUp, formatDecimal } from './decimal.ts';
import { comparisonHolds, measureOf } from './measure.ts';
import type { Comparison, Condition, Fraction, Policy } from './policy.ts';

/**
 * The distance to a threshold that is not met, as a fraction of the measure's minor unit; null where there is none to
 * speak of: it is met, the measure is missing, or the condition is not about more or less.
 */
export function distanceTo(customer: Customer, policy: Policy, comparison: Comparison): Fraction | null {
  const { operator, threshold } = comparison;
  if (typeof threshold !== 'number' || comparisonHolds(customer, policy, comparison)) return null;
  const value = measureOf(customer, policy, policy.measures[comparison.measure]!);
  if (value === null || typeof value !== 'object' || !('numerator' in value)) return null;
  const { numerator, denominator } = value;
  const difference = threshold * denominator - numerator;
  switch (operator) {
    case '>=':
      return { numerator: difference, denominator };
    case '>':
      return { numerator: difference + denominator, denominator };
    case '<=':
      return { numerator: -difference, denominator };
    case '<':
      return { numerator: denominator - difference, denominator };
    default:
      return null;
  }
}

/** What is missing for a condition, measure by measure, in the order of the policy; a part is rounded up. */
export function missingFor(customer: Customer, policy: Policy, condition: Condition | null): Missing[] {
  if (condition === null) return [];
  return comparisonsOf(condition).flatMap(comparison => {
    const distance = distanceTo(customer, policy, comparison);
    if (distance === null) return [];
    const { name, digits } = policy.measures[comparison.measure]!;
    const missing = formatDecimal(divideRoundedUp(distance.numerator, distance.denominator), digits);
    return [{ measure: name, missing }];
  });
}
