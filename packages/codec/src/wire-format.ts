/** The registry's framing of an Avro value: a zero byte, the schema's id in 4 bytes, the body. */
import type avsc from 'avsc';

const magic = 0;
export const headerBytes = 5;

/** Grows to the largest record seen; what is returned is a copy of the right size. */
let scratch = Buffer.allocUnsafe(4096);

export function encodeFramed(schemaId: number, type: avsc.Type, value: unknown): Buffer {
  let end = type.encode(value, scratch, headerBytes);
  if (end < 0) {
    // A negative end says how many bytes were missing.
    scratch = Buffer.allocUnsafe(2 * (scratch.length - end));
    end = type.encode(value, scratch, headerBytes);
  }
  scratch[0] = magic;
  scratch.writeInt32BE(schemaId, 1);
  return Buffer.from(scratch.subarray(0, end));
}

/** null: the value is not framed. */
export function schemaIdOf(value: Buffer): number | null {
  return value.length < headerBytes || value[0] !== magic
    ? null
    : ((value[1] as number) << 24) | ((value[2] as number) << 16) | ((value[3] as number) << 8) | (value[4] as number);
}
