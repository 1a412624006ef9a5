/** Why a customer stands where it stands: each tier's conditions against the numbers, and how far they are away. */
import type { Evidence } from '@tierflow/customer/changes';
import type { Customer } from '@tierflow/customer/customer';
import { evidence } from '@tierflow/customer/decide';
import { divideRounded, formatDecimal } from '@tierflow/customer/decimal';
import { formatDay } from '@tierflow/customer/epoch-day';
import { conditionHolds, measureOf } from '@tierflow/customer/measure';
import type { Comparison, Condition, Measure, Policy, Program, Tier } from '@tierflow/customer/policy';

export interface ConditionExplained extends Evidence {
  /** Distance between value and threshold, as text; null where it has none (no value, an instant). */
  readonly distance: string | null;
}

export interface TierExplained {
  readonly tier: string;
  readonly holds: boolean;
  /** Whether all conditions must be met or any. Nested ones are listed one after the other. */
  readonly combination: 'all' | 'any';
  readonly conditions: readonly ConditionExplained[];
}

export interface StandingExplained {
  readonly program: string;
  readonly tier: string | null;
  readonly since: string;
  /** What keeps the customer there; null for a tier without conditions. */
  readonly present: TierExplained | null;
  /** The tier before it in the policy's order; null at the top. */
  readonly next: TierExplained | null;
}

export function explainStandings(customer: Customer, policy: Policy): StandingExplained[] {
  return policy.programs.map(program => explainStanding(customer, policy, program));
}

function explainStanding(customer: Customer, policy: Policy, program: Program): StandingExplained {
  const standing = customer.standings.find(candidate => candidate.program === program.name);
  const tier = standing?.tier ?? null;
  const position = tier === null ? program.tiers.length : program.tiers.findIndex(({ name }) => name === tier);
  const explained = (found: Tier | undefined): TierExplained | null =>
    found === undefined || found.when === null ? null : explainTier(customer, policy, found, found.when);
  return {
    program: program.name,
    tier,
    since: formatDay(standing?.sinceDay ?? customer.evaluatedDay),
    present: explained(program.tiers[position]),
    next: explained(program.tiers[position - 1]),
  };
}

function explainTier(customer: Customer, policy: Policy, tier: Tier, when: Condition): TierExplained {
  return {
    tier: tier.name,
    holds: conditionHolds(customer, policy, when),
    combination: when.kind === 'any' ? 'any' : 'all',
    conditions: comparisonsOf(when).map(comparison => ({
      ...evidence(customer, policy, comparison),
      distance: distance(customer, policy, comparison),
    })),
  };
}

function comparisonsOf(condition: Condition): Comparison[] {
  return condition.kind === 'comparison' ? [condition] : condition.conditions.flatMap(comparisonsOf);
}

function distance(customer: Customer, policy: Policy, comparison: Comparison): string | null {
  const measure = policy.measures[comparison.measure]!;
  const value = measureOf(customer, measure);
  if (value === null || measure.unit === 'instant') return null;
  const apart = Math.abs(comparison.threshold * value.denominator - value.numerator);
  return formatDecimal(divideRounded(apart, value.denominator), digitsOf(measure, policy));
}

function digitsOf({ unit, op }: Measure, policy: Policy): number {
  if (unit === 'money') return policy.baseCurrencyDigits;
  return unit === 'percent' || (unit === 'seconds' && op === 'mean') ? 2 : 0;
}
