/**
 * A roll-out is taken back for a customer that nothing has happened to since: it stands again as if the roll-out had never
 * been.
 *
 * 1. Standings and overrides are those from before, as of their day.
 * 2. The days since then pass once more under the former policy, and nobody is told: what they bring was not seen at its
 *    time, and is not true any more as an event, only as the standing that it led to.
 * 3. What is told is the difference that is seen: from the tier under the policy that is left to the restored one.
 */
import { advance } from './advance.ts';
import type { TierRecord } from './changes.ts';
import { type Customer, noReviews, type Prior, type Standing } from './customer.ts';
import { nextDeadline } from './deadline.ts';
import { evaluate, type Occasion } from './decide.ts';
import type { EpochDay } from './events.ts';
import type { Policy } from './policy.ts';
import { rebuildTotals } from './rolling.ts';
import { programEnded, tierChanged } from './standing-records.ts';

/** `policy` is the version that the standings were decided under. The due day is left to the caller. */
export function restore(customer: Customer, prior: Prior, policy: Policy, occasion: Occasion): TierRecord[] {
  const left = customer.standings;
  const { evaluatedDay: today, revision } = customer;
  customer.standings = [...prior.standings];
  customer.overrides = [...prior.overrides];
  customer.policyVersion = prior.policyVersion;
  customer.prior = null;
  customer.reviews = noReviews;
  customer.evaluatedDay = prior.day;
  rebuildTotals(customer, policy);
  replay(customer, policy, today, occasion);
  // Revisions count what was told.
  customer.revision = revision;
  return [...differences(customer, policy, left, occasion)];
}

function replay(customer: Customer, policy: Policy, today: EpochDay, occasion: Occasion): void {
  const silent: Occasion = { ...occasion, cause: 'time' };
  // When a warning would be due is not stored, so the first day is looked at in any case, then each deadline.
  let day = Math.min(customer.evaluatedDay + 1, today);
  for (;;) {
    advance(customer, policy, day);
    evaluate(customer, policy, silent, () => {});
    if (day === today) return;
    day = Math.min(nextDeadline(customer, policy), today);
  }
}

function* differences(
  customer: Customer,
  policy: Policy,
  left: readonly Standing[],
  occasion: Occasion,
): Generator<TierRecord> {
  for (let p = 0; p < policy.programs.length; p++) {
    const { name } = policy.programs[p]!;
    const former = left.find(({ program }) => program === name);
    const from = former?.tier ?? null;
    if (customer.standings[p]!.tier === from) continue;
    const moved = {
      program: p,
      from,
      fromSinceDay: former?.sinceDay ?? customer.evaluatedDay,
      hasChanged: true,
      reason: 'rolledBack',
      isRenewed: false,
      endsOverride: false,
    } as const;
    yield tierChanged(customer, policy, moved, null, occasion);
  }
  for (const { program, tier, sinceDay } of left) {
    if (tier === null || policy.programs.some(({ name }) => name === program)) continue;
    yield programEnded(customer, policy, { program, tier, sinceDay }, occasion);
  }
}
