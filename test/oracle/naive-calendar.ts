/** Civil days, periods and customer years, by the calendar of the machine's library in UTC. */
import type { EpochDay } from '@tierflow/customer/events';

const dayMs = 86_400_000;
const monthsOf: Readonly<Record<string, number>> = { month: 1, quarter: 3, half: 6, year: 12 };

/** The first day of the period that is so many periods after the one of the day. */
export function periodStart(day: EpochDay, period: string, after: number): EpochDay {
  const months = monthsOf[period]!;
  const date = new Date(day * dayMs);
  const month = Math.floor(date.getUTCMonth() / months) * months + after * months;
  return Date.UTC(date.getUTCFullYear(), month, 1) / dayMs;
}

/** The anniversary of the beginning that is so many after the last one up to the day. */
export function anniversary(beginning: EpochDay, day: EpochDay, after: number): EpochDay {
  const year = new Date(day * dayMs).getUTCFullYear();
  const inThisYear = anniversaryIn(beginning, year);
  return anniversaryIn(beginning, year + after - (inThisYear > day ? 1 : 0));
}

function anniversaryIn(beginning: EpochDay, year: number): EpochDay {
  const date = new Date(beginning * dayMs);
  const isLeapDay = date.getUTCMonth() === 1 && date.getUTCDate() === 29;
  const hasLeapDay = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  const dayOfMonth = isLeapDay && !hasLeapDay ? 28 : date.getUTCDate();
  return Date.UTC(year, date.getUTCMonth(), dayOfMonth) / dayMs;
}

/** The first day on which what was qualified for on `day` is no longer valid; of a period, the end of the one after. */
export function endOfValidity(validity: string, day: EpochDay, beginning: EpochDay | null): EpochDay {
  // Who is yet to begin counts its years from the qualification.
  if (validity === 'anniversary') return anniversary(Math.min(beginning ?? day, day), day, 2);
  if (validity.startsWith('calendar')) return periodStart(day, validity.slice('calendar'.length).toLowerCase(), 2);
  return day + Number(validity.slice(1, -1));
}
