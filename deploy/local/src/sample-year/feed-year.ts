import type { EpochDay } from '@tierflow/customer/events';
import type { CompleteJourney } from './complete-journey.ts';
import type { DayFeeder } from './day-feeder.ts';

export interface YearProgress {
  readonly day: EpochDay;
  /** Of the year, from 1. */
  readonly dayNumber: number;
  readonly days: number;
  /** Written since the year began. */
  readonly records: number;
}

export interface YearOptions {
  readonly signal: AbortSignal;
  /** Fewer than the year has, from its first day on. */
  readonly days?: number;
  readonly onDay?: (progress: YearProgress) => void;
}

/** Resolves when the last day's records are in the log; how far they are folded is another question. */
export async function feedYear(feeder: DayFeeder, journey: CompleteJourney, options: YearOptions): Promise<void> {
  const days = options.days ?? journey.lastDay - journey.firstDay + 1;
  let records = 0;
  for (let dayNumber = 1; dayNumber <= days; dayNumber++) {
    const day = journey.firstDay + dayNumber - 1;
    records += await feeder.feed(journey.dayOf(day), options.signal);
    options.onDay?.({ day, dayNumber, days, records });
  }
}
