/**
 * What there is to do, given how far the log and the clock are. Days are opened one by one and in order, those without
 * any event too, because time itself moves customers.
 *
 * A day that has begun cannot be taken back, neither in the log nor in what customers were told of it. So a clock that
 * suddenly stands far ahead is not believed until somebody has looked at it, and one that stands behind changes nothing.
 */
import { noDay } from '@tierflow/customer/customer';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';

export type Step =
  | { readonly type: 'open'; readonly day: EpochDay; readonly daysBehind: number }
  | { readonly type: 'caughtUp'; readonly logDay: EpochDay }
  | { readonly type: 'clockBehind'; readonly logDay: EpochDay; readonly today: EpochDay }
  | {
      readonly type: 'tooFarBehind';
      readonly logDay: EpochDay;
      readonly today: EpochDay;
      readonly daysBehind: number;
      readonly catchUpDaysMax: number;
    }
  | { readonly type: 'noClock' };

/** `today` is null where the clock was never set. */
export function nextStep(logDay: EpochDay, today: EpochDay | null, catchUpDaysMax: number): Step {
  if (today === null) return { type: 'noClock' };
  // Before a log has begun nothing is missed: its first day is the present one.
  if (logDay === noDay) return { type: 'open', day: today, daysBehind: 1 };
  const daysBehind = today - logDay;
  if (daysBehind === 0) return { type: 'caughtUp', logDay };
  if (daysBehind < 0) return { type: 'clockBehind', logDay, today };
  if (daysBehind > catchUpDaysMax) return { type: 'tooFarBehind', logDay, today, daysBehind, catchUpDaysMax };
  return { type: 'open', day: logDay + 1, daysBehind };
}

/** For an operator; whatever needs somebody's hand says which. */
export function describeStep(step: Step): string {
  switch (step.type) {
    case 'open':
      return `opening ${formatDay(step.day)}, ${step.daysBehind} behind`;
    case 'caughtUp':
      return `the log's day is ${formatDay(step.logDay)}, which is today`;
    case 'clockBehind':
      return `today is ${formatDay(step.today)} by the clock, but the log's day is ${formatDay(step.logDay)} already: nothing is done until the clock has passed it`;
    case 'tooFarBehind':
      return (
        `the log's day is ${formatDay(step.logDay)} and today is ${formatDay(step.today)} by the clock: ${step.daysBehind} days are missing, ` +
        `and no more than ${step.catchUpDaysMax} are caught up unasked. Check the clock; if it is right, set TIERFLOW_CATCH_UP_DAYS_MAX=${step.daysBehind} or more and start again`
      );
    case 'noClock':
      return 'the manual clock is not set: no day passes until `tierctl clock set DAY`';
  }
}
