/** Avro records of foreign systems: bytes that are nearly right, of schemas that people write. */
import { ForeignAvroReader } from '@tierflow/codec/foreign-avro-reader';
import { parseSources } from '@tierflow/config/sources/parse-sources';
import avsc from 'avsc';
import fc from 'fast-check';
import { badRecordsSources } from '../../fixtures/bad-records.ts';
import { alteredBytes, hostileWord } from '../hostile-text.ts';
import { mapAll } from '../map-all.ts';
import type { FuzzSubject } from '../subject.ts';

const parsed = parseSources(badRecordsSources, { zone: 'Europe/Berlin', baseCurrency: 'EUR' });
if (!parsed.ok) throw new Error('The sources are invalid.');

const schema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: ['null', 'long', 'string'] },
    {
      name: 'customer',
      type: { type: 'record', name: 'Customer', fields: [{ name: 'id', type: ['null', 'string', 'double'] }] },
    },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 } },
    { name: 'currency', type: { type: 'enum', name: 'Currency', symbols: ['EUR', 'USD', 'KRW'] } },
    { name: 'visits', type: { type: 'array', items: { type: 'map', values: ['null', 'string', 'float'] } } },
    { name: 'details', type: { type: 'map', values: ['null', 'string', 'boolean', 'Customer'] } },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'code', type: { type: 'fixed', name: 'Code', size: 4 } },
  ],
};
const writer = avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: 'always' });
const text = JSON.stringify(schema);
const reader = new ForeignAvroReader({ schema: async () => ({ kind: 'avro', text, referred: [] }) }, 1_048_576);

const wellFormed = hostileWord.map(word => word.toWellFormed());
const valid = fc
  .record({
    id: fc.oneof(
      fc.constant(null),
      fc.maxSafeInteger().map(long => ({ long: Math.trunc(long / 4) })),
      wellFormed.map(string => ({ string })),
    ),
    customer: fc.record({
      id: fc.oneof(
        fc.constant(null),
        wellFormed.map(string => ({ string })),
        fc.double().map(double => ({ double })),
      ),
    }),
    at: fc.integer(),
    total: fc.uint8Array({ maxLength: 80 }).map(bytes => Buffer.from(bytes)),
    currency: fc.constantFrom('EUR', 'USD', 'KRW'),
    visits: fc.array(
      fc.dictionary(
        wellFormed,
        fc.oneof(
          fc.constant(null),
          wellFormed.map(string => ({ string })),
        ),
        { maxKeys: 3 },
      ),
      { maxLength: 3 },
    ),
    details: fc.dictionary(wellFormed, fc.constant(null), { maxKeys: 3 }),
    day: fc.integer(),
    code: fc.constant(Buffer.from('abcd')),
  })
  .map(value => Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), writer.toBuffer(value)]));

export const subject: FuzzSubject<Buffer> = {
  input: fc.oneof(
    { weight: 8, arbitrary: alteredBytes(valid) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), bytes])),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map(bytes => Buffer.from(bytes)) },
  ),
  sizeOf: bytes => bytes.length,
  run: async bytes => {
    let value = reader.parse(bytes);
    if (value === undefined) {
      await reader.learn(bytes);
      value = reader.parse(bytes);
    }
    return value?.ok ? [value, parsed.sources.map(source => mapAll(source, value.value))] : value;
  },
};
