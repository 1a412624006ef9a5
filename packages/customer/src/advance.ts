/**
 * Moving a customer to a later day. Where the validity of a tier has ended with the day before, the end of that day
 * decides, so it is looked at on the way: a calendar year's numbers are those of its last day, not of the next first one.
 */
import { type Customer, noReviews } from './customer.ts';
import type { EpochDay } from './events.ts';
import { fitOf, isBelow, positionOf } from './fit.ts';
import type { Policy } from './policy.ts';
import { advanceTotals } from './rolling.ts';

/** The customer's totals are laid out for the policy. To be followed by an evaluation. */
export function advance(customer: Customer, policy: Policy, day: EpochDay): void {
  customer.reviews = noReviews;
  for (let p = 0; p < policy.programs.length; p++) {
    const program = policy.programs[p]!;
    const held = customer.standings[p]?.held;
    if (program.movement === null || !held || held.validUntilDay !== day || held.graceUntilDay !== null) continue;
    const position = positionOf(program, held.tier);
    if (position < 0) continue;
    advanceTotals(customer, day - 1);
    if (customer.reviews === noReviews) customer.reviews = new Map();
    customer.reviews.set(program.name, {
      isBelow: isBelow(customer, policy, program, position),
      fit: fitOf(customer, policy, program),
    });
  }
  advanceTotals(customer, day);
}
