/** What `rejected-events` says, each rejection once: it is written at least once, and its id tells repetitions. */
import { isUnreadable } from '@tierflow/codec/record-codec';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import type { Connections } from '../connections.ts';
import { sourceOf } from './origin.ts';

export interface Reject extends RejectedEvent {
  /** When it was last told of, epoch milliseconds. */
  readonly timestamp: number;
}

export interface RejectFilter {
  readonly reason: string | null;
  /** Topic or file. */
  readonly source: string | null;
  readonly isInTime: (timestamp: number) => boolean;
}

/** Oldest first. A file that was mended and read again may tell something else of the same line: the last word counts. */
export async function readRejects(connections: Connections, filter: RejectFilter): Promise<Reject[]> {
  const { rejectedEvents } = connections.environment.topics;
  const { partitions } = await connections.genesis();
  const reader = await connections.reader();
  const codec = await connections.changes();
  const byId = new Map<string, Reject>();
  for (let partition = 0; partition < partitions; partition++) {
    const { logStart } = await reader.bounds(rejectedEvents, partition);
    for await (const records of reader.readAll(rejectedEvents, partition, logStart)) {
      for (const { value, timestamp } of records) {
        const rejected = await codec.readRejectedEvent(value);
        // Somebody else's record on this topic says nothing of ours.
        if (isUnreadable(rejected)) continue;
        const known = byId.get(rejected.id);
        if (known === undefined || known.timestamp <= timestamp) byId.set(rejected.id, { ...rejected, timestamp });
      }
    }
  }
  return [...byId.values()]
    .filter(
      ({ reason, origin, timestamp }) =>
        (filter.reason === null || reason === filter.reason) &&
        (filter.source === null || sourceOf(origin) === filter.source) &&
        filter.isInTime(timestamp),
    )
    .sort((a, b) => a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1));
}
