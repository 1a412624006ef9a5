/**
 * Hashes that are stored or decide where a customer lives. They must never change.
 */
import { encodeUtf8 } from './bytes.ts';

export interface Hash64 {
  high: number;
  low: number;
}

/**
 * 64 bits over several texts, each ended by a separator that no text holds. Two multiplicative lanes with a final
 * avalanche (the cyrb53 construction, both lanes kept whole). Ids meet only within one customer's day, so the chance
 * of a false duplicate among a thousand ids of a day is below 1e-13.
 */
export function hash64(into: Hash64, ...texts: readonly string[]): void {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let t = 0; t < texts.length; t++) {
    const text = texts[t]!;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ 0x1f0001, 2654435761);
    b = Math.imul(b ^ 0x1f0001, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  into.high = b >>> 0;
  into.low = a >>> 0;
}

/**
 * 64 bits over a stored value: under whose key it stands, which part of it, and its bytes. For telling whether a value is
 * still the one that was written, so it is made to be cheap: four bytes a step, in two lanes, each step a bijection that
 * mixes upwards and downwards. Written with signed integers, which an engine keeps without a box.
 */
export function hashValue64(into: Hash64, key: string, part: number, bytes: Uint8Array): void {
  let a = 0xdeadbeef ^ part;
  let b = 0x41c6ce57 ^ bytes.length;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  const { length } = bytes;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    a = Math.imul(a ^ word, 2654435761);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 1597334677);
    b ^= b >>> 13;
  }
  for (; i < length; i++) {
    a = Math.imul(a ^ bytes[i]!, 2654435761);
    b = Math.imul(b ^ bytes[i]!, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  into.high = b | 0;
  into.low = a | 0;
}

/** Kafka's murmur2 of the UTF-8 bytes, as an unsigned 32-bit number with the sign bit cleared. */
export function murmur2(text: string): number {
  const bytes = encodeUtf8(text);
  const length = bytes.length;
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = length - i;
  if (rest >= 3) h ^= bytes[i + 2]! << 16;
  if (rest >= 2) h ^= bytes[i + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ bytes[i]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  h ^= h >>> 15;
  return h & 0x7fffffff;
}
