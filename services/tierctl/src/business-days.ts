/** Business days of a file that is replayed as history. Import and backtest open the same days in the same way. */
import { noDay } from '@tierflow/customer/customer';
import type { EpochDay } from '@tierflow/customer/events';

/** Items by business day: a file need not be in order, the log's days are. */
export class DayBuckets<T> {
  readonly #items = new Map<EpochDay, T[]>();

  add(day: EpochDay, item: T): void {
    const known = this.#items.get(day);
    if (known === undefined) this.#items.set(day, [item]);
    else known.push(item);
  }

  get days(): number {
    return this.#items.size;
  }

  /** Ascending; within a day in the order in which they were added. Each day is let go once it was given out. */
  *inOrder(): Generator<{ readonly day: EpochDay; readonly items: readonly T[] }> {
    for (const day of [...this.#items.keys()].sort((a, b) => a - b)) {
      const items = this.#items.get(day)!;
      this.#items.delete(day);
      yield { day, items };
    }
  }
}

/** Days to open before facts of `day` are written: empty ones in between too, none that has begun already. */
export function daysToOpen(logDay: EpochDay, day: EpochDay): EpochDay[] {
  if (day <= logDay) return [];
  const first = logDay === noDay ? day : logDay + 1;
  return Array.from({ length: day - first + 1 }, (_, index) => first + index);
}
