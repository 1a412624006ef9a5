/**
 * Why a customer stands where it stands: each tier's conditions against the numbers, how far they are away, and to when
 * the standing is good.
 */
import type { Evidence, Missing, Progress } from '@tierflow/customer/changes';
import { comparisonsOf } from '@tierflow/customer/compile-conditions';
import type { Customer, Standing } from '@tierflow/customer/customer';
import { divideRounded, formatDecimal } from '@tierflow/customer/decimal';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import { evidence } from '@tierflow/customer/evidence';
import { conditionHolds, isIncomplete, measureOf } from '@tierflow/customer/measure';
import type { Comparison, Condition, Exit, Policy, Program, Tier } from '@tierflow/customer/policy';
import type { PlaybookDocument } from '@tierflow/customer/policy-document';
import { progressOf } from '@tierflow/customer/progress';
import { outlook } from '@tierflow/customer/projection';

export interface ConditionExplained extends Evidence {
  /** Distance between value and threshold, as text; null where it has none (no value, a text, an instant). */
  readonly distance: string | null;
}

export interface ConditionsExplained {
  readonly holds: boolean;
  /** Whether all conditions must be met or any. Nested ones are listed one after the other. */
  readonly combination: 'all' | 'any';
  readonly conditions: readonly ConditionExplained[];
}

export interface TierExplained extends ConditionsExplained {
  readonly tier: string;
}

export interface ExitExplained {
  /** Who is to go. */
  readonly when: ConditionsExplained;
  /** Where one is met, nobody goes a stage further. */
  readonly vetoes: readonly ConditionExplained[];
  /** null: whoever is not to go comes back. */
  readonly reentry: ConditionsExplained | null;
}

export interface StandingExplained {
  readonly program: string;
  readonly tier: string | null;
  readonly since: string;
  /** The first day on which the standing is no longer valid; null: no end is set. */
  readonly validUntil: string | null;
  /** The first day without grace; null outside of grace. */
  readonly graceUntil: string | null;
  /** The first day on which the numbers no longer reached it; null where they do. */
  readonly belowSince: string | null;
  /** A measure that decides is missing. */
  readonly incomplete: boolean;
  /** What keeps the customer there; null for a tier without conditions. */
  readonly present: TierExplained | null;
  /** The tier before it in the policy's order; null at the top. */
  readonly next: TierExplained | null;
  /** Of a ladder: when the tier is lost if nothing happens, and what is missing on that day to keep it. */
  readonly retain: { readonly by: string; readonly missing: readonly Missing[] } | null;
  readonly exit: ExitExplained | null;
  /** What is done with a customer of the tier. */
  readonly playbook: PlaybookDocument | null;
}

/** A loss that is further ahead than this is told when it comes nearer. */
const outlookDays = 400;

export function explainStandings(customer: Customer, policy: Policy): StandingExplained[] {
  // Until the first evaluation under a new policy, the standings are those of the former one and have no progress in it.
  const isDecided = customer.policyVersion === policy.version;
  const losses = isDecided ? outlook(customer, policy, customer.evaluatedDay + outlookDays, () => true).losses : [];
  return policy.programs.map((program, index) => {
    const standing = customer.standings.find(candidate => candidate.program === program.name);
    const { retain } = isDecided ? progressOf(customer, policy, index, losses[index] ?? null) : { retain: null };
    return explainStanding(customer, policy, program, standing, retain);
  });
}

function explainStanding(
  customer: Customer,
  policy: Policy,
  program: Program,
  standing: Standing | undefined,
  retain: Progress['retain'],
): StandingExplained {
  const tier = standing?.tier ?? null;
  const position = tier === null ? program.tiers.length : program.tiers.findIndex(({ name }) => name === tier);
  const explained = (found: Tier | undefined): TierExplained | null =>
    found === undefined || found.when === null
      ? null
      : { tier: found.name, ...explainConditions(customer, policy, found.when) };
  // Beneath an override the guards go on for another tier.
  const held = standing?.held?.tier === tier ? standing?.held : null;
  return {
    program: program.name,
    tier,
    since: formatDay(standing?.sinceDay ?? customer.evaluatedDay),
    validUntil: dayText(held?.validUntilDay),
    graceUntil: dayText(held?.graceUntilDay),
    belowSince: dayText(held?.belowSinceDay),
    incomplete: isIncomplete(customer, policy, program),
    present: explained(program.tiers[position]),
    next: explained(program.tiers[position - 1]),
    retain: retain === null ? null : { by: formatDay(retain.byDay), missing: retain.missing },
    exit: program.exit === null ? null : explainExit(customer, policy, program.exit),
    playbook: program.tiers[position]?.playbook ?? null,
  };
}

function explainExit(customer: Customer, policy: Policy, { when, vetoes, reentry }: Exit): ExitExplained {
  return {
    when: explainConditions(customer, policy, when),
    vetoes: vetoes.flatMap(veto => explainConditions(customer, policy, veto).conditions),
    reentry: reentry === null ? null : explainConditions(customer, policy, reentry),
  };
}

function explainConditions(customer: Customer, policy: Policy, when: Condition): ConditionsExplained {
  return {
    holds: conditionHolds(customer, policy, when),
    combination: when.kind === 'any' ? 'any' : 'all',
    conditions: comparisonsOf(when).map(comparison => ({
      ...evidence(customer, policy, comparison),
      distance: distance(customer, policy, comparison),
    })),
  };
}

function distance(customer: Customer, policy: Policy, { measure: index, threshold }: Comparison): string | null {
  const measure = policy.measures[index]!;
  const value = measureOf(customer, policy, measure);
  if (value === null || typeof value !== 'object' || !('numerator' in value)) return null;
  if (typeof threshold !== 'number' || measure.unit === 'instant') return null;
  const apart = Math.abs(threshold * value.denominator - value.numerator);
  return formatDecimal(divideRounded(apart, value.denominator), measure.digits);
}

function dayText(day: EpochDay | null | undefined): string | null {
  return day == null ? null : formatDay(day);
}
