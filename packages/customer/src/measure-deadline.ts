/**
 * The first day after the evaluation on which time alone changes a measure in a way that may matter: what a window holds,
 * days since a fact that cross a threshold, a latest fact that its window leaves behind, another year of the customer.
 * Days since a fact grow every day; that alone decides nothing.
 */
import { anniversaryOf, wholeYears } from './civil-date.ts';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Measure, Policy } from './policy.ts';
import { nextChangeOf } from './window-bounds.ts';

/** The customer's totals are laid out for the policy. Infinity: never. */
export function nextMeasureChange(customer: Customer, policy: Policy): EpochDay {
  const { evaluatedDay, beginningDay } = customer;
  let next = Number.POSITIVE_INFINITY;
  const consider = (day: EpochDay): void => {
    if (day > evaluatedDay && day < next) next = day;
  };
  for (const leaveDay of customer.leaveDays) consider(leaveDay);
  for (const { cell, offsetDays } of policy.crossings) consider(lastDayOfFacts(customer, cell) + offsetDays);
  const considerMeasure = (measure: Measure): void => {
    if (measure.op === 'age') {
      // Who begins later has no age until then.
      consider(beginningDay);
      if (measure.unit === 'count' && beginningDay <= evaluatedDay) {
        consider(anniversaryOf(beginningDay, wholeYears(beginningDay, evaluatedDay) + 1));
      }
    } else if ((measure.op === 'last' || measure.op === 'since') && measure.window !== null) {
      consider(nextChangeOf(measure.window, lastDayOfFacts(customer, measure.cell), evaluatedDay, beginningDay));
    }
  };
  for (const measure of policy.measures) considerMeasure(measure);
  // What is kept along for another policy changes a place in its indexes, if nothing else.
  for (let r = policy.ownRankings; r < policy.rankings.length; r++) {
    const { scope } = policy.rankings[r]!;
    if (r > policy.ownRankings && scope === policy.rankings[r - 1]!.scope) continue;
    for (const measure of scope.measures) considerMeasure(measure);
  }
  return next;
}

/** The day of the last fact that the cell counts, or of the customer's beginning; Infinity where there is none. */
function lastDayOfFacts(customer: Customer, cell: number | null): EpochDay {
  if (cell === null) return customer.beginningDay;
  const entry = customer.lifetime.find(cell);
  return entry !== undefined && entry.lastAt >= 0 ? entry.lastDay : Number.POSITIVE_INFINITY;
}
