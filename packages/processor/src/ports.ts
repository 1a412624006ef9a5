/**
 * The ports of the partition task. Adapters implement them: redis the state store, kafka the log, the output's tail
 * and the publisher, codec the encoding of emissions. The in-memory ones serve `backtest` and the simulator.
 *
 * Errors. Data errors are values and never pass through here. A port throws `Fenced` when somebody else owns the
 * partition, `CursorMoved` or `StateLost` when the stored state is not what the caller thought, and `PortFailure` for
 * everything that is unknown or may pass (connection lost, time-out, broker away).
 */
import type { Emission, EmissionId, Rejection } from '@tierflow/customer/changes';
import type { LogRecord } from '@tierflow/customer/events';

/** Head and sealed chunks of one customer, as stored. */
export interface StoredCustomer {
  readonly head: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}

export interface StoredOutboxEntry {
  readonly first: EmissionId;
  readonly last: EmissionId;
  readonly bytes: Uint8Array;
}

/** What a claim finds in the partition's meta. */
export interface Claimed {
  /** Next offset to fold; null: there is no state (new or lost). */
  readonly cursor: number | null;
  readonly stateFormat: number | null;
  readonly foldVersion: number | null;
  /** The fold's own partition state as JSON text. */
  readonly partitionState: string | null;
  /** Last emission that was confirmed as published. */
  readonly acknowledged: EmissionId | null;
  /** Entries not yet trimmed, ascending. */
  readonly outbox: readonly StoredOutboxEntry[];
  readonly counters: CounterSnapshot;
  /** By slice; empty: the state keeps none. See slice-digests.ts. */
  readonly digests: ReadonlyMap<number, string>;
}

/** Absolute values of the partition's counters, by table. */
export interface CounterSnapshot {
  /** `program|from|to|cause` → transitions. */
  readonly flow: ReadonlyMap<string, number>;
  /** `program|tier` → customers. */
  readonly stock: ReadonlyMap<string, number>;
  /** `applied`, `duplicate`, `late`, `rejected.<reason>`, … → records. */
  readonly records: ReadonlyMap<string, number>;
  /**
   * `program|tier|orders`, `…|spendMinor` (purchases − refunds), `…|feedbacks`, `…|scoreHundredths` (sum of per cent) →
   * what the facts of customers in the tier have brought since the log began.
   */
  readonly headline: ReadonlyMap<string, number>;
}

/** A place in a rank index. */
export interface RankWrite {
  readonly ranking: string;
  readonly customerId: string;
  /** null removes the customer. */
  readonly value: number | null;
}

/** Flow, stock and headline counters as they stood at the end of a business day; the totals since the log began. */
export interface DayClosing {
  readonly day: number;
  /** A `ClosedDay` as JSON text. */
  readonly json: string;
}

