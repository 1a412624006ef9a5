/** To when a qualification is good, by the machine's own calendar in UTC. */
import type { EpochDay } from '@tierflow/customer/events';
import { anniversary, fullYears } from './naive-window.ts';

const dayMs = 86_400_000;
const monthsIn: Readonly<Record<string, number>> = {
  calendarMonth: 1,
  calendarQuarter: 3,
  calendarHalf: 6,
  calendarYear: 12,
};

/** The first day on which what was qualified for on `day` is no longer valid; of a period, the end of the one after. */
export function endOfValidity(validity: string, day: EpochDay, beginning: EpochDay | null): EpochDay {
  if (validity === 'anniversary') {
    // Who is yet to begin counts its years from the qualification.
    const from = Math.min(beginning ?? day, day);
    return anniversary(from, fullYears(from, day)! + 2);
  }
  const months = monthsIn[validity];
  if (months === undefined) return day + Number(validity.slice(1, -1));
  const date = new Date(day * dayMs);
  const first = Math.floor(date.getUTCMonth() / months) * months;
  return Date.UTC(date.getUTCFullYear(), first + 2 * months, 1) / dayMs;
}
