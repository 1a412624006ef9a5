/** Which days a window holds, told day by day by the machine's own calendar in UTC. */
import type { EpochDay } from '@tierflow/customer/events';

const dayMs = 86_400_000;
const monthsIn: Readonly<Record<string, number>> = {
  calendarMonth: 1,
  calendarQuarter: 3,
  calendarHalf: 6,
  calendarYear: 12,
};

/** Days that are in the same period have the same name. */
function periodOf(day: EpochDay, months: number): string {
  const date = new Date(day * dayMs);
  return `${date.getUTCFullYear()}/${Math.floor(date.getUTCMonth() / months)}`;
}

function lastDayOfPeriodBefore(day: EpochDay, months: number): EpochDay {
  let before = day;
  while (periodOf(before, months) === periodOf(day, months)) before--;
  return before;
}

/** So many years later; 29 February is the 28th where there is none. */
export function anniversary(beginning: EpochDay, years: number): EpochDay {
  const date = new Date(beginning * dayMs);
  const month = date.getUTCMonth();
  date.setUTCFullYear(date.getUTCFullYear() + years);
  // A 29 February that is not there has become 1 March.
  if (date.getUTCMonth() !== month) date.setUTCDate(0);
  return date.getTime() / dayMs;
}

/** Years that are full on the day; null before the beginning. */
export function fullYears(beginning: EpochDay | null, day: EpochDay): number | null {
  if (beginning === null || day < beginning) return null;
  let years = 0;
  while (anniversary(beginning, years + 1) <= day) years++;
  return years;
}

/** Whether the window as of the end of a day holds another day. */
export function windowHolds(window: string, asOf: EpochDay, beginning: EpochDay | null): (day: EpochDay) => boolean {
  const isPrevious = window.startsWith('previous ');
  const kind = isPrevious ? window.slice('previous '.length) : window;
  if (kind === 'lifetime') return day => day <= asOf;
  if (kind === 'anniversary') {
    const year = fullYears(beginning, asOf);
    if (year === null) return () => false;
    return day => day <= asOf && fullYears(beginning, day) === (isPrevious ? year - 1 : year);
  }
  const months = monthsIn[kind];
  if (months !== undefined) {
    const period = periodOf(isPrevious ? lastDayOfPeriodBefore(asOf, months) : asOf, months);
    return day => day <= asOf && periodOf(day, months) === period;
  }
  const length = Number(kind.slice(1, -1));
  const last = isPrevious ? asOf - length : asOf;
  return day => day <= last && day > last - length;
}
