/**
 * What time alone will do to a customer: the coming days on which something leaves a window, what the numbers are then,
 * and which standings follow, if nothing else happens. Walks a copy of the customer through its deadlines.
 */
import type { Customer } from '@tierflow/customer/customer';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import { formatMeasure } from '@tierflow/customer/measure';
import type { Measure, Policy, Window } from '@tierflow/customer/policy';
import { firstDayOf, lastDayOf } from '@tierflow/customer/window-bounds';
import { advanceTo } from '../customer-at-day.ts';
import { windowText } from './window-text.ts';

export interface DayAhead {
  readonly day: string;
  /** Days whose facts leave a window. */
  readonly leaving: readonly { readonly factsOf: string; readonly window: string }[];
  /** Measures that are another number because of it. */
  readonly measures: readonly {
    readonly measure: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  readonly standings: readonly { readonly program: string; readonly from: string | null; readonly to: string | null }[];
  /** Tiers whose validity begins anew, and the first day on which they are no longer valid. */
  readonly renewals: readonly { readonly program: string; readonly tier: string; readonly validUntil: string }[];
}

/** A tier that needs no facts is renewed for ever. Nobody plans further ahead. */
const aheadDaysMax = 3660;

/** `copy` is used up. Gives the first `daysMax` days, and beyond them those on which a standing changes. */
export function daysAhead(copy: Customer, policy: Policy, daysMax: number): DayAhead[] {
  const tileDays = copy.tiles
    .allTiles()
    .filter(({ cells }) => cells.length > 0)
    .map(({ day }) => day);
  const ahead: DayAhead[] = [];
  const lastDay = copy.evaluatedDay + aheadDaysMax;
  while (copy.dueDay <= lastDay) {
    const day = copy.dueDay;
    advanceTo(copy, policy, day - 1);
    const before = numbersOf(copy, policy);
    const records = advanceTo(copy, policy, day);
    const after = numbersOf(copy, policy);
    const changes = records.filter(record => record.type === 'TierChanged');
    const renewed = records.filter(record => record.type === 'StandingRenewed');
    const entry: DayAhead = {
      day: formatDay(day),
      leaving: policy.windows.flatMap(window =>
        tileDays
          .filter(tileDay => leaves(window, tileDay, day, copy.beginningDay))
          .map(tileDay => ({ factsOf: formatDay(tileDay), window: windowText(window) })),
      ),
      measures: policy.measures.flatMap((measure, index) => {
        const [from, to] = [before[index]!, after[index]!];
        // Days since something grow by one each day, which is news only where it moves somebody or there is nothing to
        // count from any more.
        const isNews = from !== to && (!growsDaily(measure) || to === null || changes.length > 0);
        return isNews ? [{ measure: measure.name, from, to }] : [];
      }),
      standings: changes.map(({ program, from, to }) => ({ program, from, to })),
      renewals: renewed.map(({ program, tier, validUntilDay }) => {
        return { program, tier, validUntil: formatDay(validUntilDay) };
      }),
    };
    // A tile may leave a window that no measure of it reads.
    if (entry.measures.length === 0 && entry.standings.length === 0 && entry.renewals.length === 0) continue;
    if (ahead.length < daysMax || entry.standings.length > 0) ahead.push(entry);
  }
  return ahead;
}

function leaves(window: Window, factDay: EpochDay, day: EpochDay, beginning: EpochDay): boolean {
  const holds = (asOf: EpochDay) =>
    firstDayOf(window, asOf, beginning) <= factDay && factDay <= lastDayOf(window, asOf, beginning);
  return holds(day - 1) && !holds(day);
}

function growsDaily({ op, unit }: Measure): boolean {
  return unit === 'days' && (op === 'since' || op === 'age');
}

function numbersOf(customer: Customer, policy: Policy): (string | null)[] {
  return policy.measures.map(measure => formatMeasure(customer, policy, measure));
}
