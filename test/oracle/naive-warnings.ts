/** What a customer is told before it happens: a loss that time alone will bring, and a tier that is near. */
import type { EpochDay } from '@tierflow/customer/events';
import type { ProgramDocument } from '@tierflow/customer/policy-document';
import { type Ask, decimal, decimalText, difference, isFraction, isMet, type Question } from './naive-conditions.ts';
import type { Fraction } from './naive-customer.ts';
import { type NaiveFit, tierNames } from './naive-fit.ts';

export interface NaiveWarned {
  readonly withinDays: number | null;
  readonly isApproaching: boolean;
  readonly approachedDay: EpochDay | null;
}

export const notWarned: NaiveWarned = { withinDays: null, isApproaching: false, approachedDay: null };

export interface NaiveMissing {
  readonly measure: string;
  readonly missing: string;
}

export interface NaiveLoss {
  readonly day: EpochDay;
  readonly to: string | null;
}

/** The smallest of the policy's days that the loss is within; null: none. */
export function withinOf(expiringDays: readonly number[], loss: NaiveLoss | undefined, today: EpochDay): number | null {
  if (loss === undefined) return null;
  const reached = expiringDays.filter(days => loss.day - today <= days);
  return reached.length === 0 ? null : Math.min(...reached);
}

const isAtLeast = ({ operator }: Question): boolean => operator === '>=' || operator === '>';

/** What is missing for a comparison that is not met, in its smallest units; null where that is no matter of more or less. */
function distanceTo({ value, operator, threshold, digits }: Question): Fraction | null {
  if (!isFraction(value) || !/^[<>]=?$/.test(operator)) return null;
  const { numerator, denominator } = difference(decimal(threshold), value);
  const distance = { numerator: numerator * 10n ** BigInt(digits), denominator };
  if (operator.startsWith('<')) distance.numerator = -distance.numerator;
  // To be more than the threshold takes the smallest unit more.
  if (!operator.endsWith('=')) distance.numerator += denominator;
  return distance;
}

/** Whether everything that is missing for the tier above is little; what it is. Null at the top. */
export function approach(document: ProgramDocument, fit: NaiveFit, position: number, withinPercent: number) {
  if (position < 1) return null;
  const held = new Map<string, string>();
  fit.answers(position, question => {
    if (isAtLeast(question) && !held.has(question.measure)) held.set(question.measure, question.threshold);
    return true;
  });
  const missing: NaiveMissing[] = [];
  const isNear: Ask = question => {
    if (isMet(question)) return true;
    const distance = distanceTo(question);
    if (distance === null) return false;
    const { measure, digits } = question;
    const unit = 10n ** BigInt(digits);
    const roundedUp = (distance.numerator + distance.denominator - 1n) / distance.denominator;
    missing.push({ measure, missing: decimalText({ numerator: roundedUp, denominator: unit }, digits) });
    if (!isAtLeast(question)) return false;
    const span = difference(decimal(question.threshold), decimal(held.get(measure) ?? '0'));
    const spanned = span.numerator * unit * BigInt(withinPercent);
    return distance.numerator * span.denominator * 100n <= spanned * distance.denominator;
  };
  const isApproaching = !fit.reaches(position - 1) && fit.answers(position - 1, isNear);
  return { next: tierNames(document)[position - 1]!, isApproaching, missing };
}
