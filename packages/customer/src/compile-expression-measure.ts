/** A measure that is worked out of others: their values become exact numbers, and the result is rounded to its unit. */
import { compileDigits } from './compile-derived-measure.ts';
import type { MeasureReader, PlacedMeasure } from './compile-measures.ts';
import { compileExpression, type Expression, type ExpressionType, type ExpressionValue } from './expression.ts';
import type { ExpressionMeasure, Measure, MeasureValue } from './policy.ts';
import type { ExpressionMeasureDocument } from './policy-document.ts';
import { type PolicyReport, shown } from './policy-report.ts';
import { rationalOf, scaledTo } from './rational.ts';

/** A result is shown wherever the measure decided, so that it must fit into a record many times. */
const textLengthMax = 1000;
const units: Readonly<Record<ExpressionMeasureDocument['unit'], ExpressionType>> = {
  money: 'number',
  count: 'number',
  percent: 'number',
  number: 'number',
  text: 'text',
  flag: 'flag',
};
const percentDigits = 2;

export function compileExpressionMeasure(
  name: string,
  document: ExpressionMeasureDocument,
  read: MeasureReader,
  baseCurrencyDigits: number,
  report: PolicyReport,
): ExpressionMeasure | null {
  const path = ['measures', name];
  const { expression: text, unit, title } = document;
  const at = [...path, 'expression'];
  if (typeof text !== 'string') {
    report.add(at, 'badExpression', 'The expression is not text.', 'Write it in quotes: "spend365 / orders365".');
    return null;
  }
  if (!Object.hasOwn(units, unit)) {
    const remedy = `Write one of ${Object.keys(units).join(', ')}.`;
    report.add([...path, 'unit'], 'badMeasure', `${shown(unit)} is no unit.`, remedy);
    return null;
  }
  const ownDigits = compileDigits(document.digits, unit === 'number', path, report);
  const placed = new Map<string, PlacedMeasure>();
  const result = compileExpression(text, (readName, place) => {
    const found = read(readName, at, place);
    if (found === null) return null;
    const type = typeOf(found.measure, place, report, at);
    if (type !== null) placed.set(readName, found);
    return type;
  });
  if (!result.ok) {
    if (result.problem !== null) report.add(at, result.problem.code, result.problem.message, result.problem.remedy);
    return null;
  }
  const { expression } = result;
  if (expression.type !== units[unit]) {
    const message = `The expression gives a ${expression.type}, not a ${units[unit]}.`;
    report.add([...path, 'unit'], 'badExpression', message, 'Write the unit of what it gives, or another expression.');
    return null;
  }
  if (ownDigits === null) return null;
  const digits = { number: ownDigits, money: baseCurrencyDigits, percent: percentDigits, count: 0, text: 0, flag: 0 }[
    unit
  ];
  const base = { name, op: 'expression', unit, digits, window: null, windowText: null, title: title ?? null } as const;
  const measures = expression.reads.map(readName => placed.get(readName)!);
  return {
    ...base,
    expression: text,
    reads: measures.map(({ position }) => position),
    calculate: calculation(expression, measures, digits),
  };
}

function typeOf({ op, name, unit }: Measure, place: string, report: PolicyReport, at: string[]): ExpressionType | null {
  const refuse = (message: string, remedy: string): null => {
    report.add(at, 'badExpression', `${message}${place}.`, remedy);
    return null;
  };
  if (op === 'since' || op === 'last' || (op === 'age' && unit === 'days')) {
    const remedy = 'Compare it in a condition, or let the expression read a score of it, or the customer’s years.';
    return refuse(`${name} is another one every day, so that an expression cannot read it`, remedy);
  }
  if (unit === 'topics') {
    return refuse(
      `${name} is a list of topics, which an expression cannot read`,
      'Ask for one of them in a condition.',
    );
  }
  return unit === 'text' || unit === 'flag' ? unit : 'number';
}

function calculation(
  { evaluate }: Expression,
  measures: readonly PlacedMeasure[],
  digits: number,
): ExpressionMeasure['calculate'] {
  const units = measures.map(({ measure }) => 10n ** BigInt(measure.digits));
  return values => {
    const result = evaluate(values.map((value, index) => exactly(value, units[index]!)));
    if (result === null || typeof result === 'boolean') return result;
    if (typeof result === 'string') return result.length > textLengthMax ? null : result;
    const numerator = scaledTo(result, digits);
    return numerator === null ? null : { numerator, denominator: 1 };
  };
}

/** In the unit that people write: money in major units. */
function exactly(value: MeasureValue, minorUnits: bigint): ExpressionValue {
  if (typeof value !== 'object') return value;
  if (!('numerator' in value)) throw new Error('An expression reads no lists.');
  return rationalOf(BigInt(value.numerator), BigInt(value.denominator) * minorUnits);
}
