/**
 * Takes one assigned partition of a source topic in, at least once:
 *
 * 1. The position is the group's committed offset; where there is none, the end of the topic that the source names.
 * 2. Records are read, mapped and written, and all of it is acknowledged, before the offset after them is committed.
 *    A crash in between writes them again; the fold knows every event by its id, and rejections carry one too.
 * 3. An infrastructure error stalls the partition, which then tries again from where it stands, with back-off. No error
 *    of that kind ever rejects a record.
 *
 * The next fetch is under way while this one is mapped and written, and a piece is mapped while the one before it is
 * written. A partition has writers of its own: its order holds, and it waits for no neighbour.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { rejectForeign } from '@tierflow/codec/foreign-rejection';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import type { EncodedEvent, EventWriter } from '@tierflow/kafka/event-writer';
import type { OffsetOutOfRange, RawRecord, RecordReader, RecordsRead } from '@tierflow/kafka/record-reader';
import type { EncodedRejection, RejectionWriter } from '@tierflow/kafka/rejection-writer';
import type { IntakeMetrics } from '@tierflow/telemetry/intake-metrics';
import type { Logger } from '@tierflow/telemetry/log';
import { type IntakeBatch, mapRecords } from './intake-batch.ts';
import type { TopicSource } from './read-sources.ts';
import type { RecordParser } from './record-parser.ts';
import { rejectedReport } from './rejected-report.ts';

export interface PartitionPorts {
  readonly source: TopicSource;
  readonly parser: RecordParser;
  readonly reader: RecordReader;
  readonly events: EventWriter;
  readonly rejections: RejectionWriter;
  /** Partitions of the log, and so of `rejected-events`. */
  readonly logPartitions: number;
  encodeEvent(event: IntakeBatch['events'][number]): EncodedEvent;
  encodeRejection(rejected: RejectedEvent): EncodedRejection;
  /** null: the group has read nothing of this partition. */
  committedOffset(partition: number): Promise<number | null>;
  /** False: not now. It is tried again with the next one. */
  commitOffset(partition: number, offset: number): Promise<boolean>;
  readonly metrics: IntakeMetrics;
  readonly logger: Logger;
  readonly gatherMs: number;
}

/** `stalled`: the last attempt failed, so the partition stands until one succeeds. */
export type PartitionState = 'positioning' | 'reading' | 'stalled' | 'ended';

const fetchBytes = 1024 * 1024;
const pollWaitMs = 500;
/** A large fetch is taken in pieces, so that the event loop turns and heartbeats go out in between. */
const pieceRecordsMax = 2000;
const commitIntervalMs = 200;
const backoffMinMs = 100;
const backoffMaxMs = 5000;

export class PartitionIntake {
  readonly partition: number;
  private currentState: PartitionState = 'positioning';
  private stallReason = '';
  private readonly ports: PartitionPorts;
  private readonly stopping = new AbortController();
  private isDraining = false;
  private position: number | null = null;
  private committed: number | null = null;
  private committedAt = Number.NEGATIVE_INFINITY;
  private readonly running: Promise<void>;

  /** @param after resolves when this process no longer works on the partition from a former assignment */
  constructor(partition: number, after: Promise<void>, ports: PartitionPorts) {
    this.partition = partition;
    this.ports = ports;
    this.running = after.then(() => this.run());
  }

  /** With `drain`, what was read is written and committed first; without, the new owner reads it. */
  stop(drain: boolean): Promise<void> {
    this.isDraining = drain;
    this.stopping.abort();
    return this.running;
  }

  get state(): PartitionState {
    return this.currentState;
  }

  /** Why it stalls; empty while it does not. */
  get reason(): string {
    return this.stallReason;
  }

  private enter(state: PartitionState, reason = ''): void {
    const { source, metrics } = this.ports;
    this.stallReason = reason;
    if (state !== this.currentState) {
      if (state === 'stalled') metrics.stalled.inc({ source: source.name });
      if (this.currentState === 'stalled') metrics.stalled.dec({ source: source.name });
    }
    this.currentState = state;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    const { source, reader, events, rejections, metrics, logger } = this.ports;
    const { partition } = this;
    let backoffMs = backoffMinMs;
    while (!this.stopped) {
      try {
        this.position ??= await this.startingPosition();
        await this.readOn(this.position, () => {
          backoffMs = backoffMinMs;
          this.enter('reading');
        });
      } catch (error) {
        if (this.stopped) break;
        this.enter('stalled', error instanceof Error ? error.message : String(error));
        logger.warn({ source: source.name, partition, err: error, backoffMs }, 'partition stalls, trying again');
        await this.commit(true);
        await delay(backoffMs, undefined, { signal: this.stopping.signal }).catch(() => {});
        backoffMs = Math.min(backoffMs * 2, backoffMaxMs);
      }
    }
    this.enter('ended');
    metrics.forget(source.name, partition);
    reader.release(source.topic, partition);
    await Promise.all([events.close(), rejections.close()]);
  }

