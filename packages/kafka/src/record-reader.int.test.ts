import { randomUUID } from 'node:crypto';
import { CompressionTypes, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchBytesMax } from './compression.ts';
import { explicitPartitioner, kafkaClient } from './connection.ts';
import { connectionUnderTest, createTopic, settled } from './kafka-under-test.ts';
import { type RawRecord, RecordReader } from './record-reader.ts';

const connection = connectionUnderTest();
let reader: RecordReader;

beforeAll(async () => {
  reader = await RecordReader.open(connection);
});

afterAll(async () => {
  await reader.close();
});

async function transactionalProducer(): Promise<Producer> {
  const producer = kafkaClient(connection).producer({
    transactionalId: `test-${randomUUID()}`,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 5, retries: 30 },
    createPartitioner: explicitPartitioner,
  });
  await producer.connect();
  return producer;
}

async function transact(producer: Producer, topic: string, values: string[], how: 'commit' | 'abort'): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map(value => ({ value, partition: 0 })) });
  await transaction[how]();
}

async function readValues(topic: string, from = 0): Promise<string[]> {
  const values: string[] = [];
  for await (const records of reader.readAll(topic, 0, from)) values.push(...records.map(textOf));
  return values;
}

const textOf = (record: RawRecord) => String(record.value);

describe('read', () => {
  it('gives key, value, headers, timestamp and offset as they were written', async () => {
    const topic = await createTopic(connection);
    const producer = kafkaClient(connection).producer({ createPartitioner: explicitPartitioner });
    await producer.connect();
    const headers = { ce_id: '0-12-3', empty: '', ünïcode: Buffer.from([0, 255]) };
    await producer.send({
      topic,
      messages: [
        { key: 'k', value: 'v', headers, timestamp: '1700000000000', partition: 0 },
        { key: null, value: null, timestamp: '1699999000000', partition: 0 },
        { key: Buffer.alloc(0), value: 'x'.repeat(200_000), timestamp: '1600000000000', partition: 0 },
      ],
    });
    await producer.disconnect();

    const read = await reader.read({ topic, partition: 0, offset: 0 });
    expect(read).toMatchObject({ status: 'read', nextOffset: 3, logStart: 0, highWatermark: 3, lastStableOffset: 3 });
    const records = read.status === 'read' ? read.records : [];
    expect(records.map(record => [record.offset, record.timestamp])).toEqual([
      [0, 1700000000000],
      [1, 1699999000000],
      [2, 1600000000000],
    ]);
    expect(records[0]!.headers.map(({ key, value }) => [key, value?.toString('latin1')])).toEqual([
      ['ce_id', '0-12-3'],
      ['empty', ''],
      ['ünïcode', '\u0000ÿ'],
    ]);
    expect(records[1]).toMatchObject({ key: null, value: null, headers: [] });
    expect(records[2]!.key).toHaveLength(0);
    expect(records[2]!.value).toHaveLength(200_000);
  });

  it('skips aborted transactions and control records and makes progress over them', async () => {
    const topic = await createTopic(connection);
    const producer = await transactionalProducer();
    await transact(producer, topic, ['a', 'b'], 'commit');
    await transact(producer, topic, ['lost', 'lost'], 'abort');
    await transact(producer, topic, ['c'], 'commit');
    await transact(producer, topic, ['lost'], 'abort');
    await producer.disconnect();
    await settled(reader, topic);

    expect(await readValues(topic)).toEqual(['a', 'b', 'c']);
    // In the middle of an aborted transaction, and where only a marker is left.
    expect(await readValues(topic, 4)).toEqual(['c']);
    expect(await reader.read({ topic, partition: 0, offset: 9 })).toMatchObject({ records: [], nextOffset: 10 });
  });

  it('keeps transactions of several producers apart', async () => {
    const topic = await createTopic(connection);
    const [one, two] = [await transactionalProducer(), await transactionalProducer()];
    const [first, second] = [await one.transaction(), await two.transaction()];
    const send = (transaction: typeof first, value: string) =>
      transaction.send({ topic, messages: [{ value, partition: 0 }] });
    await send(first, 'lost 1');
    await send(second, 'kept 1');
    await send(first, 'lost 2');
    await first.abort();
    await transact(one, topic, ['kept 2'], 'commit');
    // The second one is still open: nothing behind its first record is stable.
    expect(await readValues(topic)).toEqual([]);
    await send(second, 'kept 3');
    await second.commit();
    await settled(reader, topic);
    expect(await readValues(topic)).toEqual(['kept 1', 'kept 2', 'kept 3']);
    await Promise.all([one.disconnect(), two.disconnect()]);
  });

  it('says where the log is when the offset is out of range', async () => {
    const topic = await createTopic(connection);
    const producer = kafkaClient(connection).producer({ createPartitioner: explicitPartitioner });
    await producer.connect();
    await producer.send({ topic, messages: ['a', 'b', 'c'].map(value => ({ value, partition: 0 })) });
    await producer.disconnect();
    const admin = kafkaClient(connection).admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    await admin.disconnect();

    const bounds = { status: 'outOfRange', logStart: 2, highWatermark: 3 };
    expect(await reader.read({ topic, partition: 0, offset: 0 })).toEqual(bounds);
    expect(await reader.read({ topic, partition: 0, offset: 4 })).toEqual(bounds);
    expect(await reader.read({ topic, partition: 0, offset: 3 })).toMatchObject({ status: 'read', records: [] });
  });

  it('reads gzip, and begins inside a compressed batch at the offset asked for', async () => {
    const topic = await createTopic(connection);
    const producer = kafkaClient(connection).producer({ createPartitioner: explicitPartitioner });
    await producer.connect();
    const messages = ['a', 'b', 'c'].map(value => ({ value, partition: 0 }));
    await producer.send({ topic, compression: CompressionTypes.GZIP, messages });
    await producer.disconnect();
    expect(await readValues(topic, 1)).toEqual(['b', 'c']);
  });

  it.each(['snappy', 'lz4', 'zstd'])('reads %s', async codec => {
    // The broker compresses, so that its own framing is what is read.
    const topic = await createTopic(connection, 1, { 'compression.type': codec });
    const producer = kafkaClient(connection).producer({ createPartitioner: explicitPartitioner });
    await producer.connect();
    const values = Array.from({ length: 3000 }, (_, i) => `value ${i} of many that resemble each other`);
    await producer.send({ topic, messages: values.map(value => ({ value, partition: 0 })) });
    await producer.disconnect();
    expect(await readValues(topic)).toEqual(values);
  });

  it('names a batch that unpacks beyond the bound; reads over it where that is asked for, and fails otherwise', async () => {
    const topic = await createTopic(connection);
    const producer = kafkaClient(connection).producer({ createPartitioner: explicitPartitioner });
    await producer.connect();
    const bomb = { value: Buffer.alloc(batchBytesMax + 1), partition: 0 };
    await producer.send({ topic, messages: [{ value: 'before', partition: 0 }] });
    await producer.send({ topic, compression: CompressionTypes.GZIP, messages: [bomb] });
    await producer.send({ topic, messages: [{ value: 'after', partition: 0 }] });
    await producer.disconnect();

    const why = expect.stringContaining(`more than ${batchBytesMax} bytes`);
    const read = await reader.read({ topic, partition: 0, offset: 0, skipsUnreadable: true });
    if (read.status !== 'read') throw new Error(read.status);
    expect(read.records.map(textOf)).toEqual(['before', 'after']);
    expect(read).toMatchObject({ unreadable: [{ firstOffset: 1, lastOffset: 1, why }], nextOffset: 3 });
    await expect(readValues(topic)).rejects.toMatchObject({ code: 'protocol', message: why });
  });

  it('waits for data without holding up other partitions', async () => {
    const topic = await createTopic(connection, 2);
    const producer = kafkaClient(connection).producer({ createPartitioner: explicitPartitioner });
    await producer.connect();
    const waiting = reader.read({ topic, partition: 0, offset: 0, maxWaitMs: 20_000 });
    await producer.send({ topic, messages: [{ value: 'b', partition: 1 }] });
    const other = await reader.read({ topic, partition: 1, offset: 0, maxWaitMs: 20_000 });
    expect(other).toMatchObject({ nextOffset: 1 });
    await producer.send({ topic, messages: [{ value: 'a', partition: 0 }] });
    expect(await waiting).toMatchObject({ nextOffset: 1 });
    await producer.disconnect();
  });

  it('fails with the name of a topic that does not exist, after a bounded number of attempts', async () => {
    await expect(reader.read({ topic: 'no-such-topic', partition: 0, offset: 0 })).rejects.toMatchObject({
      name: 'PortFailure',
      code: 'broker',
      message: expect.stringContaining('no-such-topic'),
    });
  });
});

