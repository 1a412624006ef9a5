/**
 * Drops a customer's state; what happens after it opens a new customer. The ids that told duplicates go with the state, so
 * what happened before is kept out by its time: else a source that writes its records again would bring the customer back.
 */
import type { TierChanged, Trigger } from '@tierflow/customer/changes';
import type { Customer } from '@tierflow/customer/customer';
import type { CustomerForgotten, LogRecord } from '@tierflow/customer/events';
import { endOfStanding } from '@tierflow/customer/standing-records';
import type { FoldRun } from './fold-run.ts';
import type { PartitionState } from './partition-state.ts';
import { storedHash } from './slice-digests.ts';

export function forget(
  record: LogRecord,
  customer: Customer,
  { occurredAt, businessDay }: CustomerForgotten,
  trigger: Trigger,
  state: PartitionState,
  run: FoldRun,
): void {
  state.forget(customer.id, occurredAt, businessDay);
  if (!customer.exists) return;
  const held = customer.standings.filter(standing => standing.tier !== null);
  // One marker where there is no standing to end, so that the output tells of the erasure in any case.
  const ended = held.length > 0 ? held : [{ program: '*', tier: null, sinceDay: null }];
  for (const { program, tier, sinceDay } of ended) {
    customer.revision++;
    const change: TierChanged = {
      type: 'TierChanged',
      customerId: customer.id,
      program,
      from: tier,
      to: null,
      cause: 'erasure',
      effectiveDay: Math.max(customer.evaluatedDay, state.logDay),
      recordedAt: record.timestamp,
      correction: false,
      trigger,
      reason: forgottenReason,
      ...endOfStanding,
      fromSinceDay: sinceDay,
      policyId: state.policyOf(customer.slice)?.policyId ?? '',
      policyVersion: customer.policyVersion,
      policyHash: state.hashOf(customer.policyVersion),
      revision: customer.revision,
    };
    run.emit(record, change, null);
  }
  const sequences = customer.tiles.segments.map(segment => segment.sequence).filter(sequence => sequence >= 0);
  const former = run.forgottenBefore(customer.id);
  run.forget(customer, {
    customerId: customer.id,
    slice: customer.slice,
    chunkSequences: [...new Set([...(former?.chunkSequences ?? []), ...sequences, ...customer.tiles.droppedChunks])],
    // Who is forgotten a second time before the commit has not been stored meanwhile.
    stored: former?.stored ?? storedHash(customer),
  });
}

const forgottenReason = { code: 'forgotten', en: 'The customer was forgotten', zh: '客户资料已被遗忘' } as const;
