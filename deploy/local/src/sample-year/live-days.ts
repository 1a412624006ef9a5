/** After the year: one business day every few seconds, for as long as somebody watches. */
import { setTimeout as delay } from 'node:timers/promises';
import type { EpochDay } from '@tierflow/customer/events';
import { awaitFolded } from '@tierflow/tierctl/await-folded';
import type { CompleteJourney } from './complete-journey.ts';
import { dayAfterTheYear } from './day-after-the-year.ts';
import type { DayFeeder } from './day-feeder.ts';
import { type Movement, movementBetween, readTransitions } from './movement.ts';

export interface LiveDay extends Movement {
  readonly day: EpochDay;
  readonly records: number;
}

export async function feedLiveDays(
  feeder: DayFeeder,
  journey: CompleteJourney,
  secondsPerDay: number,
  signal: AbortSignal,
  onDay: (day: LiveDay) => void,
): Promise<never> {
  const { connections } = feeder;
  let before = await readTransitions(connections);
  for (let day = journey.lastDay + 1; ; day++) {
    const nextDay = delay(secondsPerDay * 1000, undefined, { signal });
    // An end that comes while the day is being fed is met by whoever waits next.
    nextDay.catch(() => {});
    const records = await feeder.feed(dayAfterTheYear(journey, day), signal);
    await awaitFolded(connections, Number.POSITIVE_INFINITY);
    const after = await readTransitions(connections);
    onDay({ day, records, ...movementBetween(before, after) });
    before = after;
    await nextDay;
  }
}