describe('tail', () => {
  it('is null in an empty partition, and after everything was deleted the log start tells', async () => {
    const topic = await createTopic(connection);
    expect(await reader.tail(topic, 0)).toEqual({ record: null, logStart: 0 });
    const producer = await transactionalProducer();
    await transact(producer, topic, ['a'], 'commit');
    await producer.disconnect();
    await settled(reader, topic);
    const admin = kafkaClient(connection).admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] });
    await admin.disconnect();
    expect(await reader.tail(topic, 0)).toEqual({ record: null, logStart: 2 });
  });

  it('is found behind 200 aborted transactions', async () => {
    const topic = await createTopic(connection);
    const producer = await transactionalProducer();
    await transact(producer, topic, ['first', 'last'], 'commit');
    for (let i = 0; i < 200; i++) await transact(producer, topic, ['lost', 'lost', 'lost'], 'abort');
    await producer.disconnect();
    const { record, logStart } = await reader.tail(topic, 0);
    expect([record?.offset, String(record?.value), logStart]).toEqual([1, 'last', 0]);
  });
});

describe('readAll', () => {
  it('may be left early, and its reader closed right after', async () => {
    const topic = await createTopic(connection);
    const producer = kafkaClient(connection).producer({ createPartitioner: explicitPartitioner });
    await producer.connect();
    for (let batch = 0; batch < 4; batch++) {
      await producer.send({ topic, messages: [{ value: 'x'.repeat(900_000), partition: 0 }] });
    }
    await producer.disconnect();

    const own = await RecordReader.open(connection);
    for await (const records of own.readAll(topic, 0, 0)) {
      expect(records[0]!.offset).toBe(0);
      break;
    }
    await own.close();
  });
});
