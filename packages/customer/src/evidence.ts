/** The conditions that were looked at, with the numbers they saw. */
import type { Evidence } from './changes.ts';
import { comparisonsOf } from './compile-conditions.ts';
import type { Customer } from './customer.ts';
import { positionOf } from './fit.ts';
import { comparisonHolds, formatMeasure } from './measure.ts';
import type { Comparison, Condition, Policy, Program } from './policy.ts';

const evidenceMost = 20;

/**
 * The conditions of the tier reached and of the one before it, which was not: why this one and no better. Of an exit,
 * which has no such conditions, who is to go, who is not, and who comes back.
 */
export function evidenceOf(customer: Customer, policy: Policy, program: Program, to: string | null): Evidence[] {
  const reached = to === null ? program.tiers.length : positionOf(program, to);
  const { exit, tiers } = program;
  const conditions: readonly (Condition | null)[] =
    exit === null
      ? [tiers[reached]?.when ?? null, tiers[reached - 1]?.when ?? null]
      : [exit.when, ...exit.vetoes, exit.reentry];
  const looked = conditions.flatMap(condition => (condition === null ? [] : comparisonsOf(condition)));
  const parts = looked.flatMap(({ measure }) => scoredLines(customer, policy, measure));
  return [...looked, ...parts].slice(0, evidenceMost).map(comparison => evidence(customer, policy, comparison));
}

export function evidenceOfCondition(customer: Customer, policy: Policy, condition: Condition): Evidence[] {
  return comparisonsOf(condition).map(comparison => evidence(customer, policy, comparison));
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

/** Of a scorecard: the line of each part that gives its points, or the first one where none does. */
function scoredLines(customer: Customer, policy: Policy, position: number): Comparison[] {
  const measure = policy.measures[position]!;
  if (measure.op !== 'scorecard') return [];
  return measure.parts.flatMap(({ lines }) => {
    const counted = lines.findLast(({ when }) => comparisonHolds(customer, policy, when)) ?? lines[0];
    return counted === undefined ? [] : [counted.when];
  });
}
