/** How far a customer is from a condition. */
import type { Missing } from './changes.ts';
import type { Customer } from './customer.ts';
import { divideRoundedUp, formatDecimal } from './decimal.ts';
import { measureOf } from './measure.ts';
import type { Comparison, Condition, Fraction, Policy } from './policy.ts';

/**
 * The distance to a threshold that is not met, as a fraction of the measure's minor unit; null where there is none to
 * speak of: it is met, the measure is missing, or the condition is not about more or less.
 */
export function distanceTo(customer: Customer, policy: Policy, comparison: Comparison): Fraction | null {
  const { operator, threshold } = comparison;
  if (typeof threshold !== 'number') return null;
  const value = measureOf(customer, policy, policy.measures[comparison.measure]!);
  if (value === null || typeof value !== 'object' || !('numerator' in value)) return null;
  const { denominator } = value;
  // What is missing for reaching the threshold from below, or from above; a strict one is missed by a unit more.
  const below = threshold * denominator - value.numerator;
  switch (operator) {
    case '>=':
      return below > 0 ? { numerator: below, denominator } : null;
    case '>':
      return below >= 0 ? { numerator: below + denominator, denominator } : null;
    case '<=':
      return below < 0 ? { numerator: -below, denominator } : null;
    case '<':
      return below <= 0 ? { numerator: denominator - below, denominator } : null;
    default:
      return null;
  }
}

/** What is missing for a condition, measure by measure, in the order of the policy; a part is rounded up. */
export function missingFor(customer: Customer, policy: Policy, condition: Condition | null): readonly Missing[] {
  if (condition === null) return nothing;
  const missing: Missing[] = [];
  collect(customer, policy, condition, missing);
  return missing;
}

const nothing: readonly Missing[] = [];

function collect(customer: Customer, policy: Policy, condition: Condition, into: Missing[]): void {
  if (condition.kind !== 'comparison') {
    for (const part of condition.conditions) collect(customer, policy, part, into);
    return;
  }
  const distance = distanceTo(customer, policy, condition);
  if (distance === null) return;
  const { name, digits } = policy.measures[condition.measure]!;
  const missing = formatDecimal(divideRoundedUp(distance.numerator, distance.denominator), digits);
  into.push({ measure: name, missing });
}
