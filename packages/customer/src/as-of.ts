import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Policy } from './policy.ts';
import { projectionOf } from './projection.ts';
import { rebuildTotals } from './rolling.ts';
export function measuresAsOf(customer: Customer, policy: Policy, day: EpochDay): Customer {
  const copy = projectionOf(customer);
  copy.evaluatedDay = day;
  rebuildTotals(copy, policy);
  return copy;
}
