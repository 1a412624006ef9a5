/** Our own producers do not compress; a log may still hold batches that somebody else's producer compressed. */
import { createRequire } from 'node:module';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { PortFailure } from '@tierflow/processor/errors';

/** snappyjs has no types. */
const { uncompress: uncompressSnappy } = createRequire(import.meta.url)('snappyjs') as {
  uncompress(bytes: Buffer, bytesMax: number): Buffer;
};

/** A bound against decompression bombs. A batch is at most some megabytes of records. */
const batchBytesMax = 128 * 1024 * 1024;

const codecs: readonly ((bytes: Buffer) => Buffer)[] = [
  bytes => bytes,
  bytes => gunzipSync(bytes, { maxOutputLength: batchBytesMax }),
  snappy,
  () => {
    throw new Error(
      'lz4 is not supported; set compression.type of the topic (or of its producers) to gzip, snappy or zstd',
    );
  },
  bytes => zstdDecompressSync(bytes, { maxOutputLength: batchBytesMax }),
];

export function decompress(codec: number, bytes: Buffer, topic: string): Buffer {
  try {
    const decode = codecs[codec];
    if (decode === undefined) throw new Error(`compression codec ${codec} is unknown`);
    return decode(bytes);
  } catch (error) {
    throw new PortFailure('protocol', `${topic}: a batch cannot be decompressed: ${(error as Error).message}`, error);
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
    const block = uncompressSnappy(bytes.subarray(at + 4, at + 4 + length), batchBytesMax - total);
    blocks.push(block);
    total += block.length;
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}
