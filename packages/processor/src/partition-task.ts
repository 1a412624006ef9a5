/**
 * One input partition in the hands of one owner: fold, commit to the store, publish, and on.
 *
 * The store's commit and the output's transaction are two steps, and a crash may fall between them. Both cursors are
 * therefore kept where they are true: how far the log is folded in the store, in one atomic step with state and
 * outbox; how far changes are emitted by the id of the output's last record. `takeOver` compares the two.
 *
 * At most one commit and one transaction are in flight, and the fold goes on meanwhile. After any failure the task is
 * of no further use: its cache may be ahead of the store, and the outcome of the transaction is unknown. It is closed,
 * never aborted, and the partition is taken over anew.
 */
import { compareIds, type EmissionId } from '@tierflow/customer/changes';
import { Customer } from '@tierflow/customer/customer';
import { attachChunks, decodeHead, encodeHead, stateFormat } from '@tierflow/customer/customer-codec';
import type { LogRecord, SliceSwept } from '@tierflow/customer/events';
import { viewOf } from '@tierflow/customer/view';
import type { FoldOutput } from './fold-run.ts';
import { foldVersion, type PartitionFold } from './partition-fold.ts';
import type { PartitionState } from './partition-state.ts';
import type {
  ChunkWrite,
  Commit,
  DueWrite,
  OutboxCodec,
  Publisher,
  RankWrite,
  RejectionSink,
  StateStore,
  StoredOutboxEntry,
} from './ports.ts';
import { pushRankWrites } from './rank-writes.ts';
import type { SliceDigests } from './slice-digests.ts';

/** Entries that may wait for their transaction; they also wait in the store. */
const unpublishedEntriesMax = 10_000;

export interface TaskPorts {
  readonly store: StateStore;
  readonly rejections: RejectionSink;
  readonly outbox: OutboxCodec;
}

export interface TaskSettings {
  /** Customers kept in memory. */
  readonly cacheCustomersMax: number;
  /** Packed emissions that may wait for their transaction before the fold waits too. */
  readonly unpublishedBytesMax: number;
  /** A transaction takes entries until it has this much. */
  readonly transactionBytesMin: number;
  readonly views: 'always' | 'never';
}

/** Where a takeover found the two cursors. */
export interface TaskStart {
  readonly token: string;
  /** C: next offset to fold; null: nothing is stored. */
  readonly cursor: number | null;
  /** K: last emission on the output. */
  readonly emitted: EmissionId | null;
  readonly acknowledged: EmissionId | null;
  /** Entries that may hold emissions after K. */
  readonly unpublished: readonly StoredOutboxEntry[];
  readonly digests: SliceDigests;
}

/** The store against the output: `ahead` has changes to publish, `behind` folds again what is published already. */
export type CursorsFound = 'new' | 'lost' | 'behind' | 'ahead' | 'even';

export class PartitionTask {
  readonly partition: number;
  /** How the takeover found the two cursors, for whoever reads the log. */
  readonly found: CursorsFound;
  private readonly fold: PartitionFold;
  private readonly ports: TaskPorts;
  private readonly settings: TaskSettings;
  private readonly publisher: Publisher;
  private readonly token: string;
  /** K at the takeover: emissions up to here are on the output already. */
  private readonly emitted: EmissionId | null;
  private readonly digests: SliceDigests;
  private readonly startedEmpty: boolean;
  /** The store's cursor once the commit in flight is done. */
  private cursor: number | null;
  /** Last emission whose transaction has ended, and what the store knows of it. */
  private acknowledged: EmissionId | null;
  private storedAcknowledged: EmissionId | null;
  private commitInFlight: Promise<void> = Promise.resolve();
  private isCommitting = false;
  private queue: StoredOutboxEntry[];
  private unpublishedBytes = 0;
  /** Emissions that are committed but not yet on the output are in this many entries. */
  unpublishedEntries = 0;
  /** Is called when the fold begins to wait for the output, and when it goes on. */
  onOutputSlow: (isSlow: boolean) => void = () => {};
  private publishing: Promise<void> | null = null;
  private failure: unknown = null;
  private isClosed = false;

