/** The run's own log, exported and folded in memory by tierctl, without load and without kills: what should be there. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Published } from '../chaos/comparison.ts';
import type { FoldedCustomer } from '../e2e/folded.ts';
import type { Pipeline } from '../e2e/pipeline.ts';
import { digestOf } from './change-audit.ts';

export interface FoldedLog {
  /** By partition, ids with a digest of the content. */
  readonly changes: readonly (readonly Published[])[];
  readonly customers: ReadonlyMap<string, FoldedCustomer>;
}

export async function foldLog(pipeline: Pipeline): Promise<FoldedLog> {
  const log = join(pipeline.folder, 'log.jsonl.gz');
  const out = join(pipeline.folder, 'folded');
  await pipeline.tierctl('export', '--from-beginning', '--out', log);
  await pipeline.tierctl('backtest', '--events', log, '--out', out);
  const changes: Published[][] = Array.from({ length: pipeline.partitions }, () => []);
  for await (const line of linesOf(join(out, 'tier-changes.jsonl'))) {
    const { id, ...record } = JSON.parse(line);
    changes[Number(id.split('-')[0])]!.push({ id, record: digestOf(record) });
  }
  const customers = new Map<string, FoldedCustomer>();
  for await (const line of linesOf(join(out, 'customers.jsonl'))) {
    const customer: FoldedCustomer = JSON.parse(line);
    customers.set(customer.customerId, customer);
  }
  return { changes, customers };
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}
