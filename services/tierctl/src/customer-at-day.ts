/** A customer as of a day, from what the store holds of it: what the fold itself would have on that day. */
import { advance } from '@tierflow/customer/advance';
import type { TierRecord } from '@tierflow/customer/changes';
import type { Customer } from '@tierflow/customer/customer';
import { attachChunks, decodeHead } from '@tierflow/customer/customer-codec';
import { nextDeadline } from '@tierflow/customer/deadline';
import { evaluate, type Occasion } from '@tierflow/customer/decide';
import type { EpochDay } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import { advanceTotals, rebuildTotals } from '@tierflow/customer/rolling';
import { sliceOf } from '@tierflow/processor/partition-of';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { StoredCustomer } from '@tierflow/processor/ports';

/** Only a refund asks for the horizon. */
const byTimeAlone: Occasion = {
  ...{ cause: 'time', recordedAt: 0, correction: false, trigger: null, policyHash: '' },
  horizonDay: Number.NEGATIVE_INFINITY,
};

/** With the totals of the policy that its slice follows; null where that is none yet. */
export function readCustomer(
  id: string,
  stored: StoredCustomer,
  state: PartitionState,
): { readonly customer: Customer; readonly policy: Policy | null } {
  const { customer } = decodeHead(id, stored.head, state);
  attachChunks(customer, stored.chunks);
  customer.slice = sliceOf(id, state.slices.length);
  const policy = state.policyOf(customer.slice);
  if (policy !== null) rebuildTotals(customer, policy);
  return { customer, policy };
}

/**
 * Steps through the deadlines up to the day, each effective on its own day, as the fold does; gives what time alone has
 * to tell.
 */
export function advanceTo(customer: Customer, policy: Policy, day: EpochDay): TierRecord[] {
  const records: TierRecord[] = [];
  while (customer.dueDay <= day) {
    advance(customer, policy, customer.dueDay);
    evaluate(customer, policy, byTimeAlone, record => records.push(record));
    customer.dueDay = nextDeadline(customer, policy);
  }
  advanceTotals(customer, day);
  return records;
}
