/** Our own producers do not compress; a log may still hold batches that somebody else's producer compressed. */
import { createRequire } from 'node:module';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { decompressLz4 } from './lz4.ts';

/** snappyjs has no types. */
const { uncompress: uncompressSnappy } = createRequire(import.meta.url)('snappyjs') as {
  uncompress(bytes: Buffer, bytesMax: number): Buffer;
};

/** A bound against decompression bombs: brokers take a batch of 1 MiB unless told otherwise, and records shrink to a tenth. */
export const batchBytesMax = 64 * 1024 * 1024;

const codecs: readonly ((bytes: Buffer) => Buffer)[] = [
  bytes => bytes,
  bytes => gunzipSync(bytes, { maxOutputLength: batchBytesMax }),
  snappy,
  bytes => decompressLz4(bytes, batchBytesMax),
  bytes => zstdDecompressSync(bytes, { maxOutputLength: batchBytesMax }),
];

/** Throws where the bytes are not what the codec says, or too many. */
export function decompress(codec: number, bytes: Buffer): Buffer {
  const decode = codecs[codec];
  if (decode === undefined) throw new Error(`compression codec ${codec} is unknown`);
  try {
    return decode(bytes);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new Error(`it unpacks to more than ${batchBytesMax} bytes`, { cause: error });
  }
}

/** Java producers frame snappy in blocks: this magic, version and compatible version, then length-prefixed blocks. */
const framed = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const frameHeaderBytes = 16;

function snappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, framed.length).equals(framed)) return uncompressSnappy(bytes, batchBytesMax);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = frameHeaderBytes; at < bytes.length; ) {
    const length = bytes.readInt32BE(at);
    if (length <= 0) throw new Error(`a snappy block of ${length} bytes`);
    const block = uncompressSnappy(bytes.subarray(at + 4, at + 4 + length), batchBytesMax - total);
    blocks.push(block);
    total += block.length;
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}
