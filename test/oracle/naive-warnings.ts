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

/** Whether everything that is missing for the tier above is little; what it is. Null at the top. */
export function approach(document: ProgramDocument, fit: NaiveFit, position: number, withinPercent: number) {
  if (position < 1) return null;
  const next = tierNames(document)[position - 1]!;
  const held = new Map<string, string>();
  fit.answers(position, question => {
    if (isAtLeast(question) && isFraction(question.value) && !held.has(question.measure)) {
      held.set(question.measure, question.threshold);
    }
    return true;
  });
  const missing: NaiveMissing[] = [];
  const isNear: Ask = question => {
    if (isMet(question)) return true;
    if (!isAtLeast(question) || !isFraction(question.value)) return false;
    const threshold = decimal(question.threshold);
    const gap = difference(threshold, question.value);
    const span = difference(threshold, decimal(held.get(question.measure) ?? '0'));
    missing.push({ measure: question.measure, missing: decimalText(gap, question.digits) });
    return isAtMost(gap, span, withinPercent);
  };
  const isApproaching = !fit.reaches(position - 1) && fit.answers(position - 1, isNear);
  return { next, isApproaching, missing };
}

function isAtMost(gap: Fraction, span: Fraction, percent: number): boolean {
  return gap.numerator * span.denominator * 100n <= span.numerator * gap.denominator * BigInt(percent);
}
