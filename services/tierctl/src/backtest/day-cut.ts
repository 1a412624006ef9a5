import type { EpochDay, LogRecord } from '@tierflow/customer/events';
import { dayOpening } from '@tierflow/processor/day-opening';

/**
 * What of a partition belongs to a day's end: facts through that day, however late they came, and control records until
 * the first later day begins.
 */
export class DayCut {
  /** null: the whole log. */
  readonly #asOf: EpochDay | null;
  #isPast = false;
  #last: LogRecord | null = null;

  constructor(asOf: EpochDay | null) {
    this.#asOf = asOf;
  }

  keeps(record: LogRecord): boolean {
    this.#last = record;
    if (this.#asOf === null) return true;
    const { event } = record;
    if ('businessDay' in event) return event.businessDay <= this.#asOf;
    if (event.type === 'ClockTicked' && event.day > this.#asOf) this.#isPast = true;
    return !this.#isPast;
  }

  /** The day's opening behind all that was read, so that whoever is due on it has been swept. */
  closing(asOf: EpochDay, slices: number): LogRecord[] {
    const { offset, timestamp } = this.#last!;
    return dayOpening(asOf, slices).map((event, index) => ({
      offset: offset + 1 + index,
      timestamp,
      key: null,
      event,
    }));
  }
}
