/**
 * What is enough to keep a tier: its conditions with their thresholds eased. A number near the threshold would else move
 * a customer up and down from day to day.
 */
import { addCrossingsOf } from './compile-comparison.ts';
import type { ConditionScope } from './condition-scope.ts';
import { formatDecimal, multiplyDivide } from './decimal.ts';
import type { Comparison, Condition } from './policy.ts';

export function ease(condition: Condition, percent: number, scope: ConditionScope): Condition {
  if (percent === 0) return condition;
  if (condition.kind === 'comparison') return easeComparison(condition, percent, scope);
  return { kind: condition.kind, conditions: condition.conditions.map(part => ease(part, percent, scope)) };
}

function easeComparison(comparison: Comparison, percent: number, scope: ConditionScope): Comparison {
  const { operator, threshold } = comparison;
  const direction = operator === '>=' || operator === '>' ? -1 : operator === '<=' || operator === '<' ? 1 : 0;
  if (direction === 0 || typeof threshold !== 'number') return comparison;
  const eased = threshold + direction * multiplyDivide(Math.abs(threshold), percent, 100);
  // Beyond exact integers there is nothing that a measure could reach.
  const bounded = Math.min(eased, Number.MAX_SAFE_INTEGER);
  const { digits } = scope.measures[comparison.measure]!;
  const result = { ...comparison, threshold: bounded, text: formatDecimal(bounded, digits) };
  addCrossingsOf(result, scope);
  return result;
}
