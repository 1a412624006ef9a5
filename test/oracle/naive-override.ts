/** Overrides stand above what the numbers give: pin over cap over floor. */
import type { EpochDay, OverrideKind } from '@tierflow/customer/events';

export interface NaiveOverride {
  readonly program: string;
  readonly kind: OverrideKind;
  readonly tier: string;
  readonly untilDay: EpochDay | null;
  /** The roll-out that set it. */
  readonly rolloutSeq?: number;
}

export function overridden(
  computed: string | null,
  names: readonly string[],
  overrides: readonly NaiveOverride[],
): string | null {
  // A tier that the policy does not have overrides nothing.
  const tierOf = (kind: OverrideKind): string | undefined =>
    overrides.find(override => override.kind === kind && names.includes(override.tier))?.tier;
  const isHigher = (a: string, b: string): boolean => names.indexOf(a) < names.indexOf(b);
  const pin = tierOf('pin');
  if (pin !== undefined) return pin;
  let tier = computed;
  const floor = tierOf('floor');
  if (floor !== undefined && (tier === null || isHigher(floor, tier))) tier = floor;
  const cap = tierOf('cap');
  if (cap !== undefined && (tier === null || isHigher(tier, cap))) tier = cap;
  return tier;
}
