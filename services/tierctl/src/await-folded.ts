/**
 * Waits until everything that the log holds now is folded and what came of it is published: each partition's cursor is
 * at the log's end and its outbox is empty.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailure } from './command-failure.ts';
import type { Connections } from './connections.ts';

export interface PartitionLag {
  readonly partition: number;
  /** Offsets that are still to be folded. */
  readonly behind: number;
  /** Commits whose emissions are not confirmed as published. */
  readonly unpublished: number;
}

const pollIntervalMs = 100;

export async function awaitFolded(
  connections: Connections,
  timeoutSeconds: number,
  onLag: (lags: readonly PartitionLag[]) => void = () => {},
): Promise<void> {
  const { customerEvents } = connections.environment.topics;
  const { partitions } = await connections.genesis();
  const reader = await connections.reader();
  const states = await connections.states();
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const ends = await Promise.all(all.map(async p => (await reader.bounds(customerEvents, p)).highWatermark));
  const waitUntil = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const lags = await Promise.all(
      all.map(async (partition): Promise<PartitionLag> => {
        const { cursor, outboxEntries } = await states.readPartition(partition);
        return { partition, behind: Math.max(0, ends[partition]! - (cursor ?? 0)), unpublished: outboxEntries };
      }),
    );
    onLag(lags);
    const waiting = lags.filter(({ behind, unpublished }) => behind > 0 || unpublished > 0);
    if (waiting.length === 0) return;
    if (performance.now() > waitUntil) {
      throw new CommandFailure(
        `not folded after ${timeoutSeconds} s: ${describeLags(waiting)}`,
        'check that tiering runs; `tierctl halted` tells how each partition stands, and what to do',
      );
    }
    await delay(pollIntervalMs);
  }
}

export function describeLags(lags: readonly PartitionLag[]): string {
  return lags
    .map(({ partition, behind, unpublished }) =>
      behind > 0
        ? `partition ${partition} is ${behind} behind`
        : `partition ${partition} has ${unpublished} commits to publish`,
    )
    .join(', ');
}
