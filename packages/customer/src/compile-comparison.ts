/** One measure against one value: what its unit allows, and the value as an integer of its minor unit. */

import type { ConditionScope } from './condition-scope.ts';
import { type Literal, readLiteral } from './condition-text.ts';
import { parseDecimal } from './decimal.ts';
import type { Comparison, Measure, Operator } from './policy.ts';
import { cutText, limits, type Path } from './policy-report.ts';
import { addCrossings } from './since-crossings.ts';

export function compileComparison(
  index: number,
  operator: Operator,
  written: string,
  path: Path,
  scope: ConditionScope,
): Comparison | null {
  const measure = scope.measures[index]!;
  const { report } = scope;
  const allowed = operatorsOf(measure);
  if (allowed.length === 0) {
    report.add(
      path,
      'badCondition',
      `${measure.name} is an instant and cannot be compared with a number.`,
      'Compare the days since then: a measure with op: since.',
    );
    return null;
  }
  if (!allowed.includes(operator)) {
    const [what, example] = wordsOf(measure);
    const remedy = `Use one of ${allowed.join(' ')}: ${measure.name} ${example}`;
    report.add(path, 'badCondition', `${measure.name} is ${what}, which ${operator} does not fit.`, remedy);
    return null;
  }
  const literal = readLiteral(written);
  const threshold = operator === 'in' ? scaledList(literal, measure) : scaledValue(literal, measure);
  if (threshold === null) {
    report.add(
      path,
      'badThreshold',
      `${cutText(written)} is not ${nameOf(measure, operator)} that ${measure.name} can be compared with.`,
      mendThreshold(written, literal, operator, measure),
    );
    return null;
  }
  if (Array.isArray(threshold)) {
    report.checkCount(path, threshold.length, limits.listed, 'values of a list');
  }
  const comparison: Comparison = { kind: 'comparison', measure: index, operator, threshold, text: written };
  addCrossingsOf(comparison, scope);
  return comparison;
}

function operatorsOf({ unit }: Measure): readonly Operator[] {
  switch (unit) {
    case 'instant':
      return [];
    case 'text':
      return ['==', '!=', 'in'];
    case 'flag':
      return ['==', '!='];
    case 'topics':
      return ['contains'];
    default:
      return ['>=', '>', '<=', '<', '==', '!=', 'in'];
  }
}

function wordsOf({ unit, digits }: Measure): readonly [what: string, example: string] {
  if (unit === 'text') return ['text', '== "north"'];
  if (unit === 'flag') return ['a flag', '== true'];
  if (unit === 'topics') return ['a list of topics', 'contains "price"'];
  return ['a number', `>= ${digits === 0 ? '5' : `5.${'0'.repeat(digits)}`}`];
}

function nameOf({ unit }: Measure, operator: Operator): string {
  if (operator === 'in') return 'a list';
  if (unit === 'flag') return 'true or false';
  return unit === 'text' || unit === 'topics' ? 'a text in quotes' : 'a number';
}

function scaledValue(literal: Literal, { unit, digits }: Measure): number | string | boolean | null {
  switch (literal.kind) {
    case 'number':
      return isNumeric(unit) ? parseDecimal(literal.text, digits) : null;
    case 'text':
      return unit === 'text' || unit === 'topics' ? literal.value : null;
    case 'flag':
      return unit === 'flag' ? literal.value : null;
    default:
      return null;
  }
}

function scaledList(literal: Literal, measure: Measure): (number | string)[] | null {
  if (literal.kind !== 'list') return null;
  const values = literal.items.map(item => scaledValue(item, measure));
  return values.every(value => typeof value === 'number' || typeof value === 'string') ? values : null;
}

export function isNumeric(unit: Measure['unit']): boolean {
  return unit !== 'text' && unit !== 'flag' && unit !== 'topics' && unit !== 'instant';
}

function mendThreshold(written: string, literal: Literal, operator: Operator, measure: Measure): string {
  const { unit, digits } = measure;
  if (/&&|\|\||(?<!\S)(?:and|or)(?!\S)/iu.test(written.slice(0, 2048))) {
    return 'Write one condition for each, and join them with all: or any:.';
  }
  if (operator === 'in') {
    return `Write a list in brackets: in ${isNumeric(unit) ? '[1, 2]' : '["north", "east"]'}`;
  }
  if (unit === 'flag') return 'Write true or false, without quotes.';
  if (!isNumeric(unit)) return `Put it in quotes: ${measure.name} ${wordsOf(measure)[1]}`;
  if (literal.kind === 'text') return 'Write the number without quotes.';
  return `Write a plain decimal number with at most ${digits} decimals.`;
}

/** Remembers the days on which time alone turns a comparison. */
export function addCrossingsOf({ measure, operator, threshold }: Comparison, scope: ConditionScope): void {
  const thresholds = Array.isArray(threshold) ? threshold : [threshold];
  for (const one of thresholds) {
    if (typeof one === 'number') addCrossings(scope.crossings, scope.measures[measure]!, operator, one);
  }
}
