/** Digests of a partition while its customers pass by, by slice. */
import { formatDigest, mix } from '@tierflow/processor/slice-digests';
import type { PutCustomer } from '@tierflow/redis/partition-hold';
import type { Hash64 } from '@tierflow/window/hash';
import { inHead } from '@tierflow/window/tile-series';

export class PassingDigests {
  readonly #slices: Hash64[];
  customers = 0;

  constructor(slices: number) {
    this.#slices = Array.from({ length: slices }, () => ({ high: 0, low: 0 }));
  }

  add({ id, slice, head, chunks }: PutCustomer): void {
    this.customers++;
    const digest = this.#slices[slice]!;
    mix(digest, id, inHead, head);
    for (const { sequence, bytes } of chunks) mix(digest, id, sequence, bytes);
  }

  bySlice(): ReadonlyMap<number, string> {
    return new Map(this.#slices.map((digest, slice) => [slice, formatDigest(digest)]));
  }

  /** Of the partition: the exclusive or over all slices. */
  total(): string {
    const total = { high: 0, low: 0 };
    for (const { high, low } of this.#slices) {
      total.high ^= high;
      total.low ^= low;
    }
    return formatDigest(total);
  }
}
