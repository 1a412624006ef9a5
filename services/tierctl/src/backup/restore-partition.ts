/**
 * Puts a partition back. It is held, so no owner meets half of it; the cursor is set last, so what is cut short reads as
 * empty and is folded anew; and what was written is read again and held to its digests before anybody goes on with it.
 */
import type { LogRecord } from '@tierflow/customer/events';
import { KafkaOutputTail } from '@tierflow/kafka/output-tail';
import { type Expected, guardPartition } from '@tierflow/processor/guards';
import { PartitionState } from '@tierflow/processor/partition-state';
import { PartitionHold, type PutCustomer } from '@tierflow/redis/partition-hold';
import { refold } from '@tierflow/redis/refold';
import type { SliceReader } from '@tierflow/redis/slice-reader';
import { RedisStateStore } from '@tierflow/redis/state-store';
import { compareRanks } from '../audit/compare-ranks.ts';
import { scrubSlice } from '../audit/scrub-slice.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { eventLog } from '../partition-health.ts';
import { PassingDigests } from './digests.ts';
import { openPartitionFile, type PartitionHeader } from './partition-file.ts';

const pieceCustomers = 500;

/** Would a takeover accept it? Asked before anything is touched. */
export async function guardBackup(
  connections: Connections,
  expected: Expected,
  stored: PartitionHeader,
  genesis: LogRecord | null,
): Promise<void> {
  const { partition } = stored;
  const outputTail = new KafkaOutputTail(await connections.reader(), connections.environment.topics.tierChanges);
  const tail = await outputTail.lastEmission(partition);
  const bounds = await (await eventLog(connections)).bounds(partition);
  guardPartition(partition, expected, { stored, tail, genesis, bounds });
}

/** Gives the digest of what now stands in Redis. */
export async function restorePartition(
  connections: Connections,
  slices: SliceReader,
  path: string,
  sliceCount: number,
  onCustomers: (count: number) => void,
): Promise<string> {
  const { namespace } = connections.environment;
  const redis = await connections.redis();
  const { header, customers } = await openPartitionFile(path);
  const { partition } = header;
  const hold = await PartitionHold.begin(redis, namespace, partition, 'take');
  const store = new RedisStateStore(redis, namespace);
  try {
    await store.reset(partition, hold.token);
    const digests = await putCustomers(hold, customers, sliceCount, onCustomers);
    await hold.put([], header.outbox);
    const { cursor, acknowledged, stateFormat, foldVersion, partitionState, counters, closings } = header;
    await store.commit(partition, {
      ...{ token: hold.token, expectedCursor: null, nextCursor: cursor, acknowledged, stateFormat, foldVersion },
      ...{ partitionState, counters, closings, digests: digests.bySlice(), outbox: null },
      ...{ heads: [], views: [], chunks: [], droppedChunks: [], droppedCustomers: [], due: [] },
      ...{ ranks: [], droppedRankings: [] },
    });
    await verify(slices, hold, header, sliceCount, () => refold(redis, namespace, partition));
    return digests.total();
  } finally {
    await hold.release().catch(() => {});
  }
}

async function putCustomers(
  hold: PartitionHold,
  customers: AsyncGenerator<PutCustomer>,
  sliceCount: number,
  onCustomers: (count: number) => void,
): Promise<PassingDigests> {
  const digests = new PassingDigests(sliceCount);
  let piece: PutCustomer[] = [];
  const put = async () => {
    await hold.extend();
    await hold.put(piece);
    onCustomers(piece.length);
    piece = [];
  };
  for await (const customer of customers) {
    digests.add(customer);
    piece.push(customer);
    if (piece.length >= pieceCustomers) await put();
  }
  await put();
  return digests;
}

async function verify(
  slices: SliceReader,
  hold: PartitionHold,
  { partition, partitionState }: PartitionHeader,
  sliceCount: number,
  giveUp: () => Promise<void>,
): Promise<void> {
  const state = PartitionState.parse(partitionState!);
  for (let slice = 0; slice < sliceCount; slice++) {
    await hold.extend();
    const scrubbed = await scrubSlice(slices, async () => state, partition, slice);
    const compared = await compareRanks(slices, async () => state, partition, slice, scrubbed.ranks);
    const findings = [...scrubbed.findings, ...compared.findings];
    if (findings.length === 0) continue;
    await giveUp();
    throw new CommandFailure(
      `partition ${partition} does not read back as it was written: ${findings[0]!.detail}`,
      'it is folded anew from the log instead; look at the memory and the log of Redis',
    );
  }
}
