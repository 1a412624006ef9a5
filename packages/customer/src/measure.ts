/** What a measure says of a customer on its day of evaluation. */
import { attributeOf } from './attribute-value.ts';
import { wholeYears } from './civil-date.ts';
import type { Customer } from './customer.ts';
import { divideRounded, formatDecimal } from './decimal.ts';
import type {
  Comparison,
  Condition,
  ExpressionMeasure,
  Fraction,
  LastMeasure,
  Measure,
  MeasureScope,
  MeasureValue,
  Operator,
  Policy,
  Program,
  ScorecardMeasure,
  ScoreMeasure,
  Source,
  TopicCount,
} from './policy.ts';
import { topTopicsOf } from './top-topics.ts';
import { firstDayOf } from './window-bounds.ts';

function read(customer: Customer, source: Source): number {
  if ('accumulator' in source) return customer.totals[source.accumulator]!;
  const entry = customer.lifetime.find(source.lifetimeCell);
  if (!entry) return 0;
  return source.days ? entry.days : entry.value;
}

/** null where there is nothing to measure: the measure is missing. */
export function measureOf(customer: Customer, scope: MeasureScope, measure: Measure): MeasureValue | null {
  switch (measure.op) {
    case 'sum':
    case 'count':
    case 'distinctDays': {
      const minus = measure.minus === null ? 0 : read(customer, measure.minus);
      return { numerator: read(customer, measure.plus) - minus, denominator: 1 };
    }
    case 'mean': {
      const count = read(customer, measure.count);
      if (count === 0) return null;
      const factor = measure.unit === 'seconds' ? 100 : 1;
      return { numerator: read(customer, measure.sum) * factor, denominator: count };
    }
    case 'last': {
      const last = lastOf(customer, measure);
      return last === null ? null : { numerator: last.at, denominator: 1 };
    }
    case 'since': {
      const last = lastOf(customer, measure);
      return last === null ? null : { numerator: customer.evaluatedDay - last.day, denominator: 1 };
    }
    case 'age': {
      const { beginningDay, evaluatedDay } = customer;
      if (beginningDay > evaluatedDay) return null;
      const isYears = measure.unit === 'count';
      const numerator = isYears ? wholeYears(beginningDay, evaluatedDay) : evaluatedDay - beginningDay;
      return { numerator, denominator: 1 };
    }
    case 'topTopics':
      return topTopicsOf(customer, measure);
    case 'attribute':
      return attributeOf(customer.attributes, measure);
    case 'expression':
      return expressionOf(customer, scope, measure);
    case 'score':
      return scoreOf(customer, scope, measure);
    case 'scorecard':
      return scorecardOf(customer, scope, measure);
  }
}

function lastOf(customer: Customer, measure: LastMeasure): { at: number; day: number } | null {
  const entry = customer.lifetime.find(measure.cell);
  if (!entry || entry.lastAt < 0) return null;
  const { evaluatedDay, beginningDay } = customer;
  if (measure.window !== null && entry.lastDay < firstDayOf(measure.window, evaluatedDay, beginningDay)) return null;
  return { at: entry.lastAt, day: entry.lastDay };
}

/** Of a missing measure nothing can be worked out, whatever the expression would make of it. */
function expressionOf(customer: Customer, scope: MeasureScope, measure: ExpressionMeasure): MeasureValue | null {
  const values: MeasureValue[] = [];
  for (const index of measure.reads) {
    const value = measureOf(customer, scope, scope.measures[index]!);
    if (value === null) return null;
    values.push(value);
  }
  return measure.calculate(values);
}

function scoreOf(customer: Customer, scope: MeasureScope, measure: ScoreMeasure): Fraction | null {
  const value = measureOf(customer, scope, scope.measures[measure.measure]!);
  if (value === null) return null;
  const operator = measure.better === 'more' ? '>=' : '<=';
  let score = 1;
  for (const cut of measure.cuts) if (holds(value, operator, cut)) score++;
  return { numerator: score, denominator: 1 };
}