  private async startingPosition(): Promise<number> {
    const { source, reader, logger } = this.ports;
    const { partition } = this;
    this.committed = await this.ports.committedOffset(partition);
    const { logStart, highWatermark } = await reader.bounds(source.topic, partition);
    const position = this.committed ?? (source.startAt === 'latest' ? highWatermark : logStart);
    logger.info({ source: source.name, partition, position, isNew: this.committed === null }, 'partition assigned');
    return position;
  }

  private async readOn(position: number, onProgress: () => void): Promise<void> {
    let next = this.read(position);
    // A failure of the read ahead is met when it is awaited; until then it concerns nobody.
    next.catch(() => {});
    while (!this.stopped) {
      const read = await next;
      if (this.stopped) return;
      const startedAt = performance.now();
      if (read.status === 'outOfRange') {
        this.skipLost(read);
        return;
      }
      const { records, nextOffset, lastStableOffset, highWatermark } = read;
      next = this.read(nextOffset);
      next.catch(() => {});
      await this.take(read);
      if (this.stopped && !this.isDraining) return;
      this.position = nextOffset;
      const isCaughtUp = nextOffset >= lastStableOffset;
      await this.commit(isCaughtUp || this.stopped);
      onProgress();
      this.ports.metrics.lagRecords.set(
        { source: this.ports.source.name, partition: this.partition },
        Math.max(0, highWatermark - nextOffset),
      );
      // When caught up, a pause gathers records into one write; behind, fetches are full and there is no pause.
      const pauseMs = this.ports.gatherMs - (performance.now() - startedAt);
      if (isCaughtUp && records.length > 0 && pauseMs > 0) await delay(pauseMs);
    }
  }

  private read(offset: number): Promise<RecordsRead | OffsetOutOfRange> {
    const { source, reader } = this.ports;
    const { partition } = this;
    const limits = { maxBytes: fetchBytes, maxWaitMs: pollWaitMs, skipsUnreadable: true };
    return reader.read({ topic: source.topic, partition, offset, ...limits });
  }

  /**
   * Resolves when everything that the records give is acknowledged. The position follows piece by piece: while a schema
   * cannot be had for hours, what came before it is written once and not with every attempt.
   */
  private async take({ records, unreadable }: RecordsRead): Promise<void> {
    const { source, parser, metrics } = this.ports;
    const { partition } = this;
    let written = this.write({
      events: [],
      rejected: unreadable.map(({ firstOffset, lastOffset, why }) =>
        rejectedReport(
          `${source.topic}/${partition}@${firstOffset}`,
          null,
          rejectForeign('undecodableBatch', `${firstOffset}–${lastOffset}: ${why}`),
        ),
      ),
    });
    for (let from = 0; from < records.length && !(this.stopped && !this.isDraining); from += pieceRecordsMax) {
      const piece: readonly RawRecord[] = records.slice(from, from + pieceRecordsMax);
      const mapped = mapRecords(source, parser, partition, piece, Date.now());
      // Both are awaited below, one after the other: neither may go unhandled while the other is awaited.
      mapped.catch(() => {});
      await written;
      this.position = piece[0]!.offset;
      written = this.write(await mapped);
    }
    await written;
    metrics.records.inc({ source: source.name }, records.length);
  }

  private async write({ events, rejected }: IntakeBatch): Promise<void> {
    const { source, metrics } = this.ports;
    await Promise.all([
      events.length === 0 ? null : this.ports.events.write(events.map(event => this.ports.encodeEvent(event))),
      rejected.length === 0
        ? null
        : this.ports.rejections.append(
            this.partition % this.ports.logPartitions,
            rejected.map(each => this.ports.encodeRejection(each)),
          ),
    ]);
    for (const [type, count] of tally(events, event => event.type)) {
      metrics.events.inc({ source: source.name, type }, count);
    }
    for (const [reason, count] of tally(rejected, each => each.reason)) {
      metrics.rejected.inc({ source: source.name, reason }, count);
    }
  }

  /** At once when caught up, so that whoever waits for the end sees it; now and then under load. */
  private async commit(isUrgent: boolean): Promise<void> {
    const { position } = this;
    if (position === null || position === this.committed) return;
    const now = performance.now();
    if (!isUrgent && now - this.committedAt < commitIntervalMs) return;
    this.committedAt = now;
    if (await this.ports.commitOffset(this.partition, position)) this.committed = position;
  }

  /** Nothing can be done about records that are gone, except to say so loudly and not to lose more. */
  private skipLost({ logStart, highWatermark }: OffsetOutOfRange): void {
    const { source, metrics, logger } = this.ports;
    const { partition, position } = this;
    const lost = Math.max(0, logStart - position!);
    metrics.lostRecords.inc({ source: source.name }, lost);
    logger.error(
      { source: source.name, topic: source.topic, partition, position, logStart, highWatermark, lost },
      lost > 0
        ? 'records were deleted before they were read; reading on at the start. Raise retention.ms of the topic'
        : 'the topic ends before what was read of it, so it was made anew; reading it from its start',
    );
    this.position = logStart;
  }
}

function tally<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
