/**
 * Backs a partition up as of one instant. Its customers are more than one call can read, so the partition is held meanwhile:
 * its owner waits, for seconds, and goes on as if nothing had been. Other partitions go on all the time.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PartitionState } from '@tierflow/processor/partition-state';
import { noDigest } from '@tierflow/processor/slice-digests';
import { PartitionHold, type PutCustomer } from '@tierflow/redis/partition-hold';
import type { SliceReader } from '@tierflow/redis/slice-reader';
import type { PartitionSnapshot } from '@tierflow/redis/state-reader';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { runbook } from '../runbook.ts';
import { sequencesIn } from '../stored-sequences.ts';
import { PassingDigests } from './digests.ts';
import { type BackedUpPartition, sha256Of } from './manifest.ts';
import { PartitionFileWriter } from './partition-file.ts';

/** So many customers are read between two extensions of the hold. */
const pieceCustomers = 2_000;
const attemptsMax = 3;

export async function backUpPartition(
  connections: Connections,
  slices: SliceReader,
  partition: number,
  sliceCount: number,
  dir: string,
  onSlice: (slice: number) => void,
): Promise<BackedUpPartition> {
  const states = await connections.states();
  const { namespace } = connections.environment;
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const hold = await PartitionHold.begin(await connections.redis(), namespace, partition, 'keep');
    try {
      const snapshot = await states.readPartition(partition);
      const { cursor } = snapshot;
      if (cursor === null) {
        return { partition, cursor, customers: 0, digest: noDigest, file: null, bytes: 0, sha256: null };
      }
      const file = `partition-${String(partition).padStart(4, '0')}.jsonl.gz`;
      const path = join(dir, file);
      const digests = await copy(connections, slices, snapshot, partition, sliceCount, path, hold, onSlice);
      const released = await hold.release();
      // A machine that slept has lost the hold, and what it has read since may be of another instant.
      if (!released.wasHeld || released.cursor !== cursor) continue;
      const { customers } = digests;
      const { size: bytes } = statSync(path);
      return { partition, cursor, customers, digest: digests.total(), file, bytes, sha256: await sha256Of(path) };
    } finally {
      await hold.release().catch(() => {});
    }
  }
  throw new CommandFailure(
    `partition ${partition} could not be held for as long as it takes to read it`,
    'look whether this machine or Redis is overloaded, and run it again',
  );
}

async function copy(
  connections: Connections,
  slices: SliceReader,
  snapshot: PartitionSnapshot,
  partition: number,
  sliceCount: number,
  path: string,
  hold: PartitionHold,
  onSlice: (slice: number) => void,
): Promise<PassingDigests> {
  const states = await connections.states();
  const stored = await states.readDigests(partition);
  const { cursor, stateFormat, foldVersion, partitionState, acknowledged, counters } = snapshot;
  const digests = new PassingDigests(sliceCount);
  const state = PartitionState.parse(partitionState!);
  const writer = new PartitionFileWriter(path);
  try {
    await writer.header({
      ...{ partition, partitionState, acknowledged, counters },
      ...{ cursor: cursor!, stateFormat: stateFormat!, foldVersion: foldVersion! },
      outbox: await states.readOutbox(partition),
      closings: await states.readClosings(partition, daysOf(state)),
    });
    for (let slice = 0; slice < sliceCount; slice++) {
      for await (const customer of customersOf(connections, slices, state, partition, slice, hold)) {
        digests.add(customer);
        await writer.customer(customer);
      }
      if (stored !== null && (stored.get(slice) ?? noDigest) !== digests.bySlice().get(slice)) throw damaged(partition);
      onSlice(slice);
    }
  } finally {
    await writer.close();
  }
  return digests;
}

async function* customersOf(
  connections: Connections,
  slices: SliceReader,
  state: PartitionState,
  partition: number,
  slice: number,
  hold: PartitionHold,
): AsyncGenerator<PutCustomer> {
  const states = await connections.states();
  const { customers } = await slices.readSlice(partition, slice);
  for (let from = 0; from < customers.length || from === 0; from += pieceCustomers) {
    await hold.extend();
    const piece = customers.slice(from, from + pieceCustomers);
    const views = await states.readViews(
      partition,
      piece.map(({ id }) => id),
    );
    const wanted = piece.map(({ head }) => (head === null ? [] : sequencesIn(head, state)));
    const chunks = await slices.readChunks(
      partition,
      piece.flatMap(({ id }, i) => wanted[i]!.map(sequence => ({ customerId: id, sequence }))),
    );
    const ranks = await ranksOf(
      slices,
      state,
      partition,
      piece.map(({ id }) => id),
    );
    let next = 0;
    for (const [i, { id, dueDay, head }] of piece.entries()) {
      const own = wanted[i]!.map(sequence => ({ sequence, bytes: chunks[next++] ?? null }));
      if (head === null || own.some(({ bytes }) => bytes === null)) throw damaged(partition);
      const sealed = own as { sequence: number; bytes: Buffer }[];
      yield { id, slice, dueDay, head, view: views[i]!, chunks: sealed, ranks: ranks[i]! };
    }
  }
}

/** By customer: the places that it has. */
async function ranksOf(
  slices: SliceReader,
  { rankings }: PartitionState,
  partition: number,
  customerIds: readonly string[],
): Promise<PutCustomer['ranks'][]> {
  const values = await Promise.all(rankings.map(ranking => slices.readRanks(partition, ranking, customerIds)));
  return customerIds.map((_, i) =>
    rankings.flatMap((ranking, r) => {
      const value = values[r]![i]!;
      return value === null ? [] : [{ ranking, value }];
    }),
  );
}

/** The days that may have been closed. */
function daysOf({ hasTicked, firstDay, logDay }: PartitionState): number[] {
  return hasTicked ? Array.from({ length: logDay - firstDay }, (_, index) => firstDay + index) : [];
}

/** A copy of what is damaged would be mistaken for a backup. */
function damaged(partition: number): CommandFailure {
  return new CommandFailure(
    `what Redis holds of partition ${partition} is not what was written, so it was not backed up`,
    `run \`tierctl audit --partition ${partition}\`, and do what ${runbook.auditFinding} says`,
  );
}
