/** For integration tests: the broker that the test run provides, and topics of their own. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { type KafkaConnection, kafkaClient } from './connection.ts';
import type { RecordReader } from './record-reader.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kafkaBrokers: string;
  }
}

export function connectionUnderTest(): KafkaConnection {
  return { brokers: inject('kafkaBrokers').split(','), clientId: 'kafka-test', log: () => {} };
}

export async function createTopic(
  connection: KafkaConnection,
  partitions = 1,
  config: Record<string, string> = {},
  topic = `test-${randomUUID()}`,
): Promise<string> {
  const admin = kafkaClient(connection).admin();
  await admin.connect();
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    timeout: 30_000,
    topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }],
  });
  await admin.disconnect();
  return topic;
}

export async function until(condition: () => boolean, waitMaxMs = 30_000): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 10) {
    if (waitedMs >= waitMaxMs) throw new Error(`still waiting after ${waitMaxMs} ms: ${condition}`);
    await delay(10);
  }
}

/** The end of a transaction is acknowledged before its marker is in the partition. None is open when this resolves. */
export async function settled(reader: RecordReader, topic: string, partition = 0): Promise<void> {
  for (;;) {
    const { highWatermark } = await reader.bounds(topic, partition);
    const read = await reader.read({ topic, partition, offset: highWatermark });
    if (read.status === 'read' && read.lastStableOffset === read.highWatermark) return;
    await delay(10);
  }
}
