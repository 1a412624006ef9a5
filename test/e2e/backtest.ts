/** What a pipeline must have in common with a fold of its own log. */
import { formatDay } from '@tierflow/customer/epoch-day';
import { expect } from 'vitest';
import { asOfLater, backtestOfLog } from './folded.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * Folding the exported log in memory gives what the processes have published and stored: the same changes by id, content
 * and order, the same standings, and the same numbers once time has passed for them too.
 */
export async function expectSameAsFold(pipeline: Pipeline): Promise<void> {
  const folded = await backtestOfLog(pipeline);

  const published = await pipeline.tierChanges();
  published.forEach((records, partition) => {
    const expected = folded.changes.filter(({ id }) => id.startsWith(`${partition}-`));
    expect(records.map(({ id, record }) => ({ id, ...record }))).toEqual(expected);
    expect(records.map(({ key }) => key)).toEqual(expected.map(({ customerId }) => customerId));
  });

  const views = await pipeline.views();
  expect([...views.keys()].sort()).toEqual([...folded.customers.keys()].sort());
  for (const [customerId, view] of views) {
    const customer = folded.customers.get(customerId)!;
    expect(asOfLater(view, customer.asOf)).toEqual(customer);
  }

  const latest = [...(await pipeline.customerTiers())].filter(([, tiers]) => tiers !== null);
  const standings = latest.map(([customerId, tiers]) => [
    customerId,
    Object.fromEntries(tiers!.standings.map(({ program, tier, sinceDay }) => [program, [tier, formatDay(sinceDay)]])),
  ]);
  const expected = [...folded.customers.values()].map(({ customerId, standings }) => [
    customerId,
    Object.fromEntries(Object.entries(standings).map(([program, { tier, since }]) => [program, [tier, since]])),
  ]);
  expect(Object.fromEntries(standings)).toEqual(Object.fromEntries(expected));
}
