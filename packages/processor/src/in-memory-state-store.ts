/** The state store in memory, for `backtest` and the simulator. The same checks as the real one, in the same order. */
import { compareIds, type EmissionId } from '@tierflow/customer/changes';
import { CursorMoved, Fenced, StateLost } from './errors.ts';
import { InMemoryRankIndex } from './in-memory-rank-index.ts';
import type { Claimed, Commit, StateStore, StoredOutboxEntry } from './ports.ts';

class StoredPartition {
  token: string | null = null;
  /** Counts claims, so that an older backup can be told from a later owner. */
  epoch = 0;
  cursor: number | null = null;
  stateFormat: number | null = null;
  foldVersion: number | null = null;
  partitionState: string | null = null;
  acknowledged: EmissionId | null = null;
  outbox: StoredOutboxEntry[] = [];
  readonly heads = new Map<string, Uint8Array>();
  readonly chunks = new Map<string, Uint8Array>();
  readonly views = new Map<string, string>();
  readonly due = new Map<string, { slice: number; day: number }>();
  readonly flow = new Map<string, number>();
  readonly stock = new Map<string, number>();
  readonly records = new Map<string, number>();
  readonly headline = new Map<string, number>();
  /** By ranking: customer → value. */
  readonly ranks = new Map<string, InMemoryRankIndex>();
  /** By day. */
  readonly closings = new Map<number, string>();
  readonly digests = new Map<number, string>();
}

const chunkKey = (customerId: string, sequence: number): string => `${sequence}:${customerId}`;

export class InMemoryStateStore implements StateStore {
  private readonly partitions = new Map<number, StoredPartition>();

  /** For readers: what the partition holds. */
  partition(partition: number): StoredPartition {
    let stored = this.partitions.get(partition);
    if (stored === undefined) {
      stored = new StoredPartition();
      this.partitions.set(partition, stored);
    }
    return stored;
  }

  async claim(partition: number, token: string, _emitted: EmissionId | null): Promise<Claimed> {
    const stored = this.partition(partition);
    stored.token = token;
    stored.epoch++;
    const { cursor, stateFormat, foldVersion, partitionState, acknowledged } = stored;
    return {
      cursor,
      stateFormat,
      foldVersion,
      partitionState,
      acknowledged,
      outbox: [...stored.outbox],
      counters: {
        flow: new Map(stored.flow),
        stock: new Map(stored.stock),
        records: new Map(stored.records),
        headline: new Map(stored.headline),
      },
      digests: new Map(stored.digests),
    };
  }

  async reset(partition: number, token: string): Promise<void> {
    const { epoch } = this.checkToken(partition, token);
    const fresh = new StoredPartition();
    fresh.token = token;
    fresh.epoch = epoch;
    this.partitions.set(partition, fresh);
  }

  async loadHeads(
    partition: number,
    token: string,
    cursor: number | null,
    ids: readonly string[],
  ): Promise<(Uint8Array | null)[]> {
    const stored = this.check(partition, token, cursor);
    return ids.map(id => stored.heads.get(id) ?? null);
  }

  async loadChunks(
    partition: number,
    token: string,
    cursor: number | null,
    chunks: readonly { readonly customerId: string; readonly sequence: number }[],
  ): Promise<Uint8Array[]> {
    const stored = this.check(partition, token, cursor);
    return chunks.map(({ customerId, sequence }) => {
      const bytes = stored.chunks.get(chunkKey(customerId, sequence));
      if (bytes === undefined) throw new StateLost(`Chunk ${sequence} of customer ${customerId} is missing.`);
      return bytes;
    });
  }

  async due(
    partition: number,
    token: string,
    cursor: number | null,
    fromSlice: number,
    toSlice: number,
    day: number,
  ): Promise<string[]> {
    const stored = this.check(partition, token, cursor);
    const ids: string[] = [];
    for (const [id, entry] of stored.due) {
      if (entry.slice >= fromSlice && entry.slice <= toSlice && entry.day <= day) ids.push(id);
    }
    return ids;
  }

  async commit(partition: number, commit: Commit): Promise<void> {
    const stored = this.check(partition, commit.token, commit.expectedCursor);
    // Deletes first: a customer who is forgotten and comes back within one step is kept.
    for (const { customerId, sequence } of commit.droppedChunks) stored.chunks.delete(chunkKey(customerId, sequence));
    for (const customerId of commit.droppedCustomers) {
      stored.heads.delete(customerId);
      stored.views.delete(customerId);
    }
    for (const { customerId, bytes } of commit.heads) stored.heads.set(customerId, bytes.slice());
    for (const { customerId, json } of commit.views) stored.views.set(customerId, json);
    for (const { customerId, sequence, bytes } of commit.chunks) {
      stored.chunks.set(chunkKey(customerId, sequence), bytes);
    }
    for (const { customerId, slice, day } of commit.due) {
      if (day === null) stored.due.delete(customerId);
      else stored.due.set(customerId, { slice, day });
    }
    for (const ranking of commit.droppedRankings) stored.ranks.delete(ranking);
    for (const { ranking, customerId, value } of commit.ranks) {
      let index = stored.ranks.get(ranking);
      if (index === undefined) {
        index = new InMemoryRankIndex();
        stored.ranks.set(ranking, index);
      }
      if (value === null) index.delete(customerId);
      else index.set(customerId, value);
    }
    for (const { day, json } of commit.closings) stored.closings.set(day, json);
    for (const table of ['flow', 'stock', 'records', 'headline'] as const) {
      for (const [key, value] of commit.counters[table]) stored[table].set(key, value);
    }
    for (const [slice, digest] of commit.digests) stored.digests.set(slice, digest);
    const { acknowledged } = commit;
    if (acknowledged !== null) stored.outbox = stored.outbox.filter(entry => compareIds(entry.last, acknowledged) > 0);
    if (commit.outbox !== null) stored.outbox.push(commit.outbox);
    if (commit.partitionState !== null) stored.partitionState = commit.partitionState;
    stored.acknowledged = acknowledged;
    stored.stateFormat = commit.stateFormat;
    stored.foldVersion = commit.foldVersion;
    stored.cursor = commit.nextCursor;
  }

  async verify(
    partition: number,
    token: string,
    cursor: number | null,
    acknowledged: EmissionId | null,
  ): Promise<void> {
    const stored = this.check(partition, token, cursor).acknowledged;
    const isSame =
      stored === null || acknowledged === null ? stored === acknowledged : !compareIds(stored, acknowledged);
    if (!isSame)
      throw new CursorMoved(`Partition ${partition} went back to a state from before its last confirmation.`);
  }

  private checkToken(partition: number, token: string): StoredPartition {
    const stored = this.partition(partition);
    if (stored.token === null) throw new StateLost(`Partition ${partition} is not claimed.`);
    if (stored.token !== token) throw new Fenced(`Partition ${partition} was claimed by another owner.`);
    return stored;
  }

  private check(partition: number, token: string, cursor: number | null): StoredPartition {
    const stored = this.checkToken(partition, token);
    if (stored.cursor !== cursor) {
      throw new CursorMoved(`Partition ${partition} is at ${stored.cursor}, not at ${cursor}.`);
    }
    return stored;
  }
}
