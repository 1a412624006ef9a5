import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { InMemoryRegistry } from './in-memory-registry.ts';
import { RecordCodec } from './record-codec.ts';
import { isTagged, type RecordName, recordSchema } from './schemas.ts';
import { releasedSchemas, sampleType } from './testing/releases.ts';

const { types } = avsc;

/** A value of an earlier release as today's schema has it: what did not exist then is filled by its default. */
function asOfToday(type: avsc.Type, value: unknown): unknown {
  if (type instanceof types.RecordType) {
    const record = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      type.fields.map(({ name, type: fieldType, defaultValue }) => [
        name,
        name in record ? asOfToday(fieldType, record[name]) : defaultValue(),
      ]),
    );
  }
  if (type instanceof types.ArrayType) return (value as unknown[]).map(item => asOfToday(type.itemsType, item));
  if (type instanceof types.UnwrappedUnionType && value !== null) {
    const nested = type.types.find(branch => branch instanceof types.RecordType);
    return nested === undefined ? value : asOfToday(nested, value);
  }
  return value;
}

describe.each(releasedSchemas())('$file', ({ topic, schema, samples }) => {
  const record = schema.name as RecordName;
  const writer = sampleType(schema);

  it('has samples from end to end of its fields', () => {
    expect(samples.length).toBeGreaterThan(4);
  });

  it('says in JSON what its bytes mean', () => {
    for (const { body, value } of samples) expect(writer.toBuffer(value).toString('hex')).toBe(body.toString('hex'));
  });

  it('is still read to the values beside its bytes', async () => {
    const registry = new InMemoryRegistry();
    const tagged = isTagged(topic);
    const codec = new RecordCodec(registry, await registry.register(), [record], tagged);
    const header = Buffer.alloc(5);
    header.writeInt32BE(registry.add(writer), 1);

    const today = recordSchema(record).type;
    for (const { body, value } of samples) {
      const expected = asOfToday(today, value) as object;
      expect(await codec.read(Buffer.concat([header, body]))).toEqual(
        tagged ? { type: record, ...expected } : expected,
      );
    }
  });
});
