/** Overrides stand above what the numbers give: pin over cap over floor. */
import type { EpochDay, OverrideKind } from '@tierflow/customer/events';

export interface NaiveOverride {
  readonly program: string;
  readonly kind: OverrideKind;
  readonly tier: string;
  readonly untilDay: EpochDay | null;
}

/** Where the customer stands with its overrides, and the one of them that makes it so; null where none does. */
export function overridden(
  computed: string | null,
  names: readonly string[],
  overrides: readonly NaiveOverride[],
): { tier: string | null; by: NaiveOverride | null } {
  // A tier that the policy does not have overrides nothing.
  const known = (kind: OverrideKind): NaiveOverride | undefined =>
    overrides.find(override => override.kind === kind && names.includes(override.tier));
  let tier = computed;
  let by: NaiveOverride | null = null;
  const floor = known('floor');
  if (floor !== undefined && (tier === null || names.indexOf(floor.tier) < names.indexOf(tier))) {
    tier = floor.tier;
    by = floor;
  }
  const cap = known('cap');
  if (cap !== undefined && (tier === null || names.indexOf(cap.tier) > names.indexOf(tier))) {
    tier = cap.tier;
    by = cap;
  }
  const pin = known('pin');
  if (pin !== undefined) {
    tier = pin.tier;
    by = pin;
  }
  return { tier, by: tier === computed ? null : by };
}
