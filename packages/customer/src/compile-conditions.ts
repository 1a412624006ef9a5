/** Conditions of a policy document: names resolved to positions, thresholds to integers. */
import { type Literal, readLiteral, splitComparison, splitCondition } from './condition-text.ts';
import { parseDecimal } from './decimal.ts';
import type { Combination, Comparison, Condition, Measure, Operator, SinceCrossing } from './policy.ts';
import type { ConditionsDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport, shown } from './policy-report.ts';
import { addCrossings } from './since-crossings.ts';

/** What conditions are compiled against. */
export interface ConditionScope {
  readonly measures: readonly Measure[];
  /** Names under `measures`, also of those that are wrong themselves: that is told once. */
  readonly declared: ReadonlySet<string>;
  /** Short names of the program's own measures. */
  readonly shortNames: ReadonlyMap<string, string>;
  readonly crossings: SinceCrossing[];
  readonly report: PolicyReport;
}

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
  return measure === null ? null : compare(measure, split.operator, split.value, path, scope);
}

/** `>= 5000.00` of a measure that is known from elsewhere. */
export function compileComparison(measure: number, text: string, path: Path, scope: ConditionScope): Comparison | null {
  const split = splitComparison(text);
  if (split !== null) return compare(measure, split.operator, split.value, path, scope);
  const { name } = scope.measures[measure]!;
  const remedy = `Write only an operator and a value, such as >= 1000.00; the measure is ${name}.`;
  scope.report.add(path, 'badCondition', `Condition ${shown(text)} is not understood.`, remedy);
  return null;
}

/** Position of the measure; null where it is unknown, or wrong itself. */
export function findMeasure(name: string, path: Path, scope: ConditionScope): number | null {
  const { measures, declared, shortNames, report } = scope;
  const meant = declared.has(name) ? name : (shortNames.get(name) ?? name);
  const index = measures.findIndex(measure => measure.name === meant);
  if (index >= 0) return index;
  if (!declared.has(name)) {
    const known = new Set([...declared, ...shortNames.keys(), ...measures.map(measure => measure.name)]);
    const remedy = `${report.suggest(name, known)} Or declare it under measures.`;
    report.add(path, 'unknownMeasure', `There is no measure ${shown(name)}.`, remedy);
  }
  return null;
}

function compare(
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
      `${shownAsWritten(written)} is not ${nameOf(measure, operator)} that ${measure.name} can be compared with.`,
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

function shownAsWritten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59).toWellFormed()}…` : text;
}

const misspeltOperator = /(?<!\S)(?:=>|=<|<>|===|≥|≤|=|≠|is|has|includes)(?!\S)/u;

function mend(text: string): string {
  const found = misspeltOperator.exec(text.slice(0, 2048))?.[0];
  const meant: Record<string, string> = {
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
  const general = 'Write a measure, one of >= > <= < == != in contains, and a value: spend365 >= 5000.00';
  return found === undefined ? general : `Write ${meant[found]} for ${found}. ${general}`;
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
  const compared = scope.measures[measure]!;
  for (const days of Array.isArray(threshold) ? threshold : [threshold]) {
    addCrossings(scope.crossings, compared, operator, days as number);
  }
}
