/** The first day after the evaluation on which a measure changes by time alone. */
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Policy } from './policy.ts';

export function nextMeasureChange(customer: Customer, policy: Policy): EpochDay {
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
  return due;
}
