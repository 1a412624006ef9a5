/** Backtests run by tierctl, what they write, and what a pipeline must have in common with one of its own log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TierChanged } from '@tierflow/customer/changes';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import { expect } from 'vitest';
import type { CustomerView, Pipeline } from './pipeline.ts';

export type FoldedCustomer = Pick<CustomerView, 'customerId' | 'asOf' | 'measures' | 'standings'>;
type FoldedChange = { readonly id: string } & TierChanged;

export interface Folded {
  readonly customers: ReadonlyMap<string, FoldedCustomer>;
  readonly changes: readonly FoldedChange[];
  readonly rejectedIds: readonly string[];
}

let runs = 0;

export async function backtest(pipeline: Pipeline, ...args: readonly string[]): Promise<Folded> {
  const out = join(pipeline.folder, `backtest-${++runs}`);
  await pipeline.tierctl('backtest', '--out', out, ...args);
  const read = <T>(file: string): T[] =>
    readFileSync(join(out, file), 'utf8')
      .split('\n')
      .filter(text => text !== '')
      .map(text => JSON.parse(text));
  return {
    customers: new Map(read<FoldedCustomer>('customers.jsonl').map(customer => [customer.customerId, customer])),
    changes: read('tier-changes.jsonl'),
    rejectedIds: read<{ id: string }>('rejected-events.jsonl').map(({ id }) => id),
  };
}

/**
 * Folding the exported log in memory gives what the processes have published and stored: the same changes by id, content
 * and order, the same standings, and the same numbers once time has passed for them too.
 */
export async function expectSameAsFold(pipeline: Pipeline): Promise<void> {
  const log = join(pipeline.folder, `log-${++runs}.jsonl.gz`);
  await pipeline.tierctl('export', '--from-beginning', '--out', log);
  const folded = await backtest(pipeline, '--events', log);

  const published = await pipeline.tierChanges();
  published.forEach((records, partition) => {
    const expected = folded.changes.filter(({ id }) => id.startsWith(`${partition}-`));
    expect(records.map(({ id, change }) => ({ id, ...change }))).toEqual(expected);
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

/** A view is written when something changes; until then only the days since something grow, by one each day. */
export function asOfLater({ customerId, asOf, measures, standings }: CustomerView, day: string): FoldedCustomer {
  const days = parseDay(day)! - parseDay(asOf)!;
  const later = Object.entries(measures).map(([name, value]) =>
    name.startsWith('daysSince') && typeof value === 'number' ? [name, value + days] : [name, value],
  );
  return { customerId, asOf: day, measures: Object.fromEntries(later), standings };
}
