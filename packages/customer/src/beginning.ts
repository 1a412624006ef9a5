/** When a customer began: its years are counted from there. */
import type { Customer } from './customer.ts';
import { parseDay } from './epoch-day.ts';
import type { EpochDay } from './events.ts';

/** The profile's `since` where that is a date, else the day of the first fact; Infinity where there is neither. */
export function beginningOf(customer: Customer): EpochDay {
  const since = customer.attributes.since;
  const told = typeof since === 'string' ? parseDay(since) : null;
  return told ?? customer.firstDay;
}
