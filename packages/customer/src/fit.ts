/** What the numbers give a customer on its day of evaluation, whatever it holds. */
import type { Customer } from './customer.ts';
import { conditionHolds } from './measure.ts';
import type { Policy, Program } from './policy.ts';

/** Position of the first tier whose conditions hold; −1: none. */
export function fitOf(customer: Customer, policy: Policy, program: Program): number {
  const { tiers } = program;
  for (let i = 0; i < tiers.length; i++) {
    const { when } = tiers[i]!;
    if (when === null || conditionHolds(customer, policy, when)) return i;
  }
  return -1;
}

/** Whether a customer at this position has fallen below it: it fits only a lower tier, and does not keep its own. */
export function isBelow(customer: Customer, policy: Policy, program: Program, position: number): boolean {
  const { keep } = program.tiers[position]!;
  if (keep === null || conditionHolds(customer, policy, keep)) return false;
  return fitOf(customer, policy, program) > position;
}

/** −1: the policy has no such tier, or there is none. */
export function positionOf(program: Program, tier: string | null): number {
  if (tier === null) return -1;
  const { tiers } = program;
  for (let i = 0; i < tiers.length; i++) if (tiers[i]!.name === tier) return i;
  return -1;
}
