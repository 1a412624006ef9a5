/** Where a customer stands between the tiers of a ladder: what is missing for the next, and for keeping its own. */
import type { Progress } from './changes.ts';
import { type Customer, noReviews } from './customer.ts';
import type { EpochDay } from './events.ts';
import { positionOf } from './fit.ts';
import { missingFor } from './missing.ts';
import type { Policy, Program } from './policy.ts';
import { type Loss, projectionOf } from './projection.ts';
import { advanceTotals } from './rolling.ts';

const noProgress: Progress = { next: null, retain: null };

/** `loss`: what the outlook found for the program, null where it found nothing or did not look. */
export function progressOf(customer: Customer, policy: Policy, position: number, loss: Loss | null): Progress {
  const program = policy.programs[position]!;
  if (program.kind === 'segment') return noProgress;
  const standing = customer.standings[position]!;
  const at = positionOf(program, standing.tier);
  const above = program.exit === null ? program.tiers[at - 1] : undefined;
  const next = above === undefined ? null : { tier: above.name, missing: missingFor(customer, policy, above.when) };
  return { next, retain: retainOf(customer, policy, program, at, loss) };
}

function retainOf(customer: Customer, policy: Policy, program: Program, at: number, loss: Loss | null) {
  const held = customer.standings.find(candidate => candidate.program === program.name)?.held;
  const keep = program.tiers[at]?.keep ?? null;
  if (loss !== null) {
    // A review looks at the end of the day before.
    const isReview = held?.validUntilDay === loss.day && held.graceUntilDay === null;
    const projected = isReview ? onDay(customer, loss.day - 1) : loss.projected;
    return { byDay: loss.day, missing: missingFor(projected, policy, keep) };
  }
  if (!held || held.tier !== program.tiers[at]?.name) return null;
  if (held.graceUntilDay !== null) {
    return { byDay: held.graceUntilDay, missing: missingFor(onDay(customer, held.graceUntilDay), policy, keep) };
  }
  if (held.validUntilDay === null) return null;
  return { byDay: held.validUntilDay, missing: missingFor(onDay(customer, held.validUntilDay - 1), policy, keep) };
}

/** The customer's numbers on a later day, if nothing happens until then. */
function onDay(customer: Customer, day: EpochDay): Customer {
  const copy = projectionOf(customer);
  copy.reviews = noReviews;
  advanceTotals(copy, day);
  return copy;
}
