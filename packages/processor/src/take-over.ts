/**
 * Takeover of a partition. Only from an assignment, never on one's own: a frozen owner that thaws and takes over by
 * itself would fence its successor.
 */
import { compareIds } from '@tierflow/customer/changes';
import { noCounters } from './counters.ts';
import { CustomerCache } from './customer-cache.ts';
import { type Expected, guardPartition, guardTail } from './guards.ts';
import { PartitionFold } from './partition-fold.ts';
import { PartitionTask, type TaskPorts, type TaskSettings } from './partition-task.ts';
import type { EventLog, OutputTail, PublisherFactory } from './ports.ts';
import { SliceDigests } from './slice-digests.ts';

export interface TakeOverPorts extends TaskPorts {
  readonly log: EventLog;
  readonly tail: OutputTail;
  readonly publishers: PublisherFactory;
}

/**
 * @param token random and never used before; by it every earlier owner is fenced in the store
 * @throws Halted where a guard says that an operator must look first
 */
export async function takeOver(
  partition: number,
  token: string,
  expected: Expected,
  ports: TakeOverPorts,
  settings: TaskSettings,
): Promise<PartitionTask> {
  // 1. A new producer. Its first transaction fences the predecessor and settles what that one had open.
  const publisher = await ports.publishers.open(partition);
  try {
    await publisher.fence();
    // 2. Only then K: before, the predecessor's transaction could still have moved the tail.
    const tail = await ports.tail.lastEmission(partition);
    guardTail(partition, tail);
    const emitted = tail.id;
    // 3. The token fences every earlier owner in the store, too.
    const claimed = await ports.store.claim(partition, token, emitted);
    // 4. Guards: nothing is written for this partition while one of them stands.
    const genesis = await ports.log.genesis(partition);
    const bounds = await ports.log.bounds(partition);
    const { cursor, state } = guardPartition(partition, expected, { stored: claimed, tail, genesis, bounds });
    // 5. Nothing stored although something was emitted means lost, not new: either way the log is folded from its start.
    if (cursor === null) await ports.store.reset(partition, token);
    const cache = new CustomerCache(settings.cacheCustomersMax);
    const fold = new PartitionFold(partition, state, cache, cursor === null ? noCounters : claimed.counters);
    // 6. The task publishes what the outbox holds after K, folds on from C, and drops what it emits up to K.
    //    An outbox without a cursor is the remains of lost state: the refold emits what it holds.
    const { acknowledged } = claimed;
    const stored = cursor === null ? [] : claimed.outbox;
    const unpublished = stored.filter(({ last }) => emitted === null || compareIds(last, emitted) > 0);
    const digests = cursor === null ? SliceDigests.empty() : new SliceDigests(claimed.digests);
    const start = { token, cursor, emitted, acknowledged, unpublished, digests };
    return new PartitionTask(partition, start, fold, publisher, ports, settings);
  } catch (error) {
    await publisher.close();
    throw error;
  }
}
