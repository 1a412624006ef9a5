/**
 * The engine without servers: the same partition task as in production over a store and an output in memory. What it
 * emits is what tiering emits from the same log.
 */
import type { Emission, Rejection } from '@tierflow/customer/changes';
import type { LogOpened, LogRecord } from '@tierflow/customer/events';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { PartitionTask } from '@tierflow/processor/partition-task';
import type { CounterSnapshot, StoredCustomer } from '@tierflow/processor/ports';
import { takeOver } from '@tierflow/processor/take-over';
import { sequencesIn } from '../stored-sequences.ts';
import type { BacktestLog } from './backtest-log.ts';
import { InMemoryOutput } from './in-memory-output.ts';

export interface FoldedPartition {
  readonly partition: number;
  readonly state: PartitionState;
  readonly customers: ReadonlyMap<string, StoredCustomer>;
  readonly counters: CounterSnapshot;
  readonly emissions: readonly Emission[];
  readonly rejections: readonly Rejection[];
}

const settings = {
  cacheCustomersMax: 1_000_000,
  unpublishedBytesMax: Number.POSITIVE_INFINITY,
  transactionBytesMin: 1024 * 1024,
  views: 'never',
} as const;
const token = 'backtest';

/** Partitions in ascending order. */
export async function foldLog(
  log: BacktestLog,
  onProgress: (records: number) => void = () => {},
): Promise<FoldedPartition[]> {
  const store = new InMemoryStateStore();
  const output = new InMemoryOutput();
  const tasks = new Map<number, PartitionTask>();
  let records = 0;
  for await (const piece of log.pieces) {
    const { partition } = piece;
    let task = tasks.get(partition);
    if (task === undefined) {
      task = await takePartition(partition, log.genesis, piece.records[0]!, store, output);
      tasks.set(partition, task);
    }
    await task.process(piece.records, piece.records.at(-1)!.offset + 1);
    records += piece.records.length;
    onProgress(records);
  }
  const folded: FoldedPartition[] = [];
  for (const partition of [...tasks.keys()].sort((a, b) => a - b)) {
    const task = tasks.get(partition)!;
    await task.drain();
    await task.close();
    const stored = store.partition(partition);
    folded.push({
      partition,
      state: PartitionState.parse(stored.partitionState!),
      customers: await customersOf(store, partition),
      counters: stored,
      emissions: output.emissions.get(partition) ?? [],
      rejections: output.rejections.get(partition) ?? [],
    });
  }
  return folded;
}

async function takePartition(
  partition: number,
  { namespace, partitions }: LogOpened,
  first: LogRecord,
  store: InMemoryStateStore,
  output: InMemoryOutput,
): Promise<PartitionTask> {
  const ports = {
    store,
    outbox: output,
    rejections: output,
    publishers: output,
    tail: output,
    log: {
      bounds: async () => ({ start: 0, end: Number.POSITIVE_INFINITY }),
      genesis: async () => first,
    },
  };
  return takeOver(partition, token, { namespace, partitions }, ports, settings);
}

async function customersOf(store: InMemoryStateStore, partition: number): Promise<Map<string, StoredCustomer>> {
  const { heads, cursor, partitionState } = store.partition(partition);
  const state = PartitionState.parse(partitionState!);
  const customers = new Map<string, StoredCustomer>();
  for (const [customerId, head] of heads) {
    const wanted = sequencesIn(head, state).map(sequence => ({ customerId, sequence }));
    const chunks = wanted.length === 0 ? [] : await store.loadChunks(partition, token, cursor, wanted);
    customers.set(customerId, { head, chunks });
  }
  return customers;
}
