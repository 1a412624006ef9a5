/** Conditions of a policy document: names resolved to positions, thresholds to integers. */
import { compileComparison } from './compile-comparison.ts';
import { type ConditionScope, findMeasure } from './condition-scope.ts';
import { splitComparison, splitCondition } from './condition-text.ts';
import type { Combination, Comparison, Condition } from './policy.ts';
import type { ConditionsDocument } from './policy-document.ts';
import { limits, type Path, shown } from './policy-report.ts';

/** In the order in which they are written. */
export function comparisonsOf(condition: Condition): readonly Comparison[] {
  return condition.kind === 'comparison' ? [condition] : condition.conditions.flatMap(comparisonsOf);
}

export function compileConditions(
  document: ConditionsDocument,
  path: Path,
  scope: ConditionScope,
  depth = 1,
): Combination {
  const { report } = scope;
  const kind = 'all' in document ? 'all' : 'any';
  const list = 'all' in document ? document.all : document.any;
  report.checkCount([...path, kind], list.length, limits.conditions, 'conditions');
  if (depth > limits.depth) {
    report.add(path, 'tooMany', `Conditions are nested deeper than ${limits.depth}.`, 'Flatten them.');
    return { kind, conditions: [] };
  }
  const conditions: Condition[] = [];
  list.forEach((item, index) => {
    const at = [...path, kind, index];
    if (typeof item === 'string') {
      const comparison = compileCondition(item, at, scope);
      if (comparison) conditions.push(comparison);
    } else {
      conditions.push(compileConditions(item, at, scope, depth + 1));
    }
  });
  return { kind, conditions };
}

/** `spend365 >= 5000.00` */
export function compileCondition(text: string, path: Path, scope: ConditionScope): Comparison | null {
  const split = splitCondition(text);
  if (split === null) {
    scope.report.add(path, 'badCondition', `Condition ${shown(text)} is not understood.`, mend(text));
    return null;
  }
  const measure = findMeasure(split.name, path, scope);
  return measure === null ? null : compileComparison(measure, split.operator, split.value, path, scope);
}

/** `>= 5000.00` of a measure that is known from elsewhere. */
export function compileConditionOf(
  measure: number,
  text: string,
  path: Path,
  scope: ConditionScope,
): Comparison | null {
  const split = splitComparison(text);
  if (split !== null) return compileComparison(measure, split.operator, split.value, path, scope);
  const { name } = scope.measures[measure]!;
  const remedy = `Write only an operator and a value, such as >= 1000.00; the measure is ${name}.`;
  scope.report.add(path, 'badCondition', `Condition ${shown(text)} is not understood.`, remedy);
  return null;
}

const misspelt: Readonly<Record<string, string>> = {
  '=>': '>=',
  '≥': '>=',
  '=<': '<=',
  '≤': '<=',
  '<>': '!=',
  '≠': '!=',
  '=': '==',
  '===': '==',
  is: '==',
  has: 'contains',
  includes: 'contains',
};

function mend(text: string): string {
  const found = text
    .slice(0, 2048)
    .split(/\s+/)
    .find(word => Object.hasOwn(misspelt, word));
  const general = 'Write a measure, one of >= > <= < == != in contains, and a value: spend365 >= 5000.00';
  return found === undefined ? general : `Write ${misspelt[found]} for ${found}. ${general}`;
}
