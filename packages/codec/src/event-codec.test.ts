import type { InteractionRecorded, LogEvent, ProfileUpdated } from '@tierflow/customer/events';
import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { eventCodec } from './event-codec.ts';
import { InMemoryRegistry } from './in-memory-registry.ts';
import { recordSchema } from './schemas.ts';
import { encodeFramed } from './wire-format.ts';

const base = {
  eventId: 'e1',
  source: 'web',
  customerId: 'c1',
  occurredAt: 1_700_000_000_000,
  businessDay: 19_675,
  bootstrap: false,
};

const interaction: InteractionRecorded = {
  type: 'InteractionRecorded',
  ...base,
  kind: 'visit',
  topic: null,
  responseSeconds: 90,
  costBaseMinor: null,
};

async function start() {
  const registry = new InMemoryRegistry();
  return { registry, codec: eventCodec(registry, await registry.register()) };
}

/** The schema of a record as JSON that a test may change. */
function schemaOf(record: LogEvent['type']): { fields: { name: string; type: unknown; default?: unknown }[] } {
  return JSON.parse(recordSchema(record).text);
}

const forSchema = (schema: unknown) => avsc.Type.forSchema(schema as avsc.Schema);

describe('what cannot be read', () => {
  it('names a null value', async () => {
    const { codec } = await start();
    expect(codec.decode(null)).toMatchObject({ type: 'Unreadable', reason: 'nullValue' });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a cut header', Buffer.from([0, 0, 0, 1])],
    ['JSON', Buffer.from('{"eventId":"e1"}')],
  ])('takes %s for no Avro', async (_, value) => {
    const { codec } = await start();
    expect(codec.decode(value)).toMatchObject({ reason: 'notAvro' });
  });

  it('asks once for an id that nobody gave', async () => {
    const { codec } = await start();
    const value = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]);
    expect(codec.decode(value)).toBeUndefined();
    await codec.learn(value);
    expect(codec.decode(value)).toMatchObject({ reason: 'unknownSchema' });
  });

  it('does not take an id with its highest bit set for another', async () => {
    const { codec } = await start();
    expect(await codec.read(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1]))).toMatchObject({ reason: 'unknownSchema' });
  });

  it.each([
    ['a foreign record', { type: 'record', name: 'Order', namespace: 'shop', fields: [] }],
    ['a record of ours on another topic', 'TierChanged'],
    ['no record at all', 'string'],
  ])('takes %s for an unknown record', async (_, schema) => {
    const { registry, codec } = await start();
    const type = schema === 'TierChanged' ? recordSchema('TierChanged').type : forSchema(schema);
    expect(await codec.read(Buffer.from([0, 0, 0, 0, registry.add(type), 0]))).toMatchObject({
      reason: 'unknownRecord',
    });
  });

  it('refuses bytes after the record', async () => {
    const { codec } = await start();
    expect(codec.decode(Buffer.concat([codec.encodeEvent(interaction), Buffer.alloc(1)]))).toMatchObject({
      reason: 'undecodable',
      detail: '1 bytes after the record',
    });
  });

  it.each([
    ['2^53', 2n ** 53n],
    ['−2^53', -(2n ** 53n)],
    ['2^63 − 1', 2n ** 63n - 1n],
    ['−2^63', -(2n ** 63n)],
  ])('refuses a long of %s', async (_, value) => {
    const { codec } = await start();
    expect(codec.decode(withResponseSeconds(codec.encodeEvent(interaction), value))).toMatchObject({
      reason: 'undecodable',
      detail: 'a long beyond 2^53 - 1',
    });
  });

  it.each([2n ** 53n - 1n, -(2n ** 53n) + 1n, 2n ** 31n, -(2n ** 31n), 2n ** 27n, -(2n ** 27n) - 1n, 0n])(
    'reads a long of %s',
    async value => {
      const { codec } = await start();
      expect(codec.decode(withResponseSeconds(codec.encodeEvent(interaction), value))).toMatchObject({
        responseSeconds: Number(value),
      });
    },
  );

  it('does not allocate what a map of few bytes asks for', async () => {
    const { codec } = await start();
    const empty = codec.encodeEvent({ type: 'ProfileUpdated', ...base, attributes: {} });
    const hostile = Buffer.concat([empty.subarray(0, -1), varint(2n ** 52n), Buffer.alloc(16)]);
    expect(codec.decode(hostile)).toMatchObject({ reason: 'undecodable' });
  });

  it('refuses a boolean, a union branch and an enum symbol that do not exist', async () => {
    const { codec } = await start();
    const plain = codec.encodeEvent(interaction);
    const branch = Buffer.from(plain);
    branch[plain.length - 1] = 4;
    expect(codec.decode(branch)).toMatchObject({ detail: 'index 2 of 2' });
    const swept = codec.encodeEvent({
      type: 'SliceSwept',
      fromSlice: 0,
      toSlice: 0,
      mode: 'all',
      rolloutSeq: null,
      policyId: null,
      policyVersion: null,
      calibration: null,
    });
    swept[7] = 6;
    expect(codec.decode(swept)).toMatchObject({ detail: 'index 3 of 3' });
  });
});

