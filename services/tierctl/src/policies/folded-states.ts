/** The states of all partitions once everything that the log holds now is folded: whoever wrote before is known then. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogOpened } from '@tierflow/customer/events';
import { foldVersion } from '@tierflow/processor/partition-fold';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { PartitionSnapshot } from '@tierflow/redis/state-reader';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';

const pollIntervalMs = 100;

/** `otherwise`: what became of the command, where tiering does not come so far in time. */
export async function foldedStates(
  connections: Connections,
  { partitions }: Pick<LogOpened, 'partitions'>,
  timeoutSeconds: number,
  otherwise = 'nothing was written',
): Promise<PartitionState[]> {
  const { customerEvents } = connections.environment.topics;
  const reader = await connections.reader();
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const ends = await Promise.all(all.map(async p => (await reader.bounds(customerEvents, p)).highWatermark));
  const waitUntil = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const snapshots = await readSnapshots(connections, partitions);
    const behind = all.filter(partition => (snapshots[partition]!.cursor ?? 0) < ends[partition]!);
    if (behind.length === 0) return snapshots.map(parseState);
    if (performance.now() > waitUntil) {
      const lags = behind.map(p => `partition ${p} by ${ends[p]! - (snapshots[p]!.cursor ?? 0)}`).join(', ');
      throw new CommandFailure(
        `tiering is still behind the log after ${timeoutSeconds} s, ${lags}; ${otherwise}`,
        'check that tiering runs; `tierctl halted` tells how each partition stands, and what to do',
      );
    }
    await delay(pollIntervalMs);
  }
}

export async function readSnapshots(connections: Connections, partitions: number): Promise<PartitionSnapshot[]> {
  const states = await connections.states();
  return Promise.all(Array.from({ length: partitions }, (_, partition) => states.readPartition(partition)));
}

/** @throws CommandFailure where tiering has folded nothing yet, or is of another release */
export function parseState(
  { partitionState, foldVersion: found }: PartitionSnapshot,
  partition: number,
): PartitionState {
  if (partitionState === null) {
    throw new CommandFailure(
      `partition ${partition} has no state yet`,
      'start tiering; `tierctl halted` tells how each partition stands',
    );
  }
  if (found !== foldVersion) {
    throw new CommandFailure(
      `partition ${partition} is folded by version ${found} of the fold, this tierctl knows ${foldVersion}`,
      'run tierctl and tiering of the same release',
    );
  }
  return PartitionState.parse(partitionState);
}
