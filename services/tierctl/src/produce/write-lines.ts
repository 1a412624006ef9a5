/** Writes lines to a topic as the system that owns it would: keyed, and spread by Kafka's own partitioner. */
import { UnfitValue } from '@tierflow/codec/foreign-avro-writer';
import { kafkaClient } from '@tierflow/kafka/connection';
import { IdempotentProducer, type PartitionedMessage } from '@tierflow/kafka/idempotent-producer';
import { partitionOf } from '@tierflow/processor/partition-of';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import type { LineSource } from '../line-source.ts';

export interface LineTarget {
  readonly topic: string;
  /** Path of the field that is the record's key; null: no key. */
  readonly keyPath: string | null;
  /** null: the line goes out as it is. */
  readonly encode: ((value: unknown) => Buffer) | null;
}

export async function writeLines(
  connections: Connections,
  source: LineSource,
  target: LineTarget,
  partitions: number,
): Promise<number> {
  const producer = new IdempotentProducer(connections.kafka, target.topic);
  connections.closing(producer, () => producer.close());
  let written = 0;
  for await (const lines of source.lines) {
    const messages = lines.map(({ number, bytes }, i) => {
      const message = messageOf(bytes, target, `${source.name}:${number}`);
      const partition = message.key === null ? (written + i) % partitions : partitionOf(message.key, partitions);
      return { ...message, partition } satisfies PartitionedMessage;
    });
    await producer.write(messages);
    written += messages.length;
  }
  return written;
}

/** Partitions of the topic, which is made where it is missing and `partitions` says how many it is to have. */
export async function ensureTopic(
  { kafka }: Connections,
  topic: string,
  partitions: number | null,
): Promise<{ readonly partitions: number; readonly created: boolean }> {
  const admin = kafkaClient(kafka).admin();
  try {
    await admin.connect();
    const exists = (await admin.listTopics()).includes(topic);
    if (!exists && partitions === null) {
      throw new CommandFailure(`there is no topic ${topic}`, 'check its name, or make it with --create');
    }
    // How many copies, the broker's default.replication.factor decides.
    if (!exists) {
      const numPartitions = partitions as number;
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, replicationFactor: -1 }] });
    }
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return { partitions: topics[0]?.partitions.length ?? 1, created: !exists };
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

function messageOf(bytes: Buffer, { keyPath, encode }: LineTarget, place: string) {
  if (keyPath === null && encode === null) return { key: null, value: bytes };
  const value = parseLine(bytes, place);
  return {
    key: keyPath === null ? null : keyOf(value, keyPath, place),
    value: encode === null ? bytes : encoded(value, encode, place),
  };
}

function parseLine(bytes: Buffer, place: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new CommandFailure(`${place} is not JSON: ${(error as Error).message}`, 'write one JSON value a line');
  }
}

function keyOf(value: unknown, keyPath: string, place: string): string {
  const found = keyPath.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | null)?.[name], value);
  if (typeof found === 'string' || typeof found === 'number') return String(found);
  throw new CommandFailure(`${place} has no ${keyPath} to be its key`, 'name another field by --key');
}

function encoded(value: unknown, encode: (value: unknown) => Buffer, place: string): Buffer {
  try {
    return encode(value);
  } catch (error) {
    if (!(error instanceof UnfitValue)) throw error;
    throw new CommandFailure(`${place}: ${error.message}`, 'write the line as the schema wants it');
  }
}
