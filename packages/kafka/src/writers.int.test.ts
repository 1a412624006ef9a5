import { randomUUID } from 'node:crypto';
import { noDay } from '@tierflow/customer/customer';
import type { LogRecord } from '@tierflow/customer/events';
import { Fenced } from '@tierflow/processor/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlWriter, type ControlWriterOptions } from './control-writer.ts';
import { KafkaEventLog } from './event-log.ts';
import { EventWriter, partitionOf } from './event-writer.ts';
import { connectionUnderTest, createTopic } from './kafka-under-test.ts';
import { LogRejections } from './log-rejections.ts';
import { type RawRecord, RecordReader } from './record-reader.ts';
import { RejectionWriter } from './rejection-writer.ts';

const connection = connectionUnderTest();
const partitions = 4;
let reader: RecordReader;

beforeAll(async () => {
  reader = await RecordReader.open(connection);
});

afterAll(async () => {
  await reader.close();
});

async function recordsOf(topic: string, partition: number): Promise<RawRecord[]> {
  const all: RawRecord[] = [];
  for await (const records of reader.readAll(topic, partition, 0)) all.push(...records);
  return all;
}

/** A commit is acknowledged before its marker is in every partition; the next fence waits for the markers. */
async function settle(options: ControlWriterOptions): Promise<void> {
  await (await ControlWriter.open(connection, options)).close();
}

describe('the event writer', () => {
  it("puts a customer's events in order into the partition of the key", async () => {
    const topic = await createTopic(connection, partitions);
    const writer = new EventWriter(connection, topic, partitions);
    const events = Array.from({ length: 20_000 }, (_, i) => ({ key: `客户 ${i % 97}`, value: Buffer.from(String(i)) }));
    await Promise.all([writer.write(events.slice(0, 12_000)), writer.write(events.slice(12_000))]);
    await writer.close();

    let found = 0;
    for (let partition = 0; partition < partitions; partition++) {
      const lastByKey = new Map<string, number>();
      for (const record of await recordsOf(topic, partition)) {
        const [key, number] = [String(record.key), Number(record.value)];
        expect(partitionOf(key, partitions)).toBe(partition);
        expect(lastByKey.get(key) ?? -1).toBeLessThan(number);
        lastByKey.set(key, number);
        found++;
      }
    }
    expect(found).toBe(20_000);
  });
});

describe('the control writer', () => {
  it('writes the same records to all partitions, and a later writer fences it', async () => {
    const topic = await createTopic(connection, partitions);
    const options = { transactionalId: `test-${randomUUID()}`, topic, partitions };
    const older = await ControlWriter.open(connection, options);
    await older.write([Buffer.from('opened'), Buffer.from('ticked')]);
    const newer = await ControlWriter.open(connection, options);
    await expect(older.write([Buffer.from('late')])).rejects.toBeInstanceOf(Fenced);
    await newer.write([Buffer.from('swept')]);
    await settle(options);
    for (let partition = 0; partition < partitions; partition++) {
      const records = await recordsOf(topic, partition);
      expect(records.map(({ key, value }) => [key, String(value)])).toEqual([
        [null, 'opened'],
        [null, 'ticked'],
        [null, 'swept'],
      ]);
    }
    const decode = (record: RawRecord) => ({ offset: record.offset, key: String(record.value) }) as LogRecord;
    const log = new KafkaEventLog(reader, topic, decode);
    expect(await log.genesis(3)).toEqual({ offset: 0, key: 'opened' });
    expect(await log.bounds(3)).toEqual({ start: 0, end: 5 });
    await Promise.all([older.close(), newer.close()]);
  });
});

describe('the event log', () => {
  it('has no genesis while it is empty', async () => {
    const topic = await createTopic(connection);
    const log = new KafkaEventLog(reader, topic, () => {
      throw new Error('nothing to decode');
    });
    expect(await log.genesis(0)).toBeNull();
    expect(await log.logDay(0)).toBe(noDay);
  });

  it('finds its day behind any number of facts, and reads no more of them than it must', async () => {
    const topic = await createTopic(connection);
    const options = { transactionalId: `test-${randomUUID()}`, topic, partitions: 1 };
    const facts = new EventWriter(connection, topic, 1);
    const writeFacts = (count: number) =>
      facts.write(Array.from({ length: count }, (_, i) => ({ key: 'ada', value: Buffer.from(`fact ${i}`) })));
    const writeControls = async (...texts: readonly string[]) => {
      const controls = await ControlWriter.open(connection, options);
      await controls.write(texts.map(text => Buffer.from(text)));
      await controls.close();
      await settle(options);
    };
    let decoded = 0;
    const log = new KafkaEventLog(reader, topic, ({ offset, timestamp, value }) => {
      decoded++;
      const [word, day] = String(value).split(' ');
      const event = word === 'tick' ? { type: 'ClockTicked', day: Number(day) } : { type: 'SliceSwept' };
      return { offset, timestamp, key: null, event } as LogRecord;
    });

    await writeFacts(300);
    expect(await log.logDay(0)).toBe(noDay);
    await writeControls('tick 19000', 'sweep', 'tick 19001', 'sweep');
    expect(await log.logDay(0)).toBe(19_001);
    await writeFacts(100_000);
    expect(await log.logDay(0)).toBe(19_001);
    // A day that no calendar has never begins.
    await writeControls('tick 19002', 'tick 999999999');
    decoded = 0;
    expect(await log.logDay(0)).toBe(19_002);
    expect(decoded).toBe(2);
    await facts.close();
  });
});

describe('the rejection writer', () => {
  it('resolves when the rejections are in the partition of their origin', async () => {
    const topic = await createTopic(connection, partitions);
    const writer = new RejectionWriter(connection, topic);
    const sink = new LogRejections(writer, (partition, { offset, key, reason }) => ({
      key,
      value: Buffer.from(`${partition}@${offset} ${reason}`),
    }));
    await sink.report(2, [
      { offset: 7, key: 'k', reason: 'tooLate', detail: '' },
      { offset: 9, key: null, reason: 'unreadable', detail: '' },
    ]);
    await writer.close();
    const records = await recordsOf(topic, 2);
    expect(records.map(({ key, value }) => [key?.toString() ?? null, String(value)])).toEqual([
      ['k', '2@7 tooLate'],
      [null, '2@9 unreadable'],
    ]);
  });
});