function scorecardOf(customer: Customer, scope: MeasureScope, { parts }: ScorecardMeasure): Fraction {
  let points = 0;
  let weights = 0;
  for (const { measure, weight, lines } of parts) {
    weights += weight;
    const value = measureOf(customer, scope, scope.measures[measure]!);
    if (value === null) continue;
    const line = lines.findLast(({ when }) => holds(value, when.operator, when.threshold));
    points += weight * (line?.points ?? 0);
  }
  return { numerator: points * 100, denominator: weights };
}

/** Whether a value that is not missing meets a comparison. Of a list only `contains` can be asked. */
function holds(value: MeasureValue, operator: Operator, threshold: Comparison['threshold']): boolean {
  if (typeof value === 'object') {
    return 'numerator' in value
      ? numberHolds(value, operator, threshold)
      : operator === 'contains' && value.some(({ topic }) => topic === threshold);
  }
  switch (operator) {
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
    case 'in':
      return Array.isArray(threshold) && threshold.includes(value);
    case 'contains':
      return typeof value === 'string' && typeof threshold === 'string' && value.includes(threshold);
    default:
      return false;
  }
}

function numberHolds(value: Fraction, operator: Operator, threshold: Comparison['threshold']): boolean {
  if (typeof threshold === 'object') {
    return operator === 'in' && threshold.some(each => typeof each === 'number' && signOf(value, each) === 0);
  }
  if (typeof threshold !== 'number') return false;
  const sign = signOf(value, threshold);
  switch (operator) {
    case '>=':
      return sign >= 0;
    case '>':
      return sign > 0;
    case '<=':
      return sign <= 0;
    case '<':
      return sign < 0;
    case '==':
      return sign === 0;
    case '!=':
      return sign !== 0;
    default:
      return false;
  }
}

/** Of value − threshold, exactly. */
function signOf({ numerator, denominator }: Fraction, threshold: number): number {
  const scaled = threshold * denominator;
  if (Number.isSafeInteger(scaled)) return numerator - scaled;
  return Number(BigInt(numerator) - BigInt(threshold) * BigInt(denominator));
}

/** A missing measure makes a comparison false. */
export function comparisonHolds(customer: Customer, scope: MeasureScope, comparison: Comparison): boolean {
  const value = measureOf(customer, scope, scope.measures[comparison.measure]!);
  return value !== null && holds(value, comparison.operator, comparison.threshold);
}

export function conditionHolds(customer: Customer, scope: MeasureScope, condition: Condition): boolean {
  switch (condition.kind) {
    case 'comparison':
      return comparisonHolds(customer, scope, condition);
    case 'all':
      for (const part of condition.conditions) if (!conditionHolds(customer, scope, part)) return false;
      return true;
    case 'any':
      for (const part of condition.conditions) if (conditionHolds(customer, scope, part)) return true;
      return false;
  }
}

/** Whether a measure that decides the program is missing, or one that it is made of. */
export function isIncomplete(customer: Customer, policy: Policy, program: Program): boolean {
  for (const index of program.measures) {
    const measure = policy.measures[index]!;
    if (mayBeMissing(measure) && measureOf(customer, policy, measure) === null) return true;
  }
  return false;
}

/** Who has done nothing has a sum of 0; every view asks, so this is answered without looking. */
function mayBeMissing({ op }: Measure): boolean {
  return op !== 'sum' && op !== 'count' && op !== 'distinctDays' && op !== 'scorecard';
}

/** For people and records: numbers as decimals of the measure's digits, instants as RFC 3339. */
export function formatMeasure(customer: Customer, policy: Policy, measure: Measure): string | null {
  const value = measureOf(customer, policy, measure);
  return value === null ? null : formatValue(value, measure);
}

function formatValue(value: MeasureValue, measure: Measure): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (!('numerator' in value)) return value.map(formatTopic).join(', ');
  if (measure.op === 'last') return new Date(value.numerator).toISOString();
  return formatDecimal(roundedOf(value), measure.digits);
}

/** `price 5 (+2)`. */
function formatTopic({ topic, count, change }: TopicCount): string {
  if (change === null) return `${topic} ${count}`;
  return `${topic} ${count} (${change > 0 ? '+' : ''}${change})`;
}

function roundedOf({ numerator, denominator }: Fraction): number {
  return denominator === 1 ? numerator : divideRounded(numerator, denominator);
}
