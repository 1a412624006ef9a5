/**
 * What time alone will do to a customer: the coming days on which something leaves a window, what the numbers are then,
 * and which standings follow, if nothing else happens. Walks a copy of the customer through its deadlines.
 */
import type { TierChanged } from '@tierflow/customer/changes';
import type { Customer } from '@tierflow/customer/customer';
import { formatDay } from '@tierflow/customer/epoch-day';
import { formatMeasure } from '@tierflow/customer/measure';
import type { Policy } from '@tierflow/customer/policy';
import { advanceTo } from '../customer-at-day.ts';

export interface DayAhead {
  readonly day: string;
  /** Days whose facts leave a window, and how long that window is. */
  readonly leaving: readonly { readonly factsOf: string; readonly windowDays: number }[];
  /** Measures that are another number because of it. */
  readonly measures: readonly {
    readonly measure: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  readonly standings: readonly { readonly program: string; readonly from: string | null; readonly to: string | null }[];
}

const stepsMax = 10_000;

/** `copy` is used up. Gives the first `daysMax` days, and beyond them those on which a standing changes. */
export function daysAhead(copy: Customer, policy: Policy, daysMax: number): DayAhead[] {
  const tileDays = copy.tiles
    .allTiles()
    .filter(({ cells }) => cells.length > 0)
    .map(({ day }) => day);
  const ahead: DayAhead[] = [];
  // Each deadline takes a tile or an override away or crosses a threshold, so they end; a bound all the same.
  for (let steps = 0; steps < stepsMax && Number.isFinite(copy.dueDay); steps++) {
    const day = copy.dueDay;
    advanceTo(copy, policy, day - 1);
    const before = numbersOf(copy, policy);
    const changes = advanceTo(copy, policy, day);
    const after = numbersOf(copy, policy);
    const entry: DayAhead = {
      day: formatDay(day),
      leaving: policy.windows.flatMap(windowDays =>
        tileDays
          .filter(tileDay => tileDay + windowDays === day)
          .map(tileDay => ({ factsOf: formatDay(tileDay), windowDays })),
      ),
      measures: policy.measures.flatMap(({ name, op }, index) => {
        const [from, to] = [before[index]!, after[index]!];
        // Days since a fact grow by one each day, which is news only where it moves somebody or there is no such fact
        // any more.
        const isNews = from !== to && (op !== 'since' || to === null || changes.length > 0);
        return isNews ? [{ measure: name, from, to }] : [];
      }),
      standings: changes.map(({ program, from, to }: TierChanged) => ({ program, from, to })),
    };
    // A tile may leave a window that no measure of it reads.
    if (entry.measures.length === 0 && entry.standings.length === 0) continue;
    if (ahead.length < daysMax || entry.standings.length > 0) ahead.push(entry);
  }
  return ahead;
}

function numbersOf(customer: Customer, policy: Policy): (string | null)[] {
  return policy.measures.map(measure => formatMeasure(customer, policy, measure));
}
