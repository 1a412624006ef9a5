/** Windows as they are written, and how far back they read. */
import type { CalendarPeriod, Window } from './policy.ts';

const previousPrefix = 'previous ';
const periods: Readonly<Record<string, CalendarPeriod>> = {
  calendarMonth: 'month',
  calendarQuarter: 'quarter',
  calendarHalf: 'half',
  calendarYear: 'year',
};
const longestDays: Readonly<Record<CalendarPeriod, number>> = { month: 31, quarter: 92, half: 184, year: 366 };

/** null for lifetime, undefined where it is not understood. */
export function parseWindow(text: string | undefined): Window | null | undefined {
  if (text === undefined || text === 'lifetime') return null;
  const previous = text.startsWith(previousPrefix);
  const written = previous ? text.slice(previousPrefix.length) : text;
  if (written === 'anniversary') return { kind: 'anniversary', previous };
  if (Object.hasOwn(periods, written)) return { kind: 'calendar', period: periods[written]!, previous };
  const match = /^P([1-9]\d{0,3})D$/.exec(written);
  return match ? { kind: 'rolling', days: Number(match[1]), previous } : undefined;
}

/** The most days that lie between the day of evaluation and the oldest fact in the window, both included. */
export function reachOf(window: Window): number {
  return lengthOf(window) * (window.previous ? 2 : 1);
}

function lengthOf(window: Window): number {
  switch (window.kind) {
    case 'rolling':
      return window.days;
    case 'calendar':
      return longestDays[window.period];
    case 'anniversary':
      return longestDays.year;
  }
}
