/** A log folded to its end, with all that it gave kept in memory. */
import type { Emission, Rejection } from '@tierflow/customer/changes';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { CounterSnapshot, StoredCustomer } from '@tierflow/processor/ports';
import type { BacktestLog } from './backtest-log.ts';
import { EmbeddedEngine } from './embedded-engine.ts';

export interface FoldedPartition {
  readonly partition: number;
  readonly state: PartitionState;
  readonly customers: ReadonlyMap<string, StoredCustomer>;
  readonly counters: CounterSnapshot;
  readonly emissions: readonly Emission[];
  readonly rejections: readonly Rejection[];
}

/** Partitions in ascending order. */
export async function foldLog(
  log: BacktestLog,
  onProgress: (records: number) => void = () => {},
): Promise<FoldedPartition[]> {
  const emissions = new Map<number, Emission[]>();
  const rejections = new Map<number, Rejection[]>();
  const engine = new EmbeddedEngine(log.genesis, {
    emitted: (partition, more) => listOf(emissions, partition).push(...more),
    rejected: (partition, more) => listOf(rejections, partition).push(...more),
  });
  await engine.fold(log, onProgress);
  const folded: FoldedPartition[] = [];
  for (const { partition, state } of await engine.drained()) {
    const customers = new Map<string, StoredCustomer>();
    for await (const [customerId, stored] of engine.customersOf(partition)) customers.set(customerId, stored);
    folded.push({
      partition,
      state,
      customers,
      counters: engine.store.partition(partition),
      emissions: listOf(emissions, partition),
      rejections: listOf(rejections, partition),
    });
  }
  await engine.close();
  return folded;
}

function listOf<T>(lists: Map<number, T[]>, partition: number): T[] {
  const known = lists.get(partition);
  if (known !== undefined) return known;
  const list: T[] = [];
  lists.set(partition, list);
  return list;
}
