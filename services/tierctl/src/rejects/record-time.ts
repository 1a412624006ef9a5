/** `--since` and `--until`: a business day of the log's zone, whole, or an instant. Both ends count. */
import { businessDayIn } from '@tierflow/config/business-day';
import { parseCivilDay, parseInstant } from '@tierflow/config/canonical/instant';
import { CommandFailure } from '../command-failure.ts';

export function timeFilter(
  since: string | undefined,
  until: string | undefined,
  zone: string,
): (timestamp: number) => boolean {
  const dayOf = businessDayIn(zone);
  const isAfter = since === undefined ? null : comparison('--since', since, dayOf);
  const isBefore = until === undefined ? null : comparison('--until', until, dayOf);
  return timestamp => (isAfter === null || isAfter(timestamp) >= 0) && (isBefore === null || isBefore(timestamp) <= 0);
}

/** Below zero: before it. */
function comparison(option: string, text: string, dayOf: (instantMs: number) => number): (timestamp: number) => number {
  const day = parseCivilDay(text);
  if (day !== null) return timestamp => dayOf(timestamp) - day;
  const instant = parseInstant(text);
  if (instant.ok) return timestamp => timestamp - instant.ms;
  throw new CommandFailure(
    `${option} is ${JSON.stringify(text)}`,
    'write a day like 2024-05-31, or a time like 2024-05-31T18:30:00+02:00',
    2,
  );
}
