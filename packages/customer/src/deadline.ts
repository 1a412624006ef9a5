/**
 * The first day after the evaluation on which something changes by time alone: a tile leaves a window, the days since a
 * fact cross a threshold, an override ends. A customer's place in the due index.
 */
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Policy } from './policy.ts';

export function nextDeadline(customer: Customer, policy: Policy): EpochDay {
  let due = Number.POSITIVE_INFINITY;
  for (const leaveDay of customer.leaveDays) if (leaveDay < due) due = leaveDay;
  const consider = (day: EpochDay): void => {
    if (day > customer.evaluatedDay && day < due) due = day;
  };
  for (const { cell, offsetDays } of policy.crossings) {
    const entry = cell === null ? undefined : customer.lifetime.find(cell);
    if (entry && entry.lastAt >= 0) consider(entry.lastDay + offsetDays);
  }
  for (const measure of policy.measures) {
    if (measure.op !== 'last' && measure.op !== 'since') continue;
    if (measure.window?.kind !== 'rolling') continue;
    const entry = customer.lifetime.find(measure.cell);
    if (entry && entry.lastAt >= 0) consider(entry.lastDay + measure.window.days);
  }
  for (const override of customer.overrides) {
    if (override.untilDay !== null) consider(override.untilDay + 1);
  }
  return due;
}
