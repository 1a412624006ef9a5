/**
 * A send becomes one record batch per partition, so it must stay below the broker's message.max.bytes (1 MiB by
 * default); and kafkajs copies a quadratic number of references while it groups a send, so the count is bounded too.
 */
import type { Message } from 'kafkajs';

const chunkBytesMax = 512 * 1024;
const chunkRecordsMax = 1000;
/** Length prefixes and deltas of a record, estimated from above. */
const recordOverheadBytes = 32;

export function* chunks<M extends Message>(messages: Iterable<M>, recordsMax = chunkRecordsMax): Generator<M[]> {
  let chunk: M[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (chunk.length > 0 && (bytes + size > chunkBytesMax || chunk.length === recordsMax)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

function sizeOf(message: Message): number {
  let size = recordOverheadBytes + lengthOf(message.key) + lengthOf(message.value);
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    size +=
      8 +
      Buffer.byteLength(name) +
      (Array.isArray(value) ? value.reduce((sum, v) => sum + lengthOf(v), 0) : lengthOf(value));
  }
  return size;
}

function lengthOf(value: Buffer | string | null | undefined): number {
  return value === null || value === undefined ? 0 : Buffer.byteLength(value);
}
