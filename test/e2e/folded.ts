/** Backtests run by tierctl: a log folded in memory, and what its files hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TierRecord } from '@tierflow/customer/changes';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { CustomerView, Pipeline } from './pipeline.ts';

export type FoldedCustomer = Pick<CustomerView, 'customerId' | 'asOf' | 'measures' | 'standings'>;
type FoldedRecord = { readonly id: string } & TierRecord;

export interface Folded {
  readonly customers: ReadonlyMap<string, FoldedCustomer>;
  readonly changes: readonly FoldedRecord[];
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

/** The namespace's own log, exported and folded. */
export async function backtestOfLog(pipeline: Pipeline): Promise<Folded> {
  const log = join(pipeline.folder, `log-${++runs}.jsonl.gz`);
  await pipeline.tierctl('export', '--from-beginning', '--out', log);
  return backtest(pipeline, '--events', log);
}

/** A view is written when something changes; until then only the days since something grow, by one each day. */
export function asOfLater({ customerId, asOf, measures, standings }: CustomerView, day: string): FoldedCustomer {
  const days = parseDay(day)! - parseDay(asOf)!;
  const later = Object.entries(measures).map(([name, value]) =>
    name.startsWith('daysSince') && typeof value === 'number' ? [name, value + days] : [name, value],
  );
  return { customerId, asOf: day, measures: Object.fromEntries(later), standings };
}
