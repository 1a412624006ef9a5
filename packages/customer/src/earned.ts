/** Whether a tier would have been reached without what was refunded since. */
import { measuresAsOf } from './as-of.ts';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import { conditionHolds } from './measure.ts';
import type { Policy, Tier } from './policy.ts';

/**
 * Whether the tier's conditions hold on any day from the qualification on, as the tiles are now: a refund stands in the
 * tile of its order, as if it had been there all the time. What has gone behind the horizon cannot be told any more and
 * counts as earned.
 */
export function earnedSince(
  customer: Customer,
  policy: Policy,
  tier: Tier,
  qualifiedDay: EpochDay,
  horizonDay: EpochDay,
): boolean {
  if (tier.when === null || qualifiedDay <= horizonDay) return true;
  for (let day = customer.evaluatedDay; day >= qualifiedDay; day--) {
    if (conditionHolds(measuresAsOf(customer, policy, day), policy, tier.when)) return true;
  }
  return false;
}
