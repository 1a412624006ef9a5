/** Whether a tier would have been reached without what was refunded since. */
import { measuresAsOf } from './as-of.ts';
import { beginningOf } from './beginning.ts';
import { comparisonsOf } from './compile-conditions.ts';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import { conditionHolds } from './measure.ts';
import { measuresBehind } from './measure-reads.ts';
import type { Condition, Policy, Tier } from './policy.ts';
import { firstDayOf, lastDayOf } from './window-bounds.ts';

/**
 * Whether the tier's conditions hold on any day from the qualification on, as the tiles are now: a refund stands in the
 * tile of its order, as if it had been there all the time. What was read on the day of the qualification and has gone
 * behind the horizon since cannot be told any more, and the tier counts as earned.
 */
export function earnedSince(
  customer: Customer,
  policy: Policy,
  tier: Tier,
  qualifiedDay: EpochDay,
  horizonDay: EpochDay,
): boolean {
  if (tier.when === null || firstDayRead(customer, policy, tier.when, qualifiedDay) <= horizonDay) return true;
  for (let day = customer.evaluatedDay; day >= qualifiedDay; day--) {
    if (conditionHolds(measuresAsOf(customer, policy, day), policy, tier.when)) return true;
  }
  return false;
}

/** The first of the days that a condition's windows hold as of a day, itself included. */
function firstDayRead(customer: Customer, policy: Policy, condition: Condition, day: EpochDay): EpochDay {
  const compared = comparisonsOf(condition).map(({ measure }) => measure);
  const beginning = beginningOf(customer);
  let first = day;
  for (const index of measuresBehind(compared, policy.measures)) {
    const { window } = policy.measures[index]!;
    if (window === null) continue;
    const from = firstDayOf(window, day, beginning);
    if (from <= lastDayOf(window, day, beginning)) first = Math.min(first, from);
  }
  return first;
}
