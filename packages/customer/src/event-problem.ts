/**
 * What no door lets in but a foreign writer may have put into the log: numbers that a customer's state could not carry
 * or show. They are refused one by one, because a record that cannot be folded would stop its partition for ever.
 */
import type { CustomerEvent, EpochDay } from './events.ts';

const dayMs = 86_400_000;
const daysEnd: EpochDay = Date.UTC(2201, 0, 1) / dayMs;

/** The days that can be written as a date: 1970 to 2200. */
export function isCalendarDay(day: EpochDay): boolean {
  return day >= 0 && day < daysEnd;
}

/** null: there is none. */
export function problemOf(event: CustomerEvent): string | null {
  const { occurredAt, businessDay } = event;
  if (!isCalendarDay(businessDay) || !(occurredAt >= 0 && occurredAt < daysEnd * dayMs)) {
    return `Business day ${businessDay} or instant ${occurredAt} is not in 1970 … 2200.`;
  }
  switch (event.type) {
    case 'PurchaseRecorded':
    case 'PurchaseRefunded':
      return event.amountMinor > 0 && event.amountBaseMinor > 0 ? null : 'An amount is not greater than zero.';
    case 'InteractionRecorded':
      return (event.costBaseMinor ?? 0) >= 0 && (event.responseSeconds ?? 0) >= 0
        ? null
        : 'A cost or a response time is less than zero.';
    case 'FeedbackReceived':
      return event.scaleHundredths > 0 && event.scoreHundredths >= 0 && event.scoreHundredths <= event.scaleHundredths
        ? null
        : `Score ${event.scoreHundredths} is not on a scale of ${event.scaleHundredths}.`;
    default:
      return null;
  }
}
