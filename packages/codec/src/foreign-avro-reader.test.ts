import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { useExactLongs } from './exact-long.ts';
import { ForeignAvroReader } from './foreign-avro-reader.ts';
import type { ForeignSchema } from './foreign-schema-registry.ts';

const bytesMax = 4096;

interface Written {
  readonly schema: unknown;
  readonly referred?: readonly unknown[];
}

async function parse({ schema, referred = [] }: Written, body: Buffer) {
  const text = JSON.stringify(schema);
  const found: ForeignSchema = { kind: 'avro', text, referred: referred.map(each => JSON.stringify(each)) };
  const reader = new ForeignAvroReader({ schema: async () => found }, 2_000_000);
  const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), body]);
  expect(reader.parse(bytes)).toBeUndefined();
  await reader.learn(bytes);
  return reader.parse(bytes);
}

/** One field of the type, with the value as avsc writes it without logical types. */
async function readField(type: unknown, value: unknown): Promise<unknown> {
  const schema = { type: 'record', name: 'R', fields: [{ name: 'f', type }] };
  const writer = avsc.Type.forSchema(schema as never, { wrapUnions: 'never', typeHook: useExactLongs });
  const parsed = await parse({ schema }, writer.toBuffer({ f: value }));
  if (!parsed?.ok) throw new Error(parsed?.message.en);
  return (parsed.value as { f?: unknown }).f;
}

const decimal = (scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision: 20, scale });
const logical = (type: string, logicalType: string) => ({ type, logicalType });
const halfPastTen = Date.parse('2024-03-01T10:30:00.250Z');

describe('values of other people', () => {
  it.each([
    ['a long', 'long', 2 ** 53 - 1, 2 ** 53 - 1],
    ['a nullable value', ['null', 'string'], 'x', 'x'],
    ['a null', ['null', 'string'], null, null],
    ['an enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B', 'B'],
    ['a list', { type: 'array', items: 'int' }, [1, 2], [1, 2]],
    ['bytes, which are left out', 'bytes', Buffer.from('x'), undefined],
    ['a decimal', decimal(2), Buffer.from([0x04, 0xd2]), '12.34'],
    ['a decimal below one', decimal(3), Buffer.from([0xfb]), '-0.005'],
    ['a decimal of nothing', decimal(2), Buffer.alloc(0), '0.00'],
    ['a whole decimal', decimal(0), Buffer.from([0xff, 0x00]), '-256'],
    [
      'a decimal of fixed size',
      { type: 'fixed', name: 'F', size: 4, logicalType: 'decimal', precision: 9, scale: 2 },
      Buffer.from([0xff, 0xff, 0xff, 0x9c]),
      '-1.00',
    ],
    ['an instant', logical('long', 'timestamp-millis'), halfPastTen, '2024-03-01T10:30:00.250Z'],
    [
      'an instant in microseconds',
      logical('long', 'timestamp-micros'),
      halfPastTen * 1000 + 7,
      '2024-03-01T10:30:00.250Z',
    ],
    ['a local time', logical('long', 'local-timestamp-millis'), halfPastTen, '2024-03-01T10:30:00.250'],
    ['a date', logical('int', 'date'), -1, '1969-12-31'],
    ['an annotation that does not fit', logical('string', 'date'), 'x', 'x'],
  ])('%s', async (_what, type, value, expected) => {
    expect(await readField(type, value)).toEqual(expected);
  });

  it('longs beyond 2^53 are their digits', async () => {
    const schema = { type: 'record', name: 'R', fields: [{ name: 'f', type: 'long' }] };
    const longMin = Buffer.from([...Array(9).fill(0xff), 0x01]);
    expect(await parse({ schema }, longMin)).toEqual({ ok: true, value: { f: '-9223372036854775808' } });
  });

  it('a map keeps a key __proto__ to itself', async () => {
    const read = (await readField({ type: 'map', values: 'int' }, JSON.parse('{"__proto__":1,"a":2}'))) as object;
    expect(Object.entries(read)).toEqual([
      ['__proto__', 1],
      ['a', 2],
    ]);
  });

  it('a schema names types of another one, and of itself', async () => {
    const leaf = { type: 'record', name: 'Leaf', namespace: 'n', fields: [{ name: 'v', type: 'int' }] };
    const fields = [
      { name: 'leaf', type: 'n.Leaf' },
      { name: 'next', type: ['null', 'n.Node'] },
    ];
    const schema = { type: 'record', name: 'Node', namespace: 'n', fields };
    const parsed = await parse({ schema, referred: [leaf] }, Buffer.from([0x02, 0x02, 0x04, 0x00]));
    expect(parsed).toEqual({ ok: true, value: { leaf: { v: 1 }, next: { leaf: { v: 2 }, next: null } } });
  });
});

describe('what cannot be read', () => {
  const list = (items: unknown) => ({
    type: 'record',
    name: 'R',
    fields: [{ name: 'f', type: { type: 'array', items } }],
  });

  it.each([
    ['bytes after the record', list('int'), Buffer.from([0x00, 0x00])],
    ['a list that claims more than there is', list('int'), Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 0x02])],
    ['a list of items without bytes', list('null'), Buffer.from([0x02, 0x00])],
    [
      'a record within itself that takes no bytes',
      { type: 'record', name: 'N', fields: [{ name: 'n', type: 'N' }] },
      Buffer.alloc(1),
    ],
    ['a schema of a bare number', 'long', Buffer.from([0x02])],
    ['a schema that is no Avro', { type: 'record' }, Buffer.from([0x02])],
  ])('%s', async (_what, schema, body) => {
    expect(await parse({ schema }, body)).toMatchObject({ ok: false, reason: 'undecodable' });
  });

  it('a decimal whose scale would pad every record to megabytes is bytes, which are left out', async () => {
    expect(await readField(decimal(161), Buffer.from([1]))).toBeUndefined();
    expect(await readField(decimal(-1), Buffer.from([1]))).toBeUndefined();
  });

  it('a record within a record deeper than the stack', async () => {
    const node = { type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] };
    const deep = Buffer.concat([Buffer.alloc(1_000_000, 0x02), Buffer.from([0x00])]);
    expect(await parse({ schema: node }, deep)).toMatchObject({ ok: false, reason: 'undecodable' });
  });

  it('no value, a long one, one without a frame, and schemas that are none', async () => {
    const kinds = new Map<number, ForeignSchema>([
      [1, { kind: 'unknownSchema' }],
      [2, { kind: 'notAvro', schemaType: 'PROTOBUF' }],
    ]);
    const reader = new ForeignAvroReader({ schema: async id => kinds.get(id)! }, bytesMax);
    const reasonOf = async (bytes: Buffer | null) => {
      if (bytes !== null && reader.parse(bytes) === undefined) await reader.learn(bytes);
      const parsed = reader.parse(bytes);
      return parsed?.ok === false ? parsed.reason : parsed;
    };
    expect(await reasonOf(null)).toBe('nullValue');
    expect(await reasonOf(Buffer.alloc(bytesMax + 1))).toBe('tooLong');
    expect(await reasonOf(Buffer.from('{"id":1}'))).toBe('notAvro');
    expect(await reasonOf(Buffer.from([0, 0, 0, 0, 1]))).toBe('unknownSchema');
    expect(await reasonOf(Buffer.from([0, 0, 0, 0, 2]))).toBe('notAvro');
  });
});
