/** One number for all that is stored of a partition, whatever the order of its tables. What tells of batches is left out. */
import { type Hash64, hash64 } from '@tierflow/window/hash';
import type { Stored } from './sim-redis.ts';

const hash: Hash64 = { high: 0, low: 0 };

export function digestOf(stored: Stored): string {
  let high = 0;
  let low = 0;
  const add = (...texts: readonly string[]) => {
    hash64(hash, ...texts);
    high = (high + hash.high) % 0x1_0000_0000;
    low = (low + hash.low) % 0x1_0000_0000;
  };
  for (const [id, bytes] of stored.heads) add('head', id, latin1(bytes));
  for (const [key, bytes] of stored.chunks) add('chunk', key, latin1(bytes));
  for (const [id, json] of stored.views) add('view', id, json);
  for (const [id, { slice, day }] of stored.due) add('due', id, `${slice} ${day}`);
  for (const table of ['flow', 'stock', 'records', 'headline', 'closings', 'digests'] as const) {
    for (const [key, value] of stored[table]) add(table, String(key), String(value));
  }
  for (const [ranking, places] of stored.ranks) {
    for (const [id, value] of places) add('rank', ranking, id, String(value));
  }
  add('state', stored.partitionState ?? '');
  return `${high.toString(16)}-${low.toString(16)}`;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
