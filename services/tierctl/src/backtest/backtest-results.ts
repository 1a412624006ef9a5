/** What a backtest writes: customers, changes, rejections and a summary, each in a fixed order. */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { rejectionReport } from '@tierflow/codec/rejection-report';
import { topicsOf } from '@tierflow/config/namespace';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { LogOpened } from '@tierflow/customer/events';
import { viewOf } from '@tierflow/customer/view';
import { advanceTo, readCustomer } from '../customer-at-day.ts';
import { mergeCounters } from '../merge-counters.ts';
import { type EventCounts, eventCounts, type ProgramSummary, summarizePrograms } from '../tier-summary.ts';
import { type Completeness, CompletenessCount } from './completeness.ts';
import type { FoldedPartition } from './fold-log.ts';

export interface BacktestSummary {
  readonly asOf: string | null;
  readonly policy: { readonly policyId: string; readonly version: number; readonly hash: string } | null;
  readonly events: EventCounts;
  readonly customers: number;
  /** Changes of standing. */
  readonly changes: number;
  readonly renewals: number;
  /** Records that a tier is about to be lost, or that one is near. */
  readonly warnings: { readonly expiring: number; readonly approaching: number };
  readonly programs: Readonly<Record<string, ProgramSummary>>;
  readonly completeness: Completeness;
}

export interface BacktestResults {
  readonly genesis: LogOpened;
  readonly partitions: readonly FoldedPartition[];
  /** Lines of a canonical file that never became events. */
  readonly rejectedLines: readonly RejectedEvent[];
}

export async function writeResults(directory: string, results: BacktestResults): Promise<BacktestSummary> {
  mkdirSync(directory, { recursive: true });
  const completeness = new CompletenessCount();
  const customers = [...customerLines(results.partitions, completeness)].sort((a, b) => (a.id < b.id ? -1 : 1));
  await writeLines(
    join(directory, 'customers.jsonl'),
    customers.map(({ json }) => json),
  );
  await writeLines(join(directory, 'tier-changes.jsonl'), changeLines(results.partitions));
  await writeLines(join(directory, 'rejected-events.jsonl'), rejectionLines(results));
  const summary = summarize(results, customers.length, completeness.result());
  writeFileSync(join(directory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  function* terminated(): Generator<string> {
    for (const line of lines) yield `${line}\n`;
  }
  await pipeline(Readable.from(terminated()), createWriteStream(path));
}

/** In the view's own words, as of the log's last day. */
function* customerLines(
  partitions: readonly FoldedPartition[],
  completeness: CompletenessCount,
): Generator<{ id: string; json: string }> {
  for (const { state, customers } of partitions) {
    for (const [id, stored] of customers) {
      const { customer, policy } = readCustomer(id, stored, state);
      if (policy !== null) advanceTo(customer, policy, state.logDay);
      const { customerId, asOf, measures, standings } = JSON.parse(viewOf(customer, policy));
      completeness.add({ measures, standings });
      yield { id, json: JSON.stringify({ customerId, asOf, measures, standings }) };
    }
  }
}

function* changeLines(partitions: readonly FoldedPartition[]): Generator<string> {
  for (const { partition, emissions } of partitions) {
    for (const { id, record } of emissions) {
      yield JSON.stringify({ id: `${partition}-${id.offset}-${id.index}`, ...record });
    }
  }
}

function* rejectionLines({ genesis, partitions, rejectedLines }: BacktestResults): Generator<string> {
  for (const line of rejectedLines) yield describeRejection(line);
  const topic = topicsOf(genesis.namespace).customerEvents;
  for (const { partition, rejections } of partitions) {
    for (const rejection of rejections) yield describeRejection(rejectionReport(topic, partition, rejection));
  }
}

/** Without the payload, which stands in the file that was read. */
function describeRejection({ id, origin, reason, message, messageZh, key }: RejectedEvent): string {
  return JSON.stringify({ id, origin, reason, message, messageZh, key });
}

function summarize(
  { partitions, rejectedLines }: BacktestResults,
  customers: number,
  completeness: Completeness,
): BacktestSummary {
  const state = partitions[0]?.state;
  const policy = state?.policyOf(0) ?? null;
  const counters = mergeCounters(partitions.map(partition => partition.counters));
  const rejectedAtDoor = new Map<string, number>();
  for (const { reason } of rejectedLines) rejectedAtDoor.set(reason, (rejectedAtDoor.get(reason) ?? 0) + 1);
  const counts = { TierChanged: 0, StandingRenewed: 0, Expiring: 0, Approaching: 0 };
  for (const { emissions } of partitions) for (const { record } of emissions) counts[record.type]++;
  return {
    asOf: state?.hasTicked ? formatDay(state.logDay) : null,
    policy:
      policy === null
        ? null
        : { policyId: policy.policyId, version: policy.version, hash: state!.hashOf(policy.version) },
    events: eventCounts(counters, rejectedAtDoor),
    customers,
    changes: counts.TierChanged,
    renewals: counts.StandingRenewed,
    warnings: { expiring: counts.Expiring, approaching: counts.Approaching },
    programs: summarizePrograms(counters, policy),
    completeness,
  };
}
