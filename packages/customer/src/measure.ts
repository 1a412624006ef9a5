/** What a measure says of a customer on its day of evaluation. */
import type { Customer } from './customer.ts';
import { divideRounded, formatDecimal } from './decimal.ts';
import type {
  Comparison,
  Condition,
  Fraction,
  LastMeasure,
  Measure,
  MeasureValue,
  Policy,
  Program,
  Source,
} from './policy.ts';
import { startOf } from './window-bounds.ts';

function read(customer: Customer, source: Source): number {
  if ('accumulator' in source) return customer.totals[source.accumulator]!;
  const entry = customer.lifetime.find(source.lifetimeCell);
  if (!entry) return 0;
  return source.days ? entry.days : entry.value;
}

/** null where there is nothing to measure: the measure is missing. */
export function measureOf(customer: Customer, _policy: Policy, measure: Measure): MeasureValue | null {
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
    default:
      throw new Error(`Measure ${measure.name} was not compiled.`);
  }
}

function lastOf(customer: Customer, measure: LastMeasure): { at: number; day: number } | null {
  const entry = customer.lifetime.find(measure.cell);
  if (!entry || entry.lastAt < 0) return null;
  if (measure.window !== null && entry.lastDay <= startOf(measure.window, customer.evaluatedDay)) return null;
  return { at: entry.lastAt, day: entry.lastDay };
}

function compare(value: MeasureValue, { operator, threshold }: Comparison): boolean {
  if (typeof value !== 'object' || !('numerator' in value) || typeof threshold !== 'number') return false;
  const difference = value.numerator - threshold * value.denominator;
  switch (operator) {
    case '>=':
      return difference >= 0;
    case '>':
      return difference > 0;
    case '<=':
      return difference <= 0;
    case '<':
      return difference < 0;
    case '==':
      return difference === 0;
    default:
      return false;
  }
}

/** A missing measure makes a comparison false. */
export function comparisonHolds(customer: Customer, policy: Policy, comparison: Comparison): boolean {
  const value = measureOf(customer, policy, policy.measures[comparison.measure]!);
  return value !== null && compare(value, comparison);
}

export function conditionHolds(customer: Customer, policy: Policy, condition: Condition): boolean {
  switch (condition.kind) {
    case 'comparison':
      return comparisonHolds(customer, policy, condition);
    case 'all':
      for (const part of condition.conditions) if (!conditionHolds(customer, policy, part)) return false;
      return true;
    case 'any':
      for (const part of condition.conditions) if (conditionHolds(customer, policy, part)) return true;
      return false;
  }
}

/** Whether a measure that decides the program is missing. */
export function isIncomplete(customer: Customer, policy: Policy, program: Program): boolean {
  for (const index of program.measures) if (measureOf(customer, policy, policy.measures[index]!) === null) return true;
  return false;
}

/** For people and records: numbers as decimals of the measure's digits, instants as RFC 3339. */
export function formatMeasure(customer: Customer, policy: Policy, measure: Measure): string | null {
  const value = measureOf(customer, policy, measure);
  return value === null ? null : formatValue(value, measure);
}

function formatValue(value: MeasureValue, measure: Measure): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (!('numerator' in value)) return value.map(({ topic }) => topic).join(', ');
  if (measure.op === 'last') return new Date(value.numerator).toISOString();
  return formatDecimal(roundedOf(value), measure.digits);
}

export function roundedOf({ numerator, denominator }: Fraction): number {
  return denominator === 1 ? numerator : divideRounded(numerator, denominator);
}
