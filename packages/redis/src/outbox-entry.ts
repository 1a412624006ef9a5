/** An entry of the outbox list: its first and last emission id, then the packed emissions. */
import type { StoredOutboxEntry } from '@tierflow/processor/ports';
import { emissionIdLength, formatEmissionId, parseEmissionId } from './emission-id.ts';

export function encodeOutboxEntry(entry: StoredOutboxEntry): Uint8Array {
  return Buffer.concat([
    Buffer.from(formatEmissionId(entry.first) + formatEmissionId(entry.last), 'latin1'),
    entry.bytes,
  ]);
}

export function decodeOutboxEntry(stored: Buffer): StoredOutboxEntry {
  return {
    first: parseEmissionId(stored.toString('latin1', 0, emissionIdLength)),
    last: parseEmissionId(stored.toString('latin1', emissionIdLength, 2 * emissionIdLength)),
    bytes: stored.subarray(2 * emissionIdLength),
  };
}
