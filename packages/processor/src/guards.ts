/**
 * The guards of a partition: what must hold before anything may be written for it. They judge what was read and read
 * nothing themselves, so a takeover and an operator who looks from outside come to the same verdict.
 */
import { compareIds, type EmissionId } from '@tierflow/customer/changes';
import { stateFormat } from '@tierflow/customer/customer-codec';
import type { LogOpened, LogRecord } from '@tierflow/customer/events';
import { Halted } from './errors.ts';
import { foldVersion } from './partition-fold.ts';
import { PartitionState } from './partition-state.ts';
import type { Claimed } from './ports.ts';

export interface Expected {
  readonly namespace: string;
  readonly partitions: number;
}

export interface Tail {
  /** K: the last emission on the output. */
  readonly id: EmissionId | null;
  readonly logStart: number;
}

/** Read in this order, so that nothing which came meanwhile looks like something that is missing. */
export interface Evidence {
  readonly stored: Pick<Claimed, 'cursor' | 'stateFormat' | 'foldVersion' | 'partitionState' | 'acknowledged'>;
  readonly tail: Tail;
  /** The record at offset 0. */
  readonly genesis: LogRecord | null;
  readonly bounds: { readonly start: number; readonly end: number };
}

/** What may be gone on with. */
export interface SoundPartition {
  /** null: nothing is stored, or not all of it; it is folded from the start of the log. */
  readonly cursor: number | null;
  readonly state: PartitionState;
}

/** Judged before the claim: without K nobody may own the partition. */
export function guardTail(partition: number, { id, logStart }: Tail): void {
  if (id !== null || logStart === 0) return;
  throw new Halted(
    'outputEmptied',
    `tier-changes/${partition} begins at ${logStart} and has no record left, so what was emitted is not known.`,
    'Restore the topic, or begin a new namespace; keep retention.ms and retention.bytes of tier-changes at -1.',
  );
}

/** @throws Halted where an operator must look first */
export function guardPartition(partition: number, expected: Expected, evidence: Evidence): SoundPartition {
  const { stored, tail, bounds } = evidence;
  guardTail(partition, tail);
  guardVersions(partition, stored);
  const isEmpty = stored.cursor === null || stored.partitionState === null;
  const state = isEmpty ? new PartitionState() : PartitionState.parse(stored.partitionState);
  const cursor = isEmpty ? null : stored.cursor;
  const genesis = guardGenesis(partition, expected, evidence.genesis, state.genesis, bounds.start);
  guardLog(partition, state, genesis);
  guardOutput(partition, stored.acknowledged, tail.id);
  guardBounds(partition, cursor, tail.id, bounds);
  return { cursor, state };
}

/** A log that has lost its beginning goes on where the state has gone past it; only a refold needs the whole. */
function guardGenesis(
  partition: number,
  expected: Expected,
  record: LogRecord | null,
  stored: LogOpened | null,
  logStart: number,
): LogOpened {
  if (record === null && logStart > 0) {
    if (stored !== null) return stored;
    throw new Halted(
      'logTruncated',
      `customer-events/${partition} begins at ${logStart}: its first records are gone, and there is no state that knows them.`,
      'Restore the topic or a backup of Redis, or begin a new namespace; keep retention.ms and retention.bytes of customer-events at -1.',
    );
  }
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

/** Before the state is parsed: what another release has written cannot even be read. */
function guardVersions(partition: number, stored: Evidence['stored']): void {
  if (stored.cursor === null) return;
  if (stored.stateFormat !== stateFormat) {
    throw new Halted(
      'unknownStateFormat',
      `State format ${stored.stateFormat} of partition ${partition} is not ${stateFormat}.`,
      'Run the release that wrote it, or delete this namespace in Redis: it is folded anew from the log.',
    );
  }
  if (stored.foldVersion !== foldVersion) {
    throw new Halted(
      'unknownFoldVersion',
      `Fold version ${stored.foldVersion} of partition ${partition} is not ${foldVersion}.`,
      'Run the release that wrote it.',
    );
  }
}

function guardLog(partition: number, state: PartitionState, genesis: LogOpened): void {
  const stored = state.genesis;
  if (stored === null || stored.logId === genesis.logId) return;
  throw new Halted(
    'genesisDiffers',
    `The stored state of partition ${partition} belongs to log ${stored.logId}, the topic is ${genesis.logId}.`,
    'The topic was made anew, or this is another cluster. Delete this namespace in Redis, or restore the topic.',
  );
}

function guardOutput(partition: number, acknowledged: EmissionId | null, emitted: EmissionId | null): void {
  if (acknowledged === null || (emitted !== null && compareIds(acknowledged, emitted) <= 0)) return;
  throw new Halted(
    'outputRegressed',
    `tier-changes/${partition} has lost records: ${acknowledged.offset}-${acknowledged.index} was confirmed, but the last one is ${emitted === null ? 'none' : `${emitted.offset}-${emitted.index}`}.`,
    'Restore the topic. Downstream services have seen changes that are gone.',
  );
}

function guardBounds(
  partition: number,
  cursor: number | null,
  emitted: EmissionId | null,
  bounds: Evidence['bounds'],
): void {
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
