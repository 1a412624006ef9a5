/**
 * Keeps one assigned partition going: take over, then read, fold, and again. Whatever fails, ends here:
 *
 * - fenced: somebody else owns it. The process leaves the group and joins again; only a new assignment takes over.
 * - halted: a guard stopped it. It stands still, says why, and its neighbours go on.
 * - full or held: the store takes nothing for a while. The partition waits until it does, and is then taken over again.
 * - anything else: the outcome of what was in flight is unknown. The task is dropped and taken over again, with
 *   back-off, for as long as the partition is assigned.
 */
import type { LogRecord } from '@tierflow/customer/events';
import type { RecordReader, RecordsRead } from '@tierflow/kafka/record-reader';
import { CursorMoved, Fenced, Halted, runbookPageOf, StateLost } from '@tierflow/processor/errors';
import type { PartitionTask } from '@tierflow/processor/partition-task';
import type { Logger } from '@tierflow/telemetry/log';
import type { TieringMetrics } from '@tierflow/telemetry/tiering-metrics';
import type { Pacing } from './pacing.ts';
import { PartitionPause, pauseAfter } from './partition-pause.ts';
import type { StoreRoom } from './store-room.ts';

export interface WorkerPorts {
  readonly reader: Pick<RecordReader, 'read' | 'release'>;
  readonly topic: string;
  /** Takes the partition over under a fresh token. */
  takeOver(partition: number, token: string): Promise<PartitionTask>;
  decode(records: RecordsRead['records']): Promise<LogRecord[]>;
  /** Random, and never used before. */
  newToken(): string;
  readonly pacing: Pacing;
  readonly room: Pick<StoreRoom, 'isFull' | 'refused'>;
  /** Leaves the group and joins it again. */
  rejoin(): void;
  readonly metrics: TieringMetrics;
  readonly logger: Logger;
}

export interface WorkerSettings {
  readonly fetchBytes: number;
  readonly commitEventsMax: number;
  readonly commitIntervalMinMs: number;
  /** How long the store may have been lost or rolled back before it is noticed where there is nothing to fold. */
  readonly verifyIntervalMs: number;
}

const pollWaitMs = 100;
/** How often a partition that waits looks whether it may go on. */
const pausePollMs = 500;
const backoffMinMs = 50;
const backoffMaxMs = 5000;

/** `retrying`: the last attempt failed, so the partition stands until one succeeds. */
export type WorkerState = 'takingOver' | 'folding' | 'retrying' | 'halted' | 'ended';

export class PartitionWorker {
  readonly partition: number;
  state: WorkerState = 'takingOver';
  /** Next offset to fold, once it is known. */
  position: number | null = null;
  readonly pause: PartitionPause;
  private readonly ports: WorkerPorts;
  private readonly settings: WorkerSettings;
  private readonly stopping = new AbortController();
  private isDraining = false;
  private readonly running: Promise<void>;

  /** @param after resolves when this process no longer works on the partition from a former assignment */
  constructor(partition: number, after: Promise<void>, ports: WorkerPorts, settings: WorkerSettings) {
    this.partition = partition;
    this.ports = ports;
    this.settings = settings;
    this.pause = new PartitionPause(partition, ports.metrics, ports.logger);
    this.running = after.then(() => this.run());
  }

  /** Stops reading. With `drain`, what was folded is committed and published first. Resolves when it has ended. */
  stop(drain: boolean): Promise<void> {
    this.isDraining = drain;
    this.stopping.abort();
    return this.running;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    const { logger, metrics } = this.ports;
    const { partition } = this;
    let after = 'assignment';
    let isRetry = false;
    for (let backoffMs = backoffMinMs; !this.stopped; backoffMs = Math.min(backoffMs * 2, backoffMaxMs)) {
      let task: PartitionTask | null = null;
      let wait = async (): Promise<void> => {};
      try {
        this.state = isRetry ? 'retrying' : 'takingOver';
        task = await this.ports.takeOver(partition, this.ports.newToken());
        metrics.takeovers.inc({ after });
        logger.info({ partition, position: task.position, found: task.found, after }, 'partition taken over');
        if (!isRetry) this.state = 'folding';
        this.pause.end();
        task.onOutputSlow = isSlow => (isSlow ? this.pause.begin('outputSlow') : this.pause.end());
        await this.foldOn(task, () => {
          backoffMs = backoffMinMs;
          isRetry = false;
          this.state = 'folding';
        });
        if (this.isDraining) await task.drain();
      } catch (error) {
        if (this.stopped) break;
        if (error instanceof Fenced) {
          logger.info({ partition, why: error.message }, 'fenced: another process owns the partition');
          this.ports.rejoin();
          break;
        }
        if (error instanceof Halted) {
          await this.halt(error);
          break;
        }
        after = causeOf(error);
        isRetry = true;
        wait = () => this.waitAfter(error, backoffMs);
      } finally {
        await task?.close().catch(() => {});
      }
      await wait();
    }
    this.pause.end();
    this.state = 'ended';
    metrics.forget(partition);
    await this.ports.reader.release(this.ports.topic, partition);
  }