export interface ChunkWrite {
  readonly customerId: string;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface DueWrite {
  readonly customerId: string;
  readonly slice: number;
  /** First day on which something changes by time alone; Infinity where nothing does; null removes the customer. */
  readonly day: number | null;
}

/** One atomic step of a partition: absolute values only, so that applying it is the same as having applied it. */
export interface Commit {
  readonly token: string;
  readonly expectedCursor: number | null;
  readonly nextCursor: number;
  readonly acknowledged: EmissionId | null;
  readonly stateFormat: number;
  readonly foldVersion: number;
  /** null: unchanged. */
  readonly partitionState: string | null;
  readonly heads: readonly { readonly customerId: string; readonly bytes: Uint8Array }[];
  readonly views: readonly { readonly customerId: string; readonly json: string }[];
  readonly chunks: readonly ChunkWrite[];
  readonly droppedChunks: readonly { readonly customerId: string; readonly sequence: number }[];
  /** Forgotten customers: head and view go. Their chunks are in `droppedChunks`, their due entry in `due`. */
  readonly droppedCustomers: readonly string[];
  readonly due: readonly DueWrite[];
  readonly ranks: readonly RankWrite[];
  /** Rank indexes that no policy asks for any more. */
  readonly droppedRankings: readonly string[];
  readonly closings: readonly DayClosing[];
  /** Changed counters only, absolute. A value of 0 is written as 0. */
  readonly counters: CounterSnapshot;
  /** Digests of the slices that change, absolute. */
  readonly digests: ReadonlyMap<number, string>;
  /** One packed entry per commit with emissions. */
  readonly outbox: StoredOutboxEntry | null;
}

export interface StateStore {
  /**
   * Takes the partition over: stores the token, by which every earlier owner is fenced, and the id of the last
   * emission on the output, below which a refold is only catching up (the exporter waits for it).
   */
  claim(partition: number, token: string, emitted: EmissionId | null): Promise<Claimed>;
  /** Deletes every key of the partition but its meta. For a refold from the start, before the first commit. */
  reset(partition: number, token: string): Promise<void>;
  /** Heads of customers, null where there is none. Checked against token and cursor; null = no cursor stored yet. */
  loadHeads(
    partition: number,
    token: string,
    cursor: number | null,
    ids: readonly string[],
  ): Promise<(Uint8Array | null)[]>;
  /** Sealed chunks; a missing one is StateLost. */
  loadChunks(
    partition: number,
    token: string,
    cursor: number | null,
    chunks: readonly { readonly customerId: string; readonly sequence: number }[],
  ): Promise<Uint8Array[]>;
  /** Customers of the slices whose due day is ≤ day (Infinity: all of them), in any order. */
  due(
    partition: number,
    token: string,
    cursor: number | null,
    fromSlice: number,
    toSlice: number,
    day: number,
  ): Promise<string[]>;
  commit(partition: number, commit: Commit): Promise<void>;
  /** Resolves where the partition stands as its owner left it; else Fenced, CursorMoved or StateLost. */
  verify(partition: number, token: string, cursor: number | null, acknowledged: EmissionId | null): Promise<void>;
}

/** The rank indexes of all partitions together, for whoever calibrates or looks up a rank. Values are exact integers. */
export interface RankIndexes {
  size(ranking: string): Promise<number>;
  /** How many values are at most each bound. */
  countThrough(ranking: string, bounds: readonly number[]): Promise<readonly number[]>;
  /** null: nobody is ranked. */
  extremes(ranking: string): Promise<{ readonly least: number; readonly greatest: number } | null>;
  sum(ranking: string): Promise<bigint>;
}

export interface OutputTail {
  /**
   * Id of the last committed record of the output partition, read after the publisher fenced its predecessor.
   * `logStart` is the first offset that the partition still has: no record although it is > 0 means it was deleted.
   */
  lastEmission(partition: number): Promise<{ readonly id: EmissionId | null; readonly logStart: number }>;
}

export interface EventLog {
  /** First and next offset of the log partition. */
  bounds(partition: number): Promise<{ readonly start: number; readonly end: number }>;
  /** The record at offset 0, undecoded errors as Unreadable; null where the partition is empty. */
  genesis(partition: number): Promise<LogRecord | null>;
}

/** One producer epoch of one partition. After any error it must be closed and never used again. */
export interface Publisher {
  /** Begins and ends an empty transaction: fences the predecessor and settles its open transaction. */
  fence(): Promise<void>;
  /**
   * One transaction: the `customer-tiers` records, then, once these are acknowledged, the `tier-changes` records in
   * id order, every acknowledgement awaited, then the commit. Never aborts. Emissions with an id ≤ `after` are on the
   * output already and are left out, one by one: the entry that holds the last of them may hold more.
   */
  publish(entries: readonly StoredOutboxEntry[], after: EmissionId | null): Promise<void>;
  close(): Promise<void>;
}

export interface PublisherFactory {
  open(partition: number): Promise<Publisher>;
}

export interface RejectionSink {
  /** Resolves once every record is acknowledged. At least once. */
  report(partition: number, rejections: readonly Rejection[]): Promise<void>;
}

/** Final bytes of emissions. Packing happens once, in the commit; what was packed is what is published. */
export interface OutboxCodec {
  pack(partition: number, emissions: readonly Emission[]): StoredOutboxEntry;
}
