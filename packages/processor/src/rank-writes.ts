/** The places in the rank indexes that a written customer has from now on, where they are others than before. */
import type { Customer } from '@tierflow/customer/customer';
import { rankValueOf } from '@tierflow/customer/population/rank-value';
import type { RankWrite } from './ports.ts';

/**
 * `kept` are the indexes that there are now: a customer's policy may have been compiled before one was added, whose own
 * sweep is still to come, or before one was dropped.
 */
export function pushRankWrites(writes: RankWrite[], customer: Customer, kept: readonly string[]): void {
  const { id: customerId, policy } = customer;
  if (policy === null || policy.rankings.length === 0) return;
  const isKnown = customer.rankedUnder === policy;
  const values: (number | null)[] = [];
  for (let r = 0; r < policy.rankings.length; r++) {
    const ranking = policy.rankings[r]!;
    const value = rankValueOf(customer, ranking);
    values.push(value);
    if (isKnown && customer.storedRanks[r] === value) continue;
    if (kept.includes(ranking.key)) writes.push({ ranking: ranking.key, customerId, value });
  }
  customer.storedRanks = values;
  customer.rankedUnder = policy;
}
