/** What a customer's state says about its places in the rank indexes. */
import type { Customer } from '@tierflow/customer/customer';
import { attachChunks } from '@tierflow/customer/customer-codec';
import { rankValueOf } from '@tierflow/customer/population/rank-value';
import { rebuildTotals } from '@tierflow/customer/rolling';
import type { PartitionState } from '@tierflow/processor/partition-state';

export interface HeldRanks {
  /** By ranking; null: no place. */
  readonly values: ReadonlyMap<string, number | null>;
  /** Whether the customer may still be without its places: the sweep that gives them is to come. */
  readonly mayBeMissing: boolean;
}

/**
 * As of the day that the customer was evaluated on last, because a place is written together with the state. By the policy
 * of its slice, whichever it is judged by: a ranking that two policies share gives the same value under both.
 */
export function heldRanks(
  customer: Customer,
  chunks: readonly Uint8Array[],
  state: PartitionState,
  slice: number,
): HeldRanks {
  // Where nobody is ranked, nothing is to be worked out.
  if (state.rankings.length === 0) return { values: new Map(), mayBeMissing: true };
  const policy = state.policyOf(slice);
  attachChunks(customer, chunks);
  if (policy !== null) rebuildTotals(customer, policy);
  const values = state.rankings.map(key => {
    const ranking = policy?.rankings.find(each => each.key === key);
    return [key, ranking === undefined ? null : rankValueOf(customer, ranking)] as const;
  });
  const isIndexed = state.slices[slice]!.indexed >= state.rankingGeneration;
  return { values: new Map(values), mayBeMissing: !isIndexed || customer.policyVersion === 0 };
}
