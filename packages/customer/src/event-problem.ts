/**
 * What no door lets in but a foreign writer may have put into the log: numbers that a customer's state could not carry
 * or show. They are refused one by one, because a record that cannot be folded would stop its partition for ever.
 */
import type { AttributeValue, CustomerEvent, EpochDay, RolloutDirected, ThresholdsCalibrated } from './events.ts';

const dayMs = 86_400_000;
const daysEnd: EpochDay = Date.UTC(2201, 0, 1) / dayMs;

/**
 * A change repeats id, source and event id of what caused it, several times over, and must fit into a record itself; kinds
 * and overrides stay in the state. Doors allow 256 characters.
 */
const textLengthMax = 4096;
const attributesMax = 1000;

/** The days that can be written as a date: 1970 to 2200. */
export function isCalendarDay(day: EpochDay): boolean {
  return day >= 0 && day < daysEnd;
}

/** Of what stays in the partition's state until the next one comes; whether it fits the policies is asked there. */
export function controlProblemOf(event: RolloutDirected | ThresholdsCalibrated): string | null {
  if (isLong(event.policyId)) return tooLong;
  switch (event.type) {
    case 'RolloutDirected': {
      const { directiveId, actor, reason, keepUntilDay } = event;
      if (isLong(directiveId) || isLong(actor) || isLong(reason)) return tooLong;
      const isDay = keepUntilDay === null || isCalendarDay(keepUntilDay);
      return isDay ? null : `Day ${keepUntilDay} is not in 1970 … 2200.`;
    }
    case 'ThresholdsCalibrated': {
      const { day, programs, rankings } = event;
      if (!isCalendarDay(day)) return `Day ${day} is not in 1970 … 2200.`;
      if ([...programs, ...rankings].some(({ size }) => size < 0)) return 'A population is less than zero.';
      if (programs.some(({ axes }) => axes.some(({ cuts }) => cuts.some(isLong)))) return tooLong;
      const keys = new Set(rankings.map(({ ranking }) => ranking));
      return keys.size === rankings.length ? null : 'A ranking is listed twice.';
    }
  }
}

/** null: there is none. */
export function problemOf(event: CustomerEvent): string | null {
  const { occurredAt, businessDay } = event;
  if (!isCalendarDay(businessDay) || !(occurredAt >= 0 && occurredAt < daysEnd * dayMs)) {
    return `Business day ${businessDay} or instant ${occurredAt} is not in 1970 … 2200.`;
  }
  if (isLong(event.customerId) || isLong(event.eventId) || isLong(event.source)) return tooLong;
  switch (event.type) {
    case 'PurchaseRecorded':
    case 'PurchaseRefunded':
      if (isLong(event.orderId) || isLong(event.channel)) return tooLong;
      return event.amountMinor > 0 && event.amountBaseMinor > 0 ? null : 'An amount is not greater than zero.';
    case 'InteractionRecorded':
      if (isLong(event.kind) || isLong(event.topic)) return tooLong;
      return (event.costBaseMinor ?? 0) >= 0 && (event.responseSeconds ?? 0) >= 0
        ? null
        : 'A cost or a response time is less than zero.';
    case 'FeedbackReceived':
      if (isLong(event.topic)) return tooLong;
      return event.scaleHundredths > 0 && event.scoreHundredths >= 0 && event.scoreHundredths <= event.scaleHundredths
        ? null
        : `Score ${event.scoreHundredths} is not on a scale of ${event.scaleHundredths}.`;
    case 'ProfileUpdated':
      return attributesProblem(event.attributes);
    case 'StandingOverridden':
      return isLong(event.program) || isLong(event.tier) || isLong(event.actor) || isLong(event.reason)
        ? tooLong
        : null;
    case 'OverrideEnded':
      return isLong(event.program) || isLong(event.actor) || isLong(event.reason) ? tooLong : null;
    case 'CustomerForgotten':
      return isLong(event.actor) || isLong(event.reason) ? tooLong : null;
  }
}

const tooLong = `A text has more than ${textLengthMax} characters.`;

function isLong(text: string | null): boolean {
  return text !== null && text.length > textLengthMax;
}

function attributesProblem(attributes: Readonly<Record<string, AttributeValue>>): string | null {
  const entries = Object.entries(attributes);
  if (entries.length > attributesMax) return `${entries.length} attributes are more than ${attributesMax}.`;
  return entries.some(([name, value]) => isLong(name) || (typeof value === 'string' && isLong(value))) ? tooLong : null;
}
