/**
 * Which days a window holds as of a day, and when a day's facts enter and leave it.
 *
 * Every kind has the same shape: a day's facts are in the present window until some day, in the previous one from that
 * day on, and out of that as long again after. Both bounds of a window only move forward as time passes. A customer
 * without a beginning (Infinity) has empty years, and so has one that begins later.
 */
import { anniversaryOf, firstDayOfPeriod, wholeYears } from './civil-date.ts';
import type { EpochDay } from './events.ts';
import type { Window } from './policy.ts';

export function firstDayOf(window: Window, day: EpochDay, beginning: EpochDay): EpochDay {
  switch (window.kind) {
    case 'rolling':
      return day - (window.previous ? 2 : 1) * window.days + 1;
    case 'calendar':
      return firstDayOfPeriod(window.period, day, window.previous ? -1 : 0);
    case 'anniversary': {
      if (beginning > day) return beginning;
      const years = wholeYears(beginning, day);
      // No customer year is before the first one.
      return anniversaryOf(beginning, window.previous ? Math.max(0, years - 1) : years);
    }
  }
}

/** Before `firstDayOf` where the window is empty. */
export function lastDayOf(window: Window, day: EpochDay, beginning: EpochDay): EpochDay {
  if (!window.previous) return day;
  switch (window.kind) {
    case 'rolling':
      return day - window.days;
    case 'calendar':
      return firstDayOfPeriod(window.period, day) - 1;
    case 'anniversary':
      return (beginning > day ? beginning : anniversaryOf(beginning, wholeYears(beginning, day))) - 1;
  }
}

/** The first day whose window no longer holds the facts of `factDay`, which the day's present window holds. */
function endOfPresent(window: Window, factDay: EpochDay, beginning: EpochDay): EpochDay {
  switch (window.kind) {
    case 'rolling':
      return factDay + window.days;
    case 'calendar':
      return firstDayOfPeriod(window.period, factDay, 1);
    case 'anniversary':
      return anniversaryOf(beginning, wholeYears(beginning, factDay) + 1);
  }
}

/** The first day after `day` on which time alone puts the facts of `factDay` into the window or out of it; or Infinity. */
export function nextChangeOf(window: Window, factDay: EpochDay, day: EpochDay, beginning: EpochDay): EpochDay {
  if (factDay === Number.POSITIVE_INFINITY) return factDay;
  if (window.kind === 'anniversary' && factDay < beginning) return Number.POSITIVE_INFINITY;
  const end = endOfPresent(window, factDay, beginning);
  if (end > day) return end;
  if (!window.previous) return Number.POSITIVE_INFINITY;
  const endOfPrevious = endOfPresent(window, end, beginning);
  return endOfPrevious > day ? endOfPrevious : Number.POSITIVE_INFINITY;
}