  constructor(
    partition: number,
    start: TaskStart,
    fold: PartitionFold,
    publisher: Publisher,
    ports: TaskPorts,
    settings: TaskSettings,
  ) {
    this.partition = partition;
    this.found = compareCursors(start);
    this.fold = fold;
    this.publisher = publisher;
    this.ports = ports;
    this.settings = settings;
    this.token = start.token;
    this.cursor = start.cursor;
    this.digests = start.digests;
    this.startedEmpty = start.cursor === null;
    this.emitted = start.emitted;
    this.acknowledged = start.emitted;
    this.storedAcknowledged = start.acknowledged;
    this.queue = [...start.unpublished];
    for (const { bytes } of this.queue) this.unpublishedBytes += bytes.length;
    this.unpublishedEntries = this.queue.length;
    this.pump();
  }

  /** Next offset to read. */
  get position(): number {
    return this.cursor ?? 0;
  }

  /** To be looked at only: what the fold knows beside its customers. */
  get state(): PartitionState {
    return this.fold.state;
  }

  /** Last business day that has begun in this partition's log. */
  get logDay(): number {
    return this.fold.state.logDay;
  }

  /**
   * Folds records that follow one another from `position`, and commits up to `nextOffset`. A sweep starts a batch of
   * its own, because which customers it meets is asked of the store.
   */
  async process(records: readonly LogRecord[], nextOffset: number): Promise<void> {
    let from = 0;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (record.event.type !== 'SliceSwept') continue;
      if (i > from) await this.step(records.slice(from, i), record.offset);
      await this.sweep(record, record.event);
      from = i + 1;
    }
    if (from < records.length || nextOffset > this.position) {
      await this.step(from === 0 ? records : records.slice(from), nextOffset);
    }
  }

  private async step(records: readonly LogRecord[], nextOffset: number): Promise<void> {
    this.throwIfFailed();
    const ids = new Set<string>();
    for (const { event } of records) if ('customerId' in event) ids.add(event.customerId);
    await this.load(ids);
    for (const record of records) this.fold.apply(record);
    await this.commit(nextOffset);
  }

  private async sweep(record: LogRecord, sweep: SliceSwept): Promise<void> {
    this.throwIfFailed();
    const problem = this.fold.sweepProblem(sweep);
    if (problem !== null) {
      this.fold.reject(record, 'invalidControl', problem);
    } else {
      const day = sweep.mode === 'due' ? this.fold.state.logDay : Number.POSITIVE_INFINITY;
      const { store } = this.ports;
      // The commit in flight was sent before, so the store answers with what it has written.
      const ids = await store.due(this.partition, this.token, this.cursor, sweep.fromSlice, sweep.toSlice, day);
      await this.load(new Set(ids));
      this.fold.sweep(record, sweep, ids);
    }
    await this.commit(record.offset + 1);
  }

  /** Brings customers into the cache: a head each, then the sealed chunks that the heads name. */
  private async load(ids: ReadonlySet<string>): Promise<void> {
    const { cache, state } = this.fold;
    const missing: string[] = [];
    for (const id of ids) if (cache.get(id) === undefined) missing.push(id);
    if (missing.length === 0) return;
    // A partition that is folded from its start has every customer here until the first one leaves the cache.
    if (this.cursor === null || (this.startedEmpty && cache.isComplete)) {
      for (const id of missing) cache.put(new Customer(id));
      return;
    }
    const { store } = this.ports;
    const heads = await store.loadHeads(this.partition, this.token, this.cursor, missing);
    const decoded = missing.map((id, i) => {
      const head = heads[i];
      if (!head) return { customer: new Customer(id), chunkSequences: [] };
      const read = decodeHead(id, head, state);
      this.digests.remember(read.customer, head);
      return read;
    });
    const wanted = decoded.flatMap(({ customer, chunkSequences }) =>
      chunkSequences.map(sequence => ({ customerId: customer.id, sequence })),
    );
    const chunks = wanted.length === 0 ? [] : await store.loadChunks(this.partition, this.token, this.cursor, wanted);
    let next = 0;
    for (const { customer, chunkSequences } of decoded) {
      attachChunks(customer, chunks.slice(next, next + chunkSequences.length));
      next += chunkSequences.length;
      cache.put(customer);
    }
  }

  private async commit(nextOffset: number): Promise<void> {
    const output = this.fold.take();
    // 1. What was rejected is reported before the cursor passes it, so that it cannot be lost.
    if (output.rejections.length > 0) await this.ports.rejections.report(this.partition, output.rejections);
    // 2. A refold emits again what is on the output already: drop it, by id.
    const emissions = output.emissions.filter(({ id }) => this.emitted === null || compareIds(id, this.emitted) > 0);
    const entry = emissions.length > 0 ? this.ports.outbox.pack(this.partition, emissions) : null;
    const { acknowledged } = this;
    const commit: Commit = {
      ...this.writesOf(output),
      token: this.token,
      expectedCursor: this.cursor,
      nextCursor: nextOffset,
      acknowledged,
      stateFormat,
      foldVersion,
      partitionState: this.takePartitionState(),
      counters: output.counters,
      closings: output.closings,
      droppedRankings: output.droppedRankings,
      digests: this.digests.take(),
      outbox: entry,
    };
    // 3. One commit in flight: the next one waits for its end, the fold does not.
    await this.commitInFlight;
    await this.awaitOutput();
    this.throwIfFailed();
    this.cursor = nextOffset;
    this.isCommitting = true;
    this.commitInFlight = this.ports.store.commit(this.partition, commit).then(
      () => {
        this.isCommitting = false;
        this.storedAcknowledged = acknowledged;
        // 4. Only what the store holds is published: after a crash it is found in the outbox.
        if (entry !== null) this.enqueue(entry);
      },
      error => this.fail(error),
    );
    this.fold.cache.turn();
  }

  /** The fold waits where too much waits for the output, and goes on once half of that is gone, lest it flutter. */
  private async awaitOutput(): Promise<void> {
    const bytesMax = this.settings.unpublishedBytesMax;
    if (this.unpublishedBytes <= bytesMax && this.unpublishedEntries <= unpublishedEntriesMax) return;
    if (this.publishing === null) return;
    this.onOutputSlow(true);
    while (
      this.publishing !== null &&
      (this.unpublishedBytes > bytesMax / 2 || this.unpublishedEntries > unpublishedEntriesMax / 2)
    ) {
      await this.publishing;
    }
    this.onOutputSlow(false);
  }

  private takePartitionState(): string | null {
    const { state } = this.fold;
    if (!state.changed) return null;
    state.changed = false;
    return state.snapshot();
  }

  private writesOf(
    output: FoldOutput,
  ): Pick<Commit, 'heads' | 'views' | 'chunks' | 'droppedChunks' | 'droppedCustomers' | 'due' | 'ranks'> {
    const { state } = this.fold;
    const heads: { customerId: string; bytes: Uint8Array }[] = [];
    const views: { customerId: string; json: string }[] = [];
    const chunks: ChunkWrite[] = [];
    const due: DueWrite[] = [];
    const ranks: RankWrite[] = [];
    const droppedChunks: { customerId: string; sequence: number }[] = [];
    const reborn = new Set<string>();
    for (const customer of output.dirty) {
      const { id: customerId, slice, tiles } = customer;
      reborn.add(customerId);
      const head = encodeHead(customer, state);
      heads.push({ customerId, bytes: head });
      this.digests.write(customer, head);
      if (this.settings.views === 'always') views.push({ customerId, json: viewOf(customer, customer.policy) });
      if (tiles.changedChunks.length > 0) {
        for (const segment of tiles.segments) {
          if (!tiles.changedChunks.includes(segment.sequence)) continue;
          chunks.push({ customerId, sequence: segment.sequence, bytes: segment.bytes });
        }
      }
      for (const sequence of tiles.droppedChunks) droppedChunks.push({ customerId, sequence });
      tiles.markStored();
      if (customer.dueDay !== customer.storedDueDay) {
        due.push({ customerId, slice, day: customer.dueDay });
        customer.storedDueDay = customer.dueDay;
      }
      pushRankWrites(ranks, customer, state.rankings);
    }
    const droppedCustomers: string[] = [];
    for (const { customerId, slice, chunkSequences, stored } of output.forgotten) {
      this.digests.toggle(slice, stored);
      const written = new Set(chunks.filter(chunk => chunk.customerId === customerId).map(chunk => chunk.sequence));
      for (const sequence of chunkSequences) if (!written.has(sequence)) droppedChunks.push({ customerId, sequence });
      if (reborn.has(customerId)) continue;
      droppedCustomers.push(customerId);
      due.push({ customerId, slice, day: null });
      for (const ranking of state.rankings) ranks.push({ ranking, customerId, value: null });
    }
    return { heads, views, chunks, droppedChunks, droppedCustomers, due, ranks };
  }

  private enqueue(entry: StoredOutboxEntry): void {
    this.queue.push(entry);
    this.unpublishedBytes += entry.bytes.length;
    this.unpublishedEntries++;
    this.pump();
  }

  /** Publishes what waits, as much as fits one transaction; the rest, and what comes meanwhile, goes into the next. */
  private pump(): void {
    if (this.publishing !== null || this.queue.length === 0 || this.failure !== null || this.isClosed) return;
    const entries = this.takeTransaction();
    this.publishing = this.publisher.publish(entries, this.emitted).then(
      () => {
        this.publishing = null;
        this.acknowledged = entries.at(-1)!.last;
        for (const entry of entries) this.unpublishedBytes -= entry.bytes.length;
        this.unpublishedEntries -= entries.length;
        this.pump();
      },
      error => {
        this.publishing = null;
        this.fail(error);
      },
    );
  }

  /**
   * Bounded, because a transaction that lasts too long is ended by the broker, and after a takeover everything would
   * come again in one that is larger still.
   */
  private takeTransaction(): StoredOutboxEntry[] {
    let count = 0;
    for (let bytes = 0; count < this.queue.length && bytes < this.settings.transactionBytesMin; count++) {
      bytes += this.queue[count]!.bytes.length;
    }
    return this.queue.splice(0, count);
  }

  /**
   * With nothing to read: waits for the commit in flight, and once everything is published tells the store, so that the
   * outbox is empty at rest.
   */
  async idle(): Promise<void> {
    await this.commitInFlight;
    this.throwIfFailed();
    if (this.publishing !== null || this.isCommitting || this.cursor === null) return;
    if (this.acknowledged === null || this.acknowledged === this.storedAcknowledged) return;
    if (this.storedAcknowledged !== null && compareIds(this.acknowledged, this.storedAcknowledged) === 0) return;
    await this.commit(this.cursor);
    await this.commitInFlight;
    this.throwIfFailed();
  }

  /**
   * Asks whether the store still holds what this task has left there. A store that was lost or rolled back while nothing
   * happens would else be noticed by the next record only, and its views would be missing or old until then.
   */
  async verify(): Promise<void> {
    await this.commitInFlight;
    this.throwIfFailed();
    await this.ports.store.verify(this.partition, this.token, this.cursor, this.storedAcknowledged);
  }

  /** Waits until all that was folded is committed and published. */
  async drain(): Promise<void> {
    await this.commitInFlight;
    while (this.publishing !== null) await this.publishing;
    this.throwIfFailed();
  }

  /** Discards the producer, whatever its transaction does. Never aborts. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.publisher.close();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
  }

  private throwIfFailed(): void {
    if (this.failure !== null) throw this.failure;
  }
}

function compareCursors({ cursor, emitted, unpublished }: TaskStart): CursorsFound {
  if (cursor === null) return emitted === null ? 'new' : 'lost';
  if (unpublished.length > 0) return 'ahead';
  return emitted !== null && emitted.offset >= cursor ? 'behind' : 'even';
}
