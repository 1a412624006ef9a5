/** Calendar periods and anniversaries as epoch days, in whole-number arithmetic of civil dates. */
import type { Customer } from './customer.ts';
import { parseDay } from './epoch-day.ts';
import type { EpochDay } from './events.ts';
import type { CalendarPeriod } from './policy.ts';

interface CivilDate {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
}

const monthsOf: Readonly<Record<CalendarPeriod, number>> = { month: 1, quarter: 3, half: 6, year: 12 };

/** Days from civil and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"; years from 1 March on. */
export function civilOf(day: EpochDay): CivilDate {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 2 : shiftedMonth - 10;
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

export function dayOfCivil({ year, month, day }: CivilDate): EpochDay {
  const shiftedYear = month < 2 ? year - 1 : year;
  const shiftedMonth = month < 2 ? month + 10 : month - 2;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * shiftedMonth + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** First day of the period that the day is in; `shift` periods later. */
export function startOfPeriod(period: CalendarPeriod, day: EpochDay, shift = 0): EpochDay {
  const { year, month } = civilOf(day);
  const months = monthsOf[period];
  const from = year * 12 + month - (month % months) + shift * months;
  return dayOfCivil({ year: Math.floor(from / 12), month: from % 12, day: 1 });
}

export function startOfNextPeriod(period: CalendarPeriod, day: EpochDay): EpochDay {
  return startOfPeriod(period, day, 1);
}

/** The day on which the customer began: its profile's `since`, else that of its first fact; null where there is none. */
export function beginningOf(customer: Customer): EpochDay | null {
  const { since } = customer.attributes;
  const stated = typeof since === 'string' ? parseDay(since) : null;
  if (stated !== null) return stated;
  return customer.firstDay === Number.POSITIVE_INFINITY ? null : customer.firstDay;
}

/** The anniversary in a civil year; of 29 February, the 28th where the year has no 29th. */
function anniversaryIn(year: number, beginning: EpochDay): EpochDay {
  const { month, day } = civilOf(beginning);
  const isLeapDay = month === 1 && day === 29;
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return dayOfCivil({ year, month, day: isLeapDay && !isLeapYear ? 28 : day });
}

/** The latest anniversary that is not after the day, whichever side of the beginning it is on. */
export function anniversaryThrough(beginning: EpochDay, day: EpochDay): EpochDay {
  const { year } = civilOf(day);
  const thisYear = anniversaryIn(year, beginning);
  return thisYear <= day ? thisYear : anniversaryIn(year - 1, beginning);
}

export function anniversaryAfter(beginning: EpochDay, day: EpochDay): EpochDay {
  const { year } = civilOf(day);
  const thisYear = anniversaryIn(year, beginning);
  return thisYear > day ? thisYear : anniversaryIn(year + 1, beginning);
}

/** Whole years from the beginning to the day; null where it lies after the day. */
export function wholeYears(beginning: EpochDay, day: EpochDay): number | null {
  return beginning > day ? null : civilOf(anniversaryThrough(beginning, day)).year - civilOf(beginning).year;
}
