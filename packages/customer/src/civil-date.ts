/**
 * Civil dates of epoch days in integers alone: calendar periods and anniversaries without a date library or a time zone.
 * Counting years from 1 March puts the leap day at a year's end, which is why no table of months is needed.
 */
import type { EpochDay } from './events.ts';
import type { CalendarPeriod } from './policy.ts';

const daysPer400Years = 146_097;
/** From 1 March of the year 0 to 1970-01-01. */
const daysBefore1970 = 719_468;

const monthsOf: Readonly<Record<CalendarPeriod, number>> = { month: 1, quarter: 3, half: 6, year: 12 };

export interface CivilDate {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  readonly day: number;
}

export function civilDateOf(epochDay: EpochDay): CivilDate {
  const since0 = epochDay + daysBefore1970;
  const era = Math.floor(since0 / daysPer400Years);
  const dayOfEra = since0 - era * daysPer400Years;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

export function epochDayOf(year: number, month: number, day: number): EpochDay {
  const yearFromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(yearFromMarch / 400);
  const yearOfEra = yearFromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * daysPer400Years + dayOfEra - daysBefore1970;
}

/** First day of the period that the day is in, or of the one that is so many periods later. */
export function firstDayOfPeriod(period: CalendarPeriod, day: EpochDay, periodsLater = 0): EpochDay {
  const { year, month } = civilDateOf(day);
  const months = monthsOf[period];
  const first = (Math.floor((year * 12 + month - 1) / months) + periodsLater) * months;
  return epochDayOf(Math.floor(first / 12), (first % 12) + 1, 1);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** So many years after the beginning; who began on 29 February has the 28th in a common year. */
export function anniversaryOf(beginning: EpochDay, years: number): EpochDay {
  const { year, month, day } = civilDateOf(beginning);
  const isMissing = month === 2 && day === 29 && !isLeap(year + years);
  return epochDayOf(year + years, month, isMissing ? 28 : day);
}

/** Whole years from the beginning to a day that is not before it. */
export function wholeYears(beginning: EpochDay, day: EpochDay): number {
  const years = civilDateOf(day).year - civilDateOf(beginning).year;
  return anniversaryOf(beginning, years) > day ? years - 1 : years;
}
