/**
 * The sample's source topics: made anew for each run, because what an earlier one wrote would count into this one. Their
 * names are plain words that somebody else's topics may have too, so every record of the sample says in a header whose it
 * is, and a topic that ends with any other record is left alone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type KafkaConnection, kafkaClient } from '@tierflow/kafka/connection';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import { UnmetNeed } from '../unmet-need.ts';

export const sampleHeader = 'tierflow-sample';

const deletionPollMs = 50;

export async function renewSourceTopics(
  connection: KafkaConnection,
  reader: RecordReader,
  topics: readonly string[],
  partitions: number,
): Promise<void> {
  const admin = kafkaClient(connection).admin();
  await admin.connect();
  try {
    const present = async () => (await admin.listTopics()).filter(topic => topics.includes(topic));
    const old = await present();
    for (const topic of old) await refuseForeign(admin, reader, topic);
    if (old.length > 0) await admin.deleteTopics({ topics: old });
    while ((await present()).length > 0) await delay(deletionPollMs);
    // kafkajs' own wait for leaders fails where a broker has not heard of the topic yet; the reader knows how to wait.
    await admin.createTopics({
      waitForLeaders: false,
      topics: topics.map(topic => ({ topic, numPartitions: partitions, replicationFactor: 1 })),
    });
    for (const topic of topics) {
      for (let partition = 0; partition < partitions; partition++) await reader.bounds(topic, partition);
    }
  } finally {
    await admin.disconnect();
  }
}

type Admin = ReturnType<ReturnType<typeof kafkaClient>['admin']>;

async function refuseForeign(admin: Admin, reader: RecordReader, topic: string): Promise<void> {
  for (const { partition } of await admin.fetchTopicOffsets(topic)) {
    const { record } = await reader.tail(topic, partition);
    if (record === null || record.headers.some(({ key }) => key === sampleHeader)) continue;
    throw new UnmetNeed(
      `The topic ${topic} of these brokers holds records that are not the sample's, so the sample does not touch it. ` +
        'Unset KAFKA_BROKERS, and a broker of its own is started.',
    );
  }
}
