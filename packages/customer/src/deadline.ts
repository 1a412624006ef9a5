/**
 * The first day after the evaluation on which something changes by time alone: a measure, or an override that ends. A
 * customer's place in the due index.
 */
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import { nextMeasureChange } from './measure-deadline.ts';
import type { Policy } from './policy.ts';

export function nextDeadline(customer: Customer, policy: Policy): EpochDay {
  let due = nextMeasureChange(customer, policy);
  for (const { untilDay } of customer.overrides) {
    if (untilDay !== null && untilDay >= customer.evaluatedDay && untilDay + 1 < due) due = untilDay + 1;
  }
  return due;
}