describe('attributes', () => {
  const profile = (attributes: ProfileUpdated['attributes']): ProfileUpdated => ({
    type: 'ProfileUpdated',
    ...base,
    attributes,
  });

  it('are plain values', async () => {
    const { codec } = await start();
    const attributes = { region: '华东', size: 12.5, vip: true, since: null };
    expect(codec.decode(codec.encodeEvent(profile(attributes)))).toMatchObject({ attributes });
  });

  it('named __proto__ set no prototype', async () => {
    const { codec } = await start();
    const attributes = JSON.parse('{"__proto__": "polluted", "constructor": "x"}');
    const decoded = (await codec.read(codec.encodeEvent(profile(attributes)))) as ProfileUpdated;
    expect(Object.entries(decoded.attributes)).toEqual(Object.entries(attributes));
    expect(Object.getPrototypeOf(decoded.attributes)).toBeNull();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('other versions of a schema', () => {
  it('drops a field that a later writer added', async () => {
    const { registry, codec } = await start();
    const schema = schemaOf('InteractionRecorded');
    const place = { type: 'record', name: 'Place', fields: [{ name: 'within', type: ['null', 'Place'] }] };
    schema.fields.splice(3, 0, { name: 'device', type: ['null', { type: 'map', values: 'double' }], default: null });
    schema.fields.push(
      { name: 'tags', type: { type: 'array', items: 'bytes' }, default: [] },
      { name: 'place', type: place },
    );
    const later = forSchema(schema);
    const value = encodeFramed(registry.add(later), later, {
      ...interaction,
      device: { width: 390, height: 844 },
      tags: [Buffer.from('a'), Buffer.from('b')],
      place: { within: { within: null } },
    });
    expect(await codec.read(value)).toEqual(interaction);
  });

  it('fills a field that an earlier writer did not have', async () => {
    const { registry, codec } = await start();
    const schema = schemaOf('InteractionRecorded');
    schema.fields = schema.fields.filter(({ name }) => name !== 'bootstrap' && name !== 'costBaseMinor');
    const earlier = forSchema(schema);
    expect(await codec.read(encodeFramed(registry.add(earlier), earlier, interaction))).toEqual(interaction);
  });

  it('promotes what was written narrower', async () => {
    const { registry, codec } = await start();
    const schema = schemaOf('InteractionRecorded');
    schema.fields = schema.fields.map(({ name, type }) => {
      const narrower = { occurredAt: 'int', source: 'bytes', responseSeconds: 'int', kind: ['string'] };
      return { name, type: narrower[name as keyof typeof narrower] ?? type };
    });
    const narrower = forSchema(schema);
    const written = { ...interaction, occurredAt: 1000, source: Buffer.from('web') };
    expect(await codec.read(encodeFramed(registry.add(narrower), narrower, written))).toEqual({
      ...interaction,
      occurredAt: 1000,
    });
  });

  it('reports an enum with a symbol that ours does not have', async () => {
    const { registry, codec } = await start();
    const text = recordSchema('SliceSwept').text.replace('"all"', '"all", "none"');
    const later = forSchema(JSON.parse(text));
    const swept = { fromSlice: 0, toSlice: 0, mode: 'all' };
    expect(await codec.read(encodeFramed(registry.add(later), later, swept))).toMatchObject({ reason: 'undecodable' });
  });

  it('reports a schema that ours cannot follow', async () => {
    const { registry, codec } = await start();
    const schema = schemaOf('InteractionRecorded');
    schema.fields = schema.fields.filter(({ name }) => name !== 'kind');
    const other = forSchema(schema);
    expect(await codec.read(encodeFramed(registry.add(other), other, interaction))).toMatchObject({
      reason: 'undecodable',
      detail: expect.stringContaining('does not fit ours'),
    });
  });
});

/** The last three fields are [topic null][responseSeconds, branch 1][cost null]: 1, 1 + 2 and 1 bytes. */
function withResponseSeconds(value: Buffer, seconds: bigint): Buffer {
  return Buffer.concat([value.subarray(0, -3), varint(seconds), value.subarray(-1)]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