  private async waitAfter(error: unknown, backoffMs: number): Promise<void> {
    const reason = pauseAfter(error);
    if (reason === null) {
      this.pause.end();
      this.ports.logger.warn({ partition: this.partition, err: error }, 'partition dropped, taking it over again');
      await this.delay(backoffMs);
      return;
    }
    this.pause.begin(reason);
    if (reason === 'storeFull') this.ports.room.refused();
    do await this.delay(pausePollMs);
    while (reason === 'storeFull' && this.ports.room.isFull && !this.stopped);
  }

  /** Ends early when the worker is stopped. */
  private async delay(ms: number): Promise<void> {
    await this.ports.pacing.pause(ms, this.stopping.signal);
  }

  /** Folds nothing while the store is nearly full. What is on its way is published and told to the store, which frees room. */
  private async awaitRoom(task: PartitionTask): Promise<void> {
    const { room } = this.ports;
    if (!room.isFull) return;
    this.pause.begin('storeFull');
    while (room.isFull && !this.stopped) {
      await task.idle();
      await this.delay(pausePollMs);
    }
    this.pause.end();
  }

  private async halt(halted: Halted): Promise<void> {
    const { logger, metrics } = this.ports;
    const { partition } = this;
    this.pause.end();
    this.state = 'halted';
    const { code: reason, remedy } = halted;
    logger.error({ partition, reason, remedy, see: runbookPageOf(reason) }, `partition halted: ${halted.message}`);
    metrics.halted.set({ partition, reason }, 1);
    if (!this.stopped) {
      await new Promise(resolve => this.stopping.signal.addEventListener('abort', resolve, { once: true }));
    }
    metrics.halted.remove({ partition, reason });
  }

  private async foldOn(task: PartitionTask, onProgress: () => void): Promise<void> {
    const { metrics, pacing } = this.ports;
    const { partition } = this;
    let verifiedAt = pacing.now();
    let next = this.read(task.position);
    // A failure of the read ahead is met when it is awaited; until then it concerns nobody.
    next.catch(() => {});
    while (!this.stopped) {
      const { records, nextOffset, highWatermark } = await next;
      if (this.stopped) return;
      const startedAt = pacing.now();
      // The next fetch is under way while this one is folded.
      next = this.read(nextOffset);
      next.catch(() => {});
      if (nextOffset === task.position) {
        await task.idle();
        if (startedAt - verifiedAt >= this.settings.verifyIntervalMs) {
          verifiedAt = startedAt;
          await task.verify();
        }
      } else {
        await this.awaitRoom(task);
        if (this.stopped) return;
        await this.fold(task, await this.ports.decode(records), nextOffset);
      }
      onProgress();
      this.position = nextOffset;
      metrics.lagRecords.set({ partition }, Math.max(0, highWatermark - nextOffset));
      metrics.outboxPending.set({ partition }, task.unpublishedEntries);
      metrics.records.inc({ partition }, records.length);
      // When caught up, a pause gathers records into one commit; behind, fetches are full and there is no pause.
      const pauseMs = this.settings.commitIntervalMinMs - (pacing.now() - startedAt);
      if (nextOffset >= highWatermark && records.length > 0 && pauseMs > 0) await pacing.pause(pauseMs);
    }
  }

  private async fold(task: PartitionTask, records: LogRecord[], nextOffset: number): Promise<void> {
    const { commitEventsMax } = this.settings;
    let from = 0;
    for (; records.length - from > commitEventsMax; from += commitEventsMax) {
      await task.process(records.slice(from, from + commitEventsMax), records[from + commitEventsMax]!.offset);
    }
    await task.process(from === 0 ? records : records.slice(from), nextOffset);
  }

  private async read(offset: number): Promise<RecordsRead> {
    const { reader, topic } = this.ports;
    const maxBytes = this.settings.fetchBytes;
    const read = await reader.read({ topic, partition: this.partition, offset, maxBytes, maxWaitMs: pollWaitMs });
    if (read.status === 'read') return read;
    // The guards of the takeover say which end of the log is missing.
    throw new CursorMoved(`Offset ${offset} is not in ${read.logStart} … ${read.highWatermark}.`);
  }
}

function causeOf(error: unknown): string {
  if (error instanceof CursorMoved) return 'cursorMoved';
  if (error instanceof StateLost) return 'stateLost';
  return 'failure';
}
