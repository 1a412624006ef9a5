/**
 * What a partition's counters were at the end of business days: its closings where the log has gone past a day, the running
 * counters of a day that is not over.
 */
import type { EpochDay } from '@tierflow/customer/events';
import type { DayClosing } from '@tierflow/processor/ports';
import { type FlowTotals, noTotals, parseClosing } from './flow-totals.ts';

export interface CountedPartition {
  /** `noDay` before the first one. */
  readonly firstDay: EpochDay;
  readonly logDay: EpochDay;
  readonly counters: FlowTotals;
}

/** Those that are there, in the order of the days. */
export type ReadClosings = (days: readonly EpochDay[]) => Promise<readonly DayClosing[]>;

/** A leap over many days closes only the last of them: what the others held, the next closing says. */
const searchedDays = 100;

/** In the order of the days, which ascend. */
export async function totalsAt(
  days: readonly EpochDay[],
  { firstDay, logDay, counters }: CountedPartition,
  readClosings: ReadClosings,
): Promise<FlowTotals[]> {
  const closed = days.filter(day => day >= firstDay && day < logDay);
  const closings = new Map((await readClosings(closed)).map(({ day, json }) => [day, json]));
  let leap: { readonly throughDay: EpochDay; readonly totals: FlowTotals } | null = null;
  const totals: FlowTotals[] = [];
  for (const day of days) {
    if (day < firstDay || day >= logDay) {
      totals.push(day < firstDay ? noTotals : counters);
      continue;
    }
    const json = closings.get(day);
    if (json !== undefined) {
      totals.push(parseClosing(json));
      continue;
    }
    if (leap === null || day > leap.throughDay) {
      const next = await nextClosing(day + 1, logDay, readClosings);
      leap = next === null ? { throughDay: logDay - 1, totals: counters } : next;
    }
    totals.push(leap.totals);
  }
  return totals;
}

async function nextClosing(fromDay: EpochDay, logDay: EpochDay, readClosings: ReadClosings) {
  for (let from = fromDay; from < logDay; from += searchedDays) {
    const length = Math.min(searchedDays, logDay - from);
    const [found] = await readClosings(Array.from({ length }, (_, i) => from + i));
    if (found !== undefined) return { throughDay: found.day, totals: parseClosing(found.json) };
  }
  return null;
}
