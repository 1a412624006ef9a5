/**
 * decide(customer, policy): which tier the numbers give in each program, and what follows from it.
 *
 * A ladder promotes at once and, with `demote: now`, demotes on the day on which the numbers no longer reach the tier;
 * a segment follows the numbers. Overrides stand above both: pin over cap over floor over the computed tier.
 */
import type { Cause, Evidence, TierChanged, Trigger } from './changes.ts';
import type { Customer, Override } from './customer.ts';
import type { EpochDay } from './events.ts';
import { comparisonHolds, conditionHolds, formatMeasure } from './measure.ts';
import type { Comparison, Condition, Policy, Program } from './policy.ts';
import { rebuildTotals } from './rolling.ts';

const evidenceMost = 20;

/** What is being evaluated, and why: goes into the change record. */
export interface Occasion {
  readonly cause: Cause;
  readonly recordedAt: number;
  readonly correction: boolean;
  readonly trigger: Trigger | null;
  readonly policyHash: string;
}

/** Position of the tier in the program; −1: none. */
export function decideTier(customer: Customer, policy: Policy, program: Program): number {
  const { tiers } = program;
  const override = (kind: Override['kind']): number => {
    const found = customer.overrides.find(candidate => candidate.program === program.name && candidate.kind === kind);
    return found === undefined ? -1 : tiers.findIndex(tier => tier.name === found.tier);
  };
  let decided = -1;
  for (let i = 0; i < tiers.length; i++) {
    const { when } = tiers[i]!;
    if (when === null || conditionHolds(customer, policy, when)) {
      decided = i;
      break;
    }
  }
  if (customer.overrides.length === 0) return decided;
  const pin = override('pin');
  if (pin >= 0) return pin;
  // The higher tier has the lower position.
  const floor = override('floor');
  if (floor >= 0) decided = Math.min(decided, floor);
  const cap = override('cap');
  if (cap >= 0) decided = Math.max(decided, cap);
  return decided;
}

/**
 * Decides every program as of `evaluatedDay` and reports each standing that is another one than before. Evaluating
 * twice is evaluating once.
 */
export function evaluate(
  customer: Customer,
  policy: Policy,
  occasion: Occasion,
  emit: (change: TierChanged) => void,
): void {
  const day = customer.evaluatedDay;
  if (customer.policy !== policy) rebuildTotals(customer, policy);
  const expired = dropExpiredOverrides(customer, day);
  if (customer.policyVersion !== policy.version) alignStandings(customer, policy, occasion, emit);
  for (let p = 0; p < policy.programs.length; p++) {
    const program = policy.programs[p]!;
    const standing = customer.standings[p]!;
    const decided = decideTier(customer, policy, program);
    const to = decided < 0 ? null : program.tiers[decided]!.name;
    if (to === standing.tier) continue;
    const from = standing.tier;
    standing.tier = to;
    standing.sinceDay = day;
    const cause = expired.includes(program.name) && occasion.cause === 'time' ? 'override' : occasion.cause;
    emit(changeOf(customer, policy, program, from, to, { ...occasion, cause }));
  }
}

function dropExpiredOverrides(customer: Customer, day: EpochDay): string[] {
  if (customer.overrides.length === 0) return [];
  const isExpired = (override: Override): boolean => override.untilDay !== null && override.untilDay < day;
  const expired = customer.overrides.filter(isExpired).map(override => override.program);
  if (expired.length > 0) customer.overrides = customer.overrides.filter(override => !isExpired(override));
  return expired;
}

/** Puts the standings into the policy's order; a program that the policy no longer has is left. */
function alignStandings(
  customer: Customer,
  policy: Policy,
  occasion: Occasion,
  emit: (change: TierChanged) => void,
): void {
  const former = customer.standings;
  customer.standings = policy.programs.map(
    program =>
      former.find(standing => standing.program === program.name) ?? {
        program: program.name,
        tier: null,
        sinceDay: customer.evaluatedDay,
        held: null,
        warned: null,
      },
  );
  customer.policyVersion = policy.version;
  for (const standing of former) {
    if (standing.tier === null || customer.standings.includes(standing)) continue;
    emit(changeOf(customer, policy, null, standing.tier, null, occasion, standing.program));
  }
}

function changeOf(
  customer: Customer,
  policy: Policy,
  program: Program | null,
  from: string | null,
  to: string | null,
  occasion: Occasion,
  name: string = program?.name ?? '',
): TierChanged {
  customer.revision++;
  return {
    type: 'TierChanged',
    customerId: customer.id,
    program: name,
    from,
    to,
    cause: occasion.cause,
    effectiveDay: customer.evaluatedDay,
    recordedAt: occasion.recordedAt,
    correction: occasion.correction,
    trigger: occasion.trigger,
    evidence: program === null ? [] : evidenceOf(customer, policy, program, to),
    policyId: policy.policyId,
    policyVersion: policy.version,
    policyHash: occasion.policyHash,
    revision: customer.revision,
  };
}

/** The conditions of the tier reached and of the one before it, which was not: why this one and no better. */
function evidenceOf(customer: Customer, policy: Policy, program: Program, to: string | null): Evidence[] {
  const reached = to === null ? program.tiers.length : program.tiers.findIndex(tier => tier.name === to);
  const looked: Comparison[] = [];
  collect(program.tiers[reached]?.when ?? null, looked);
  collect(program.tiers[reached - 1]?.when ?? null, looked);
  return looked.slice(0, evidenceMost).map(comparison => evidence(customer, policy, comparison));
}

export function evidence(customer: Customer, policy: Policy, comparison: Comparison): Evidence {
  const measure = policy.measures[comparison.measure]!;
  return {
    measure: measure.name,
    window: measure.windowText,
    value: formatMeasure(customer, policy, measure),
    operator: comparison.operator,
    threshold: comparison.text,
    met: comparisonHolds(customer, policy, comparison),
  };
}

function collect(condition: Condition | null, into: Comparison[]): void {
  if (condition === null) return;
  if (condition.kind === 'comparison') into.push(condition);
  else for (const part of condition.conditions) collect(part, into);
}
