/**
 * Takeover of a partition. Only from an assignment, never on one's own: a frozen owner that thaws and takes over by
 * itself would fence its successor.
 */
import { compareIds, type EmissionId } from '@tierflow/customer/changes';
import { stateFormat } from '@tierflow/customer/customer-codec';
import type { LogOpened } from '@tierflow/customer/events';
import { noCounters } from './counters.ts';
import { CustomerCache } from './customer-cache.ts';
import { Halted } from './errors.ts';
import { foldVersion, PartitionFold } from './partition-fold.ts';
import { PartitionState } from './partition-state.ts';
import { PartitionTask, type TaskPorts, type TaskSettings } from './partition-task.ts';
import type { Claimed, EventLog, OutputTail, PublisherFactory } from './ports.ts';

export interface TakeOverPorts extends TaskPorts {
  readonly log: EventLog;
  readonly tail: OutputTail;
  readonly publishers: PublisherFactory;
}

export interface Expected {
  readonly namespace: string;
  readonly partitions: number;
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
    const emitted = tail.id;
    if (emitted === null && tail.logStart > 0) {
      throw new Halted(
        'outputEmptied',
        `tier-changes/${partition} begins at ${tail.logStart} and has no record left, so what was emitted is not known.`,
        'Restore the topic, or begin a new namespace; keep retention.ms and retention.bytes of tier-changes at -1.',
      );
    }
    // 3. The token fences every earlier owner in the store, too.
    const claimed = await ports.store.claim(partition, token, emitted);
    // 4. Guards: nothing is written for this partition while one of them stands.
    const genesis = await readGenesis(partition, expected, ports.log);
    const bounds = await ports.log.bounds(partition);
    guardVersions(partition, claimed);
    const isEmpty = claimed.cursor === null || claimed.partitionState === null;
    const state = isEmpty ? new PartitionState() : PartitionState.parse(claimed.partitionState);
    const cursor = isEmpty ? null : claimed.cursor;
    guard(partition, cursor, claimed.acknowledged, state, genesis, emitted, bounds);
    // 5. Nothing stored although something was emitted means lost, not new: either way the log is folded from its start.
    if (cursor === null) await ports.store.reset(partition, token);
    const cache = new CustomerCache(settings.cacheCustomersMax);
    const fold = new PartitionFold(partition, state, cache, isEmpty ? noCounters : claimed.counters);
    // 6. The task publishes what the outbox holds after K, folds on from C, and drops what it emits up to K.
    //    An outbox without a cursor is the remains of lost state: the refold emits what it holds.
    const { acknowledged } = claimed;
    const stored = cursor === null ? [] : claimed.outbox;
    const unpublished = stored.filter(({ last }) => emitted === null || compareIds(last, emitted) > 0);
    const start = { token, cursor, emitted, acknowledged, unpublished };
    return new PartitionTask(partition, start, fold, publisher, ports, settings);
  } catch (error) {
    await publisher.close();
    throw error;
  }
}

async function readGenesis(partition: number, expected: Expected, log: EventLog): Promise<LogOpened> {
  const record = await log.genesis(partition);
  if (record === null) {
    throw new Halted('genesisMissing', `customer-events/${partition} is empty.`, 'Run `tierctl init` first.');
  }
  const { event } = record;
  if (
    event.type !== 'LogOpened' ||
    event.namespace !== expected.namespace ||
    event.partitions !== expected.partitions
  ) {
    const found = event.type === 'LogOpened' ? `${event.namespace} with ${event.partitions} partitions` : event.type;
    throw new Halted(
      'genesisDiffers',
      `customer-events/${partition} was opened as ${found}, not as ${expected.namespace} with ${expected.partitions} partitions.`,
      'Point tiering to the topics that `tierctl init` made for this namespace; partition counts never change.',
    );
  }
  return event;
}

/** First of all: what another release has written cannot even be read. */
function guardVersions(partition: number, claimed: Claimed): void {
  if (claimed.cursor !== null && claimed.stateFormat !== stateFormat) {
    throw new Halted(
      'unknownStateFormat',
      `State format ${claimed.stateFormat} of partition ${partition} is not ${stateFormat}.`,
      'Run the release that wrote it, or delete this namespace in Redis: it is folded anew from the log.',
    );
  }
  if (claimed.cursor !== null && claimed.foldVersion !== foldVersion) {
    throw new Halted(
      'unknownFoldVersion',
      `Fold version ${claimed.foldVersion} of partition ${partition} is not ${foldVersion}.`,
      'Run the release that wrote it.',
    );
  }
}

function guard(
  partition: number,
  cursor: number | null,
  acknowledged: EmissionId | null,
  state: PartitionState,
  genesis: LogOpened,
  emitted: EmissionId | null,
  bounds: { readonly start: number; readonly end: number },
): void {
  const stored = state.genesis;
  if (stored !== null && stored.logId !== genesis.logId) {
    throw new Halted(
      'genesisDiffers',
      `The stored state of partition ${partition} belongs to log ${stored.logId}, the topic is ${genesis.logId}.`,
      'The topic was made anew, or this is another cluster. Delete this namespace in Redis, or restore the topic.',
    );
  }
  if (acknowledged !== null && (emitted === null || compareIds(acknowledged, emitted) > 0)) {
    throw new Halted(
      'outputRegressed',
      `tier-changes/${partition} has lost records: ${acknowledged.offset}-${acknowledged.index} was confirmed, but the last one is ${emitted === null ? 'none' : `${emitted.offset}-${emitted.index}`}.`,
      'Restore the topic. Downstream services have seen changes that are gone.',
    );
  }
  if (cursor !== null && cursor > bounds.end) {
    throw new Halted(
      'cursorBeyondLog',
      `Partition ${partition} is folded up to ${cursor}, but its log ends at ${bounds.end}.`,
      'The log has lost its end. Restore the topic, or delete this namespace in Redis after checking what is missing.',
    );
  }
  if (emitted !== null && emitted.offset >= bounds.end) {
    throw new Halted(
      'cursorBeyondLog',
      `tier-changes/${partition} holds a change of record ${emitted.offset}, but the log ends at ${bounds.end}.`,
      'The log has lost its end. Restore the topic; what would be written there now would be taken for emitted already.',
    );
  }
  if ((cursor ?? 0) < bounds.start) {
    throw new Halted(
      'logTruncated',
      `Partition ${partition} would fold on from ${cursor ?? 0}, but its log begins at ${bounds.start}.`,
      'Restore a newer backup of Redis; keep retention.ms and retention.bytes of customer-events at -1.',
    );
  }
}
