import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryRecords } from './arbitrary-records.ts';
import { InMemoryRegistry } from './in-memory-registry.ts';
import { RecordCodec } from './record-codec.ts';
import { isTagged, type RecordName, recordSchema, recordSchemas } from './schemas.ts';
import { headerBytes } from './wire-format.ts';

const registry = new InMemoryRegistry();
const ids = await registry.register();
const records = [...recordSchemas.keys()];

/** Of every record of the wire, whichever topic it is for. */
function codecOf(record: RecordName) {
  return new RecordCodec(registry, ids, [record], isTagged(recordSchema(record).topic));
}

const arbitraryRecord = (record: RecordName): fc.Arbitrary<object> => arbitraryRecords[record];

/** avsc by itself, its longs read as BigInt: it has no number for all of them. */
const bigLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

const isLong = (schema: unknown) => schema === 'long' || (schema as { type?: unknown }).type === 'long';

/** Field by field in order, whatever the prototypes are. */
const textOf = (value: unknown) =>
  JSON.stringify(value, (_, field) => {
    if (typeof field === 'bigint') return Number(field);
    return Object.is(field, -0) ? '-0' : field;
  });

/** With such a key in a map avsc sets the map's prototype. */
const hasNoProtoKey = (value: object) =>
  !('attributes' in value && Object.hasOwn(value.attributes as object, '__proto__'));

describe('every record', () => {
  it('is covered here', () => {
    expect(records.toSorted()).toEqual(Object.keys(arbitraryRecords).toSorted());
  });

  it.each(records)('%s comes back as it went', record => {
    const codec = codecOf(record);
    fc.assert(
      fc.property(arbitraryRecord(record), value => {
        expect(codec.decode(codec.encode(record, value as never))).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });

  it.each(records)('%s is read as avsc reads it', record => {
    const codec = codecOf(record);
    const theirType = avsc.Type.forSchema(JSON.parse(recordSchema(record).text), {
      wrapUnions: 'never',
      typeHook: schema => (isLong(schema) ? bigLong : undefined),
    });
    const tag = isTagged(recordSchema(record).topic) ? { type: record } : {};
    fc.assert(
      fc.property(arbitraryRecord(record).filter(hasNoProtoKey), value => {
        const bytes = codec.encode(record, value as never);
        const theirs = theirType.decode(bytes, headerBytes);
        expect(theirs.offset).toBe(bytes.length);
        expect(textOf(codec.decode(bytes))).toBe(textOf({ ...tag, ...theirs.value }));
      }),
      { numRuns: 50 },
    );
  });

  it.each(records)('%s cut at any byte is undecodable', record => {
    const codec = codecOf(record);
    const [value] = fc.sample(arbitraryRecord(record), { seed: 7, numRuns: 1 });
    const bytes = codec.encode(record, value as never).subarray(0, 4000);
    for (let length = headerBytes; length < bytes.length; length++) {
      expect(codec.decode(bytes.subarray(0, length))).toMatchObject({ type: 'Unreadable', reason: 'undecodable' });
    }
  });

  it.each(records)('%s with any byte changed is a record or a data error', record => {
    const codec = codecOf(record);
    fc.assert(
      fc.property(arbitraryRecord(record), fc.nat(), fc.integer({ min: 0, max: 255 }), (value, at, byte) => {
        const bytes = codec.encode(record, value as never);
        if (bytes.length === headerBytes) return;
        bytes[headerBytes + (at % (bytes.length - headerBytes))] = byte;
        expect(codec.decode(bytes)).toBeTypeOf('object');
      }),
    );
  });

  it.each(records)('%s of random bytes is a record or a data error', record => {
    const codec = codecOf(record);
    const header = codec.encode(record, fc.sample(arbitraryRecord(record), 1)[0] as never).subarray(0, headerBytes);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), body => {
        expect(codec.decode(Buffer.concat([header, body]))).toBeTypeOf('object');
      }),
    );
  });
});
