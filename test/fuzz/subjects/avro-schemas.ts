/**
 * Schemas that somebody registers: of a source topic, and of the log itself, whose writer may have fields that today's
 * schema does not know.
 */
import { eventCodec } from '@tierflow/codec/event-codec';
import { ForeignAvroReader } from '@tierflow/codec/foreign-avro-reader';
import { InMemoryRegistry } from '@tierflow/codec/in-memory-registry';
import avsc from 'avsc';
import fc from 'fast-check';
import { hostileWord } from '../hostile-text.ts';
import type { FuzzSubject } from '../subject.ts';

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'R') },
  { weight: 1, arbitrary: hostileWord },
);
const annotation = fc.record(
  {
    logicalType: fc.oneof(
      fc.constantFrom('decimal', 'date', 'timestamp-millis', 'timestamp-micros', 'local-timestamp-micros'),
      hostileWord,
    ),
    precision: fc.constantFrom(4, 0, -1, 1e9),
    scale: fc.constantFrom(0, 2, 64, -1, 1.5, '2', 1e6, 4e8, 1e10),
  },
  { requiredKeys: ['logicalType'] },
);

const anyType = fc.letrec<{ type: unknown }>(tie => ({
  type: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      'null',
      'boolean',
      'int',
      'long',
      'float',
      'double',
      'bytes',
      'string',
      'R',
      'toString',
      '__proto__',
      'x.y',
    ),
    fc.tuple(fc.constantFrom('int', 'long', 'bytes', 'string'), annotation).map(([type, said]) => ({ type, ...said })),
    fc
      .tuple(name, fc.constantFrom(0, 1, 4, 1e9, -1), annotation)
      .map(([called, size, said]) => ({ type: 'fixed', name: called, size, ...said })),
    fc
      .tuple(name, fc.array(name, { maxLength: 3 }))
      .map(([called, symbols]) => ({ type: 'enum', name: called, symbols })),
    tie('type').map(items => ({ type: 'array', items })),
    tie('type').map(values => ({ type: 'map', values })),
    fc.array(tie('type'), { maxLength: 4 }),
    fc.tuple(name, fc.array(fc.tuple(name, tie('type')), { maxLength: 4 })).map(([called, fields]) => ({
      type: 'record',
      name: called,
      fields: fields.map(([field, type], i) => ({ name: i === 0 ? field : `${field}${i}`, type })),
    })),
  ),
})).type;

/** A few lines that ask for 2^n of something. */
const doubling = fc
  .tuple(fc.constantFrom(3, 20, 40), fc.constantFrom('null', 'int', { type: 'array', items: 'int' }))
  .map(([depth, leaf]) => {
    let type: unknown = { type: 'record', name: 'D0', fields: [{ name: 'x', type: leaf }] };
    for (let n = 1; n < depth; n++) {
      type = {
        type: 'record',
        name: `D${n}`,
        fields: [
          { name: 'l', type },
          { name: 'r', type: `D${n - 1}` },
        ],
      };
    }
    return type;
  });
const deep = fc.constantFrom(100, 3000).map(depth => {
  let type: unknown = 'int';
  for (let n = 0; n < depth; n++) type = { type: 'array', items: type };
  return type;
});

const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.constantFrom(0, 1, 200, 100_000).map(length => new Uint8Array(length)),
  fc.constantFrom(200, 100_000).map(length => new Uint8Array(length).fill(2)),
);

export const subject: FuzzSubject<readonly [unknown, Uint8Array]> = {
  input: fc.tuple(
    fc.oneof({ weight: 8, arbitrary: anyType }, { weight: 1, arbitrary: doubling }, { weight: 1, arbitrary: deep }),
    body,
  ),
  sizeOf: ([type, bytes]) => bytes.length + JSON.stringify(type).length,
  run: async ([type, bytes]) => {
    const extra = { type: 'record', name: 'R', fields: [{ name: 'extra', type }] };
    const [foreign, log] = [await asForeign(extra, bytes), await asLog(type, bytes)];
    return [foreign, log];
  },
};

async function asForeign(schema: unknown, bytes: Uint8Array): Promise<unknown> {
  const text = JSON.stringify(schema);
  const reader = new ForeignAvroReader({ schema: async () => ({ kind: 'avro', text, referred: [] }) }, 1_048_576);
  const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), bytes]);
  await reader.learn(framed);
  return reader.parse(framed);
}

/** The registry's client has made a type of it, or has refused. */
async function asLog(type: unknown, bytes: Uint8Array): Promise<unknown> {
  const fields = [
    { name: 'day', type: 'int' },
    { name: 'extra', type },
  ];
  let writer: avsc.Type;
  try {
    writer = avsc.Type.forSchema({ type: 'record', name: 'tierflow.v1.ClockTicked', fields } as never, {
      wrapUnions: 'never',
    });
  } catch {
    return null;
  }
  const registry = new InMemoryRegistry();
  const ids = await registry.register();
  const id = registry.add(writer);
  const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, id]), bytes]);
  return eventCodec(registry, ids).read(framed);
}
