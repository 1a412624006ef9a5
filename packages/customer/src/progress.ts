/** Where a customer stands between the tiers of a ladder: what is missing for the next, and for keeping its own. */
import type { Progress } from './changes.ts';
import type { Customer, Held } from './customer.ts';
import type { EpochDay } from './events.ts';
import { positionOf } from './fit.ts';
import { missingFor } from './missing.ts';
import type { Policy, Tier } from './policy.ts';
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
  return { next, retain: retainOf(customer, policy, program.tiers[at], standing.held, loss) };
}

function retainOf(
  customer: Customer,
  policy: Policy,
  tier: Tier | undefined,
  held: Held | null,
  loss: Loss | null,
): Progress['retain'] {
  const keepOn = (byDay: EpochDay, numbers: Customer) => ({
    byDay,
    missing: missingFor(numbers, policy, tier?.keep ?? null),
  });
  const isInGrace = held !== null && held.graceUntilDay !== null;
  if (loss !== null) {
    // A review looks at the end of the day before.
    const isReview = held?.validUntilDay === loss.day && !isInGrace;
    return keepOn(loss.day, isReview ? onDay(customer, loss.day - 1) : loss.projected);
  }
  if (held === null || held.tier !== tier?.name) return null;
  const { graceUntilDay, validUntilDay } = held;
  if (graceUntilDay !== null) return keepOn(graceUntilDay, onDay(customer, graceUntilDay));
  return validUntilDay === null ? null : keepOn(validUntilDay, onDay(customer, validUntilDay - 1));
}

/** The customer's numbers on a later day, if nothing happens until then. */
function onDay(customer: Customer, day: EpochDay): Customer {
  const copy = projectionOf(customer);
  advanceTotals(copy, day);
  return copy;
}
