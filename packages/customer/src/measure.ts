/** What a measure says of a customer on its day of evaluation. */
import type { Customer } from './customer.ts';
import { divideRounded, formatDecimal } from './decimal.ts';
import type { Comparison, Condition, LastMeasure, Measure, Operator, Policy, Source } from './policy.ts';

/** A mean is kept as a fraction, so that comparing it with a threshold is exact. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

function read(customer: Customer, source: Source): number {
  if ('accumulator' in source) return customer.totals[source.accumulator]!;
  const entry = customer.lifetime.find(source.lifetimeCell);
  if (!entry) return 0;
  return source.days ? entry.days : entry.value;
}

/** The measure as an integer over one, a mean as sum over count; null where there is nothing to measure. */
export function measureOf(customer: Customer, measure: Measure): Fraction | null {
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
  }
}

function lastOf(customer: Customer, measure: LastMeasure): { at: number; day: number } | null {
  const entry = customer.lifetime.find(measure.cell);
  if (!entry || entry.lastAt < 0) return null;
  if (measure.windowDays !== null && entry.lastDay <= customer.evaluatedDay - measure.windowDays) return null;
  return { at: entry.lastAt, day: entry.lastDay };
}

function compare(value: Fraction, operator: Operator, threshold: number): boolean {
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
  }
}

/** A missing measure makes a comparison false. */
export function comparisonHolds(customer: Customer, policy: Policy, comparison: Comparison): boolean {
  const value = measureOf(customer, policy.measures[comparison.measure]!);
  return value !== null && compare(value, comparison.operator, comparison.threshold);
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

/** For people and records: money, percent and mean seconds as decimals, instants as RFC 3339, the rest as integers. */
export function formatMeasure(customer: Customer, policy: Policy, measure: Measure): string | null {
  const value = measureOf(customer, measure);
  if (value === null) return null;
  if (measure.op === 'last') return new Date(value.numerator).toISOString();
  const rounded = value.denominator === 1 ? value.numerator : divideRounded(value.numerator, value.denominator);
  switch (measure.unit) {
    case 'money':
      return formatDecimal(rounded, policy.baseCurrencyDigits);
    case 'percent':
      return formatDecimal(rounded, 2);
    case 'seconds':
      return measure.op === 'mean' ? formatDecimal(rounded, 2) : String(rounded);
    case 'count':
    case 'days':
    case 'instant':
      return String(rounded);
  }
}
