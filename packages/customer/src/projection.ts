/** What becomes of a customer if nothing happens: time alone, under the policy and the overrides as they are. */
import { advance } from './advance.ts';
import { Customer } from './customer.ts';
import { nextDeadline } from './deadline.ts';
import type { EpochDay } from './events.ts';
import { positionOf } from './fit.ts';
import { move } from './move.ts';
import type { Policy } from './policy.ts';

/** A copy that can be advanced and moved while the customer stays as it is. It shares what only facts change. */
export function projectionOf(customer: Customer): Customer {
  const copy: Customer = Object.assign(Object.create(Customer.prototype), customer);
  copy.totals = customer.totals.slice();
  copy.tallies = customer.tallies.map(tally => new Map(tally));
  copy.leaveDays = customer.leaveDays.slice();
  copy.standings = customer.standings.map(standing => ({ ...standing }));
  return copy;
}

export interface Loss {
  /** The first day on which the tier in effect is a worse one. */
  readonly day: EpochDay;
  readonly to: string | null;
  /** The customer as of that day. */
  readonly projected: Customer;
}

export interface Outlook {
  /** By program of the policy; null where nothing is lost through the last day that was looked at. */
  readonly losses: readonly (Loss | null)[];
  /** The first deadline after that day. */
  readonly nextDeadline: EpochDay;
}

/** Looks through the day, for the programs that `concerns`. */
export function outlook(
  customer: Customer,
  policy: Policy,
  throughDay: EpochDay,
  concerns: (position: number) => boolean,
): Outlook {
  const losses: (Loss | null)[] = policy.programs.map(() => null);
  const copy = projectionOf(customer);
  const before = policy.programs.map((program, p) => positionOf(program, customer.standings[p]!.tier));
  let due = nextDeadline(copy, policy);
  while (due <= throughDay) {
    advance(copy, policy, due);
    move(copy, policy, byTime);
    for (let p = 0; p < losses.length; p++) {
      if (losses[p] !== null || !concerns(p)) continue;
      const { tier } = copy.standings[p]!;
      const position = positionOf(policy.programs[p]!, tier);
      // In a ladder and in an exit the worse tier has the higher position.
      if (position > before[p]!) losses[p] = { day: due, to: tier, projected: projectionOf(copy) };
    }
    due = nextDeadline(copy, policy);
  }
  return { losses, nextDeadline: due };
}

const byTime = { isRefund: false, horizonDay: Number.NEGATIVE_INFINITY };
