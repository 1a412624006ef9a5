/**
 * A digest for each slice over all that is stored of its customers: the exclusive or of a 64-bit hash of every head and
 * every chunk, each under its customer's id. A commit moves it along, in the same atomic step, by what it overwrites,
 * deletes and writes; so whoever reads a slice and its digest at one instant sees whether anything was lost or altered
 * that no owner has written: an evicted key, one deleted by hand, a bit that fell over.
 *
 * What is taken out is the hash of what was read, not of what should have been there. So damage stays visible for ever,
 * also where the owner has since read a damaged value and written over it.
 */
import type { Customer } from '@tierflow/customer/customer';
import { type Hash64, hashValue64 } from '@tierflow/window/hash';
import { inHead } from '@tierflow/window/tile-series';

const scratch: Hash64 = { high: 0, low: 0 };

export class SliceDigests {
  private readonly values = new Map<number, Hash64>();
  private readonly changed = new Set<number>();
  /** A state that an older release has begun has none, and half a digest would be worse than none. */
  private readonly isKept: boolean;

  constructor(stored: ReadonlyMap<number, string>) {
    this.isKept = stored.size > 0;
    for (const [slice, digest] of stored) this.values.set(slice, parseDigest(digest));
  }

  /** Of a partition that is folded from its start. Its first commit writes one, which tells that digests are kept. */
  static empty(): SliceDigests {
    const digests = new SliceDigests(new Map([[0, noDigest]]));
    digests.changed.add(0);
    return digests;
  }

  /** The head was read from the store. */
  remember(customer: Customer, head: Uint8Array): void {
    hashValue64(scratch, customer.id, inHead, head);
    customer.storedHeadHigh = scratch.high;
    customer.storedHeadLow = scratch.low;
  }

  /** The next commit writes this head, and the chunks that have changed. */
  write(customer: Customer, head: Uint8Array): void {
    if (!this.isKept) return;
    const { id, slice, tiles } = customer;
    const { outdatedChunks, changedChunks } = tiles;
    hashValue64(scratch, id, inHead, head);
    const digest = this.of(slice);
    digest.high ^= customer.storedHeadHigh ^ scratch.high;
    digest.low ^= customer.storedHeadLow ^ scratch.low;
    customer.storedHeadHigh = scratch.high;
    customer.storedHeadLow = scratch.low;
    for (const { sequence, bytes } of outdatedChunks) mix(digest, id, sequence, bytes);
    if (changedChunks.length === 0) return;
    for (const { sequence, bytes } of tiles.segments) {
      if (changedChunks.includes(sequence)) mix(digest, id, sequence, bytes);
    }
  }

  /** Takes out what is in, and the other way round. */
  toggle(slice: number, hash: Readonly<Hash64>): void {
    if (!this.isKept) return;
    const digest = this.of(slice);
    digest.high ^= hash.high;
    digest.low ^= hash.low;
  }

  /** Hands over the digests that have changed since the last time. */
  take(): Map<number, string> {
    const taken = new Map<number, string>();
    for (const slice of this.changed) taken.set(slice, formatDigest(this.values.get(slice)!));
    this.changed.clear();
    return taken;
  }

  private of(slice: number): Hash64 {
    this.changed.add(slice);
    let digest = this.values.get(slice);
    if (digest === undefined) {
      digest = { high: 0, low: 0 };
      this.values.set(slice, digest);
    }
    return digest;
  }
}

/** Takes a value into a digest or, once it is in, out of it. */
export function mix(digest: Hash64, customerId: string, sequence: number, bytes: Uint8Array): void {
  hashValue64(scratch, customerId, sequence, bytes);
  digest.high ^= scratch.high;
  digest.low ^= scratch.low;
}

/** Over the head and all chunks of a customer as they are in the store. */
export function storedHash(customer: Customer): Hash64 {
  const hash = { high: customer.storedHeadHigh, low: customer.storedHeadLow };
  for (const { sequence, bytes } of customer.tiles.storedChunks()) mix(hash, customer.id, sequence, bytes);
  return hash;
}

/** Sixteen hexadecimal digits. */
export function formatDigest({ high, low }: Readonly<Hash64>): string {
  return hex(high) + hex(low);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

function parseDigest(text: string): Hash64 {
  return { high: Number.parseInt(text.slice(0, 8), 16) | 0, low: Number.parseInt(text.slice(8), 16) | 0 };
}

/** Of a slice that nothing is stored of. */
export const noDigest = formatDigest({ high: 0, low: 0 });
