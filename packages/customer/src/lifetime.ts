/** Totals over a customer's whole life, by cell; cells that count facts also know their days and the last fact. */
import type { EpochDay } from './events.ts';

export interface LifetimeEntry {
  readonly cell: number;
  value: number;
  /** Days with at least one fact. Facts older than the horizon have no tile and do not add one. */
  days: number;
  /** Instant of the last fact, epoch milliseconds, and its business day; −1 where there was none. */
  lastAt: number;
  lastDay: EpochDay;
}

export class Lifetime {
  readonly entries: LifetimeEntry[] = [];

  find(cell: number): LifetimeEntry | undefined {
    for (const entry of this.entries) if (entry.cell === cell) return entry;
    return undefined;
  }

  entryOf(cell: number): LifetimeEntry {
    const known = this.find(cell);
    if (known) return known;
    const entry = { cell, value: 0, days: 0, lastAt: -1, lastDay: -1 };
    this.entries.push(entry);
    return entry;
  }

  /** The greatest instant counts, whatever the order of arrival. */
  touch(cell: number, at: number, day: EpochDay): void {
    const entry = this.entryOf(cell);
    if (at <= entry.lastAt) return;
    entry.lastAt = at;
    entry.lastDay = day;
  }
}
