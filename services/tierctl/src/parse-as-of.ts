import { parseDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import { CommandFailure } from './command-failure.ts';

export function parseAsOf(text: string): EpochDay {
  const day = parseDay(text);
  if (day === null) throw new CommandFailure(`--as-of is ${JSON.stringify(text)}`, 'write it like 2011-12-09', 2);
  return day;
}
