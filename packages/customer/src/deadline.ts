/**
 * The first day after the evaluation on which something changes by time alone: a measure, an override, a guard, a
 * warning. A customer's place in the due index.
 */
import type { Customer, Standing } from './customer.ts';
import type { EpochDay } from './events.ts';
import { positionOf } from './fit.ts';
import { guardedUntil } from './ladder.ts';
import { nextMeasureChange } from './measure-deadline.ts';
import type { Policy, Program } from './policy.ts';

export function nextDeadline(customer: Customer, policy: Policy): EpochDay {
  const { evaluatedDay } = customer;
  let due = Math.min(nextMeasureChange(customer, policy), customer.warnDay);
  const consider = (day: EpochDay | null): void => {
    if (day !== null && day > evaluatedDay && day < due) due = day;
  };
  for (const { untilDay } of customer.overrides) if (untilDay !== null) consider(untilDay + 1);
  if (!policy.isGuarded) return due;
  for (let p = 0; p < policy.programs.length; p++) {
    const standing = customer.standings[p];
    if (standing?.held) considerGuards(policy.programs[p]!, standing.held, consider);
  }
  return due;
}

/** The days on which a guard lets go or an exit goes on. */
function considerGuards(
  program: Program,
  held: NonNullable<Standing['held']>,
  consider: (day: EpochDay | null) => void,
): void {
  if (program.exit !== null) {
    const dwellDays = program.tiers[positionOf(program, held.tier)]?.dwellDays ?? null;
    if (dwellDays !== null) consider(held.sinceDay + dwellDays);
    return;
  }
  if (program.movement === null) return;
  consider(held.validUntilDay);
  consider(held.graceUntilDay);
  if (held.belowSinceDay === null || held.graceUntilDay !== null || program.movement.demote !== 'now') return;
  consider(guardedUntil(program.movement, held.sinceDay, held.belowSinceDay));
}
