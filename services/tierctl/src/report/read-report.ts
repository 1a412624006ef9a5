/** Everything that a report tells, read from the counters in Redis and from the topics. */
import type { TierRecord } from '@tierflow/customer/changes';
import type { Policy } from '@tierflow/customer/policy';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { Connections } from '../connections.ts';
import { mergeCounters } from '../merge-counters.ts';
import {
  countTransitions,
  type EventCounts,
  eventCounts,
  type ProgramSummary,
  summarizePrograms,
} from '../tier-summary.ts';
import { type Story, StoryPicker } from './stories.ts';

export interface Report {
  readonly events: EventCounts;
  readonly changes: number;
  readonly programs: Readonly<Record<string, ProgramSummary>>;
  readonly customers: readonly Story[];
  readonly policy: Policy | null;
}

export async function readReport(connections: Connections): Promise<Report> {
  const { partitions } = await connections.genesis();
  const states = await connections.states();
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const snapshots = await Promise.all(all.map(partition => states.readPartition(partition)));
  const counters = mergeCounters(snapshots.map(snapshot => snapshot.counters));
  const stored = snapshots[0]!.partitionState;
  const policy = stored === null ? null : PartitionState.parse(stored).policyOf(0);
  const programs = summarizePrograms(counters, policy);
  const picker = new StoryPicker(policy);
  for (const partition of all) {
    for await (const record of readRecords(connections, partition)) picker.consider(record);
  }
  return {
    events: eventCounts(counters, await readRejectedAtDoor(connections, partitions)),
    changes: countTransitions(programs),
    programs,
    customers: picker.stories(),
    policy,
  };
}

/** Offsets at the end of a partition that stories are looked for in: a report must not take hours. */
const storyOffsetsMax = 200_000;

async function* readRecords(connections: Connections, partition: number): AsyncGenerator<TierRecord> {
  const { tierChanges } = connections.environment.topics;
  const reader = await connections.reader();
  const codec = await connections.changes();
  const { logStart, highWatermark } = await reader.bounds(tierChanges, partition);
  for await (const records of reader.readAll(
    tierChanges,
    partition,
    Math.max(logStart, highWatermark - storyOffsetsMax),
  )) {
    for (const { value } of records) {
      const record = await codec.readTierRecord(value);
      if (record.type !== 'Unreadable') yield record;
    }
  }
}

/**
 * Lines that never reached the log, by reason. Reported at least once, so each id counts once; what the fold rejected
 * is reported there too, but the counters have it exactly.
 */
async function readRejectedAtDoor(connections: Connections, partitions: number): Promise<Map<string, number>> {
  const { rejectedEvents, customerEvents } = connections.environment.topics;
  const reader = await connections.reader();
  const codec = await connections.changes();
  const reasons = new Map<string, string>();
  for (let partition = 0; partition < partitions; partition++) {
    const { logStart } = await reader.bounds(rejectedEvents, partition);
    for await (const records of reader.readAll(rejectedEvents, partition, logStart)) {
      for (const { value } of records) {
        const rejected = await codec.readRejectedEvent(value);
        if (!('type' in rejected) && !rejected.origin.startsWith(`${customerEvents}/`)) {
          reasons.set(rejected.id, rejected.reason);
        }
      }
    }
  }
  const counts = new Map<string, number>();
  for (const reason of reasons.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
