/** Conditions as they are written, against the numbers of one day. */
import type { TopicCount } from '@tierflow/customer/policy';
import type { ConditionsDocument } from '@tierflow/customer/policy-document';
import { type Fraction, half, type NaiveValue } from './naive-customer.ts';

/** The customer's numbers at the end of a day. */
export interface Numbers {
  valueOf(measure: string): NaiveValue;
  digitsOf(measure: string): number;
}

/** One comparison of a measure with what is written in the policy. */
export interface Question {
  readonly measure: string;
  readonly value: NaiveValue;
  /** Decimals of the measure. */
  readonly digits: number;
  readonly operator: string;
  readonly threshold: string;
}

/** Says whether a comparison holds: as it is written, or eased, or nearly. */
export type Ask = (question: Question) => boolean;

/** Every comparison is asked, also where the answer is known already. */
export function holds(conditions: ConditionsDocument, numbers: Numbers, ask: Ask): boolean {
  const answers = ('all' in conditions ? conditions.all : conditions.any).map(item =>
    typeof item === 'string' ? ask(questionOf(item, numbers)) : holds(item, numbers, ask),
  );
  return 'all' in conditions ? answers.every(Boolean) : answers.some(Boolean);
}

export function questionOf(text: string, numbers: Numbers): Question {
  const [, measure, operator, threshold] = /^(\S+) (\S+) (.+)$/.exec(text)!;
  return {
    measure: measure!,
    value: numbers.valueOf(measure!),
    digits: numbers.digitsOf(measure!),
    operator: operator!,
    threshold: threshold!,
  };
}

export function decimal(text: string): Fraction {
  const [whole, decimals = ''] = text.split('.') as [string, string?];
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

export function isFraction(value: NaiveValue): value is Fraction {
  return typeof value === 'object' && value !== null && 'numerator' in value;
}

/** a − b. */
export function difference(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: a.numerator * b.denominator - b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** With the measure's decimals, rounded half away from zero. */
export function decimalText({ numerator, denominator }: Fraction, digits: number): string {
  const scaled = half(numerator * 10n ** BigInt(digits), denominator);
  const text = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function relates(a: Fraction, operator: string, b: Fraction): boolean {
  const { numerator } = difference(a, b);
  switch (operator) {
    case '>=':
      return numerator >= 0n;
    case '>':
      return numerator > 0n;
    case '<=':
      return numerator <= 0n;
    case '<':
      return numerator < 0n;
    case '!=':
      return numerator !== 0n;
    default:
      return numerator === 0n;
  }
}

/** As it is written. A comparison with a number that is missing is false. */
export const isMet: Ask = ({ value, operator, threshold }) => {
  if (value === null) return false;
  if (isFraction(value)) {
    if (operator !== 'in') return relates(value, operator, decimal(threshold));
    const members = threshold.slice(1, -1).split(', ');
    return members.some(member => relates(value, '==', decimal(member)));
  }
  const written = JSON.parse(threshold);
  if (operator === 'contains') return (value as readonly TopicCount[]).some(({ topic }) => topic === written);
  if (operator === 'in') return written.includes(value);
  return operator === '!=' ? value !== written : value === written;
};

/** As it is written, with the threshold eased by so many percent of itself, those rounded to the measure's own digits. */
export function isMetEased(hysteresisPercent: number): Ask {
  return question => {
    const { value, operator, threshold, digits } = question;
    if (!isFraction(value) || !/^[<>]=?$/.test(operator)) return isMet(question);
    const unit = 10n ** BigInt(digits);
    const { numerator, denominator } = decimal(threshold);
    const written = (numerator * unit) / denominator;
    const ease = half((written < 0n ? -written : written) * BigInt(hysteresisPercent), 100n);
    const eased = operator.startsWith('>') ? written - ease : written + ease;
    return relates(value, operator, { numerator: eased, denominator: unit });
  };
}
