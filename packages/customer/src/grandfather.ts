/**
 * Nobody falls because of a new policy before a day: whoever would, gets a floor at the tier that it has. So a promotion
 * still happens at once, and at the end the numbers decide as at the end of any floor.
 *
 * A ladder with validity needs none, because it asks nobody before the standing's own last day is over; and where
 * somebody has set an override, that has been decided already.
 */
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import { fitOf, positionOf } from './fit.ts';
import type { Policy, Program } from './policy.ts';
import { rebuildTotals } from './rolling.ts';

/** To be followed by an evaluation under the policy. The standings are those of the former one. Without a day for good. */
export function grandfather(customer: Customer, policy: Policy, rolloutSeq: number, untilDay: EpochDay | null): void {
  if (customer.policy !== policy) rebuildTotals(customer, policy);
  for (const program of policy.programs) {
    if (!fallsAtOnce(program)) continue;
    if (customer.overrides.some(override => override.program === program.name)) continue;
    const tier = customer.standings.find(standing => standing.program === program.name)?.tier ?? null;
    const position = positionOf(program, tier);
    if (tier === null || position < 0) continue;
    const fit = fitOf(customer, policy, program);
    if (fit >= 0 && fit <= position) continue;
    const reason = `grandfathered under version ${policy.version}`;
    const floor = {
      program: program.name,
      kind: 'floor',
      tier,
      untilDay,
      actor: 'tierflow',
      reason,
      rolloutSeq,
    } as const;
    customer.overrides = [...customer.overrides, floor];
  }
}

function fallsAtOnce({ kind, exit, movement }: Program): boolean {
  return kind === 'ladder' && exit === null && (movement === null || movement.demote === 'now');
}

/** A roll-out that is taken back leaves no floor behind. */
export function dropGrandfathered(customer: Customer, rolloutSeq: number): void {
  if (customer.overrides.some(override => override.rolloutSeq === rolloutSeq)) {
    customer.overrides = customer.overrides.filter(override => override.rolloutSeq !== rolloutSeq);
  }
}
