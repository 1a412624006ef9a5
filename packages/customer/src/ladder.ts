/**
 * How a customer moves on a guarded ladder, by the rules that `Movement` in policy.ts states. What the guards remember
 * (`Held`) goes on beneath any override.
 *
 * Every day on which a guard may let go is a deadline, and a guarded customer is stepped through all its deadlines. So
 * a guard never needs to know how often it was asked, only on which day.
 */

import type { ReasonCode } from './changes.ts';
import type { Customer, Held, Review } from './customer.ts';
import { earnedSince } from './earned.ts';
import type { EpochDay } from './events.ts';
import { fitOf, isBelow, positionOf } from './fit.ts';
import type { Movement, Policy, Program } from './policy.ts';
import { validUntil } from './validity.ts';

/** Why a standing is another one; a forgotten customer has none. */
export type MoveReason = Exclude<ReasonCode, 'forgotten' | 'notRecorded'>;

export interface Step {
  readonly held: Held;
  /** Why the held tier is another one than before; null where it is the same. */
  readonly reason: MoveReason | null;
  readonly isRenewed: boolean;
}

export interface LadderOccasion {
  readonly isRefund: boolean;
  /** Before it nothing is known any more of what earned a tier. */
  readonly horizonDay: EpochDay;
  /** On the day after the last valid one: what the end of that day gave; null on other days. */
  readonly review: Review | null;
}

export function moveOnLadder(
  customer: Customer,
  policy: Policy,
  program: Program,
  movement: Movement,
  former: Held | null,
  occasion: LadderOccasion,
): Step {
  const day = customer.evaluatedDay;
  const fit = fitOf(customer, policy, program);
  const at = former === null ? -1 : positionOf(program, former.tier);
  // What would be valid no further than to today counts from today: else it would be reviewed at once.
  const isOver = (end: EpochDay | null): boolean => end !== null && end <= day;
  const comeTo = (position: number, reason: MoveReason, qualifiedDay = day): Step => {
    const validUntilDay = endOf(customer, program, movement, position, qualifiedDay);
    if (isOver(validUntilDay)) return comeTo(position, reason);
    // Who falls by one level only may be below that level as well, and is so from this day on.
    const belowSinceDay = isBelow(customer, policy, program, position) ? day : null;
    const { name: tier } = program.tiers[position]!;
    const held = { tier, sinceDay: day, qualifiedDay, validUntilDay, belowSinceDay, graceUntilDay: null };
    return { held, reason, isRenewed: false };
  };
  if (former === null || at < 0 || fit < at) return comeTo(fit, 'reached');

  const below = isBelow(customer, policy, program, at);
  if (below && occasion.isRefund && takesBack(customer, policy, program, movement, former, at, occasion.horizonDay)) {
    return comeTo(fit, 'unearned');
  }
  const held = { ...former, belowSinceDay: below ? (former.belowSinceDay ?? day) : null };
  // A former policy may have known a validity.
  if (movement.demote === 'now') held.validUntilDay = null;
  const stay: Step = { held, reason: null, isRenewed: false };
  const fall = (to: number, reason: MoveReason): Step => {
    // A period that was not enough for the tier has qualified for the lower one, and not the period that has begun.
    const isOfPeriod = held.validUntilDay !== null && movement.validity?.kind !== 'days';
    const qualifiedDay = isOfPeriod ? held.validUntilDay! - 1 : day;
    return comeTo(movement.depth === 'fit' ? to : at + 1, reason, qualifiedDay);
  };
  const renew = (qualifiedDay: EpochDay, fromDay: EpochDay): Step => {
    // Days go on from where they ended; a period counts from the day that qualified for it.
    const from = movement.validity?.kind === 'days' ? fromDay : qualifiedDay;
    const validUntilDay = endOf(customer, program, movement, at, from);
    if (isOver(validUntilDay)) return renew(day, day);
    return { held: { ...held, qualifiedDay, validUntilDay, graceUntilDay: null }, reason: null, isRenewed: true };
  };

  if (former.graceUntilDay !== null) {
    if (!below) {
      if (movement.demote === 'atExpiry') return renew(day, day);
      held.graceUntilDay = null;
      return stay;
    }
    return day >= former.graceUntilDay ? fall(fit, 'graceEnded') : stay;
  }

  if (movement.demote === 'now') {
    if (held.belowSinceDay === null || day < guardedUntil(movement, held.sinceDay, held.belowSinceDay)) return stay;
    if (movement.graceDays === 0) return fall(fit, 'missed');
    held.graceUntilDay = day + movement.graceDays;
    return stay;
  }

  // A policy may have come to know validity while the tier was held.
  held.validUntilDay ??= endOf(customer, program, movement, at, former.qualifiedDay);
  if (held.validUntilDay === null || day < held.validUntilDay) return stay;
  const review = occasion.review ?? { isBelow: below, fit };
  if (!review.isBelow) return renew(held.validUntilDay - 1, held.validUntilDay);
  // The last valid day was not enough, but the day after it may be: else that would promote it again at once.
  if (movement.graceDays > 0 ? !below : fit <= at) return renew(day, day);
  if (movement.graceDays === 0) return fall(Math.min(review.fit, fit), 'expired');
  held.graceUntilDay = day + movement.graceDays;
  return stay;
}

/** The first day on which tenure and confirmations let a customer fall that is below. */
export function guardedUntil(movement: Movement, sinceDay: EpochDay, belowSinceDay: EpochDay): EpochDay {
  return Math.max(belowSinceDay + movement.confirmDays - 1, sinceDay + movement.minTenureDays);
}

/** Nobody falls from the lowest tier, so it needs no end. */
function endOf(
  customer: Customer,
  program: Program,
  movement: Movement,
  position: number,
  qualifiedDay: EpochDay,
): EpochDay | null {
  if (movement.validity === null || position === program.tiers.length - 1) return null;
  return validUntil(movement.validity, qualifiedDay, customer);
}

function takesBack(
  customer: Customer,
  policy: Policy,
  program: Program,
  movement: Movement,
  held: Held,
  position: number,
  horizonDay: EpochDay,
): boolean {
  switch (movement.refunds) {
    case 'immediate':
      return true;
    case 'atExpiry':
      return false;
    case 'unearned':
      return !earnedSince(customer, policy, program.tiers[position]!, held.qualifiedDay, horizonDay);
  }
}
