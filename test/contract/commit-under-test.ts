/** Commits for the tests of what stores them. */
import type { EmissionId } from '@tierflow/customer/changes';
import type { Commit, CounterSnapshot, StoredOutboxEntry } from '@tierflow/processor/ports';

export const noCounters: CounterSnapshot = {
  flow: new Map(),
  stock: new Map(),
  records: new Map(),
  headline: new Map(),
};

/** A commit that writes nothing but the cursor, and whatever is given. */
export function commitOf(writes: Partial<Commit>): Commit {
  return {
    token: 'owner',
    expectedCursor: null,
    nextCursor: 10,
    acknowledged: null,
    stateFormat: 1,
    foldVersion: 1,
    partitionState: null,
    heads: [],
    views: [],
    chunks: [],
    droppedChunks: [],
    droppedCustomers: [],
    due: [],
    ranks: [],
    droppedRankings: [],
    closings: [],
    counters: noCounters,
    digests: new Map(),
    outbox: null,
    ...writes,
  };
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function idAt(offset: number, index = 0): EmissionId {
  return { offset, index };
}

export function entryAt(first: EmissionId, last: EmissionId): StoredOutboxEntry {
  return { first, last, bytes: bytesOf(`emissions up to ${last.offset}.${last.index}`) };
}

export function textOf(bytes: Uint8Array | null | undefined): string | null {
  return bytes ? new TextDecoder().decode(bytes) : null;
}
