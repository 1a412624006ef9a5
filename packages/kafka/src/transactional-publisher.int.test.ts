import { randomUUID } from 'node:crypto';
import { compareIds } from '@tierflow/customer/changes';
import { Fenced } from '@tierflow/processor/errors';
import type { StoredOutboxEntry } from '@tierflow/processor/ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emissionIdOf } from './emission-id.ts';
import { connectionUnderTest, createTopic, settled } from './kafka-under-test.ts';
import { KafkaOutputTail } from './output-tail.ts';
import { type RawRecord, RecordReader } from './record-reader.ts';
import { TransactionalProducer } from './transactional-producer.ts';
import { type PackedEmission, TransactionalPublishers } from './transactional-publisher.ts';

const connection = connectionUnderTest();
const partition = 1;
let reader: RecordReader;
let changesTopic: string;
let tiersTopic: string;
let publishers: TransactionalPublishers;
let tail: KafkaOutputTail;

beforeAll(async () => {
  reader = await RecordReader.open(connection);
  changesTopic = await createTopic(connection, 2);
  tiersTopic = await createTopic(connection, 2, { 'cleanup.policy': 'compact' });
  const namespace = randomUUID();
  publishers = new TransactionalPublishers(id => TransactionalProducer.of(connection, id), {
    changesTopic,
    tiersTopic,
    transactionalId: partition => `${namespace}-tiering-${partition}`,
    unpack: bytes => packed.get(bytes)!,
    headers: (partition, { id }) => ({ ce_id: `${partition}-${id.offset}-${id.index}` }),
  });
  tail = new KafkaOutputTail(reader, changesTopic);
});

afterAll(async () => {
  await reader.close();
});

const packed = new Map<Uint8Array, PackedEmission[]>();

function entry(...emissions: PackedEmission[]): StoredOutboxEntry {
  const bytes = new Uint8Array(1);
  packed.set(bytes, emissions);
  return { first: emissions[0]!.id, last: emissions.at(-1)!.id, bytes };
}

function emission(offset: number, index: number, key: string, bytes = 10): PackedEmission {
  const standings = key === 'forgotten' ? null : Buffer.from(`${key} at ${offset}-${index}`);
  const record = Buffer.alloc(bytes, 'c');
  return { id: { offset, index }, type: 'TierChanged', revision: 1, key, record, standings, recordedAt: 0 };
}

async function committed(topic: string): Promise<RawRecord[]> {
  const all: RawRecord[] = [];
  await settled(reader, topic, partition);
  for await (const records of reader.readAll(topic, partition, 0)) all.push(...records);
  return all;
}

const idOf = (record: RawRecord) => emissionIdOf(partition, record.headers)!;

describe('the publisher', () => {
  it('says that nothing is out yet', async () => {
    expect(await tail.lastEmission(partition)).toEqual({ id: null, logStart: 0 });
  });

  it('publishes 3,000 emissions of 1 kB in id order, in several sends of one transaction', async () => {
    const publisher = await publishers.open(partition);
    await publisher.fence();
    const emissions = Array.from({ length: 3000 }, (_, i) =>
      emission(Math.floor(i / 3), i % 3, `customer ${i % 500}`, 1000),
    );
    await publisher.publish([entry(...emissions.slice(0, 1700)), entry(...emissions.slice(1700))], null);
    await publisher.publish([entry(emission(5000, 0, 'forgotten'))], null);
    await publisher.close();

    const ids = (await committed(changesTopic)).map(idOf);
    expect(ids).toHaveLength(3001);
    expect(ids.every((id, i) => i === 0 || compareIds(ids[i - 1]!, id) < 0)).toBe(true);
    expect(await tail.lastEmission(partition)).toEqual({ id: { offset: 5000, index: 0 }, logStart: 0 });

    const tiers = await committed(tiersTopic);
    expect(tiers).toHaveLength(501);
    expect(String(tiers[0]!.value)).toBe('customer 0 at 833-1');
    expect([String(tiers[500]!.key), tiers[500]!.value]).toEqual(['forgotten', null]);
    // Nothing of this partition went anywhere else.
    expect(await reader.bounds(changesTopic, 0)).toEqual({ logStart: 0, highWatermark: 0 });
  });

  it('leaves out what is on the topic already, also within an entry', async () => {
    const publisher = await publishers.open(partition);
    await publisher.fence();
    const [published, half] = [
      entry(emission(5000, 0, 'again')),
      entry(emission(5001, 0, 'a'), emission(5001, 1, 'b')),
    ];
    await publisher.publish([published], { offset: 5000, index: 0 });
    await publisher.publish([published, half], { offset: 5001, index: 0 });
    await publisher.close();
    expect((await committed(changesTopic)).map(record => String(record.key)).slice(-2)).toEqual(['forgotten', 'b']);
  });

  it('refuses the old owner after a new one has fenced, and the old one stays refused', async () => {
    const [older, newer] = [await publishers.open(partition), await publishers.open(partition)];
    await older.fence();
    await older.publish([entry(emission(6000, 0, 'a'))], null);
    await newer.fence();
    await expect(older.publish([entry(emission(6001, 0, 'b'))], null)).rejects.toBeInstanceOf(Fenced);
    await expect(older.publish([entry(emission(6001, 0, 'b'))], null)).rejects.toBeInstanceOf(Fenced);
    await newer.publish([entry(emission(6001, 0, 'c'))], null);
    expect((await committed(changesTopic)).map(record => String(record.key)).slice(-2)).toEqual(['a', 'c']);
    await Promise.all([older.close(), newer.close()]);
  });

  it('settles what a vanished owner left open before the tail is read', async () => {
    const transactionalId = `test-${randomUUID()}`;
    const vanished = TransactionalProducer.of(connection, transactionalId);
    await vanished.fence();
    const work = vanished.transact(async send => {
      await send(changesTopic, partition, [{ key: 'x', value: 'x', headers: { ce_id: `${partition}-7000-0` } }]);
      throw new Error('the process dies here');
    });
    await expect(work).rejects.toThrow('the process dies here');
    await expect(vanished.transact(async () => {})).rejects.toThrow('the process dies here');
    await vanished.close();

    const successor = TransactionalProducer.of(connection, transactionalId);
    await successor.fence();
    expect(await tail.lastEmission(partition)).toEqual({ id: { offset: 6001, index: 0 }, logStart: 0 });
    const { highWatermark } = await reader.bounds(changesTopic, partition);
    expect(await reader.read({ topic: changesTopic, partition, offset: highWatermark })).toMatchObject({
      lastStableOffset: highWatermark,
    });
    await successor.close();
  });

  it('goes from transaction to transaction without a pause', async () => {
    const publisher = await publishers.open(partition);
    await publisher.fence();
    for (let i = 0; i < 50; i++) await publisher.publish([entry(emission(8000 + i, 0, 'k'))], null);
    await publisher.close();
    await settled(reader, changesTopic, partition);
    expect(await tail.lastEmission(partition)).toEqual({ id: { offset: 8049, index: 0 }, logStart: 0 });
  });

  it('does not guess a position from a record that is no emission', async () => {
    const foreign = TransactionalProducer.of(connection, `test-${randomUUID()}`);
    await foreign.fence();
    await foreign.transact(send => send(changesTopic, partition, [{ key: 'k', value: 'v' }]));
    await foreign.close();
    await settled(reader, changesTopic, partition);
    await expect(tail.lastEmission(partition)).rejects.toMatchObject({ name: 'PortFailure', code: 'protocol' });
  });
});
