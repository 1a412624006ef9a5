/** The topics of a namespace as the brokers have them. */
import type { Topics } from '@tierflow/config/namespace';
import { type KafkaConnection, kafkaClient } from '@tierflow/kafka/connection';

export interface ListedTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  /** Offsets between start and end: records, and the markers that end transactions. */
  readonly offsets: number;
  readonly config: Readonly<Record<string, string>>;
}

const shown = ['cleanup.policy', 'retention.ms', 'retention.bytes', 'min.insync.replicas'];
/** Kafka's number for the settings of a topic. */
const topicResource = 2;

/** Those that exist. */
export async function listTopics(connection: KafkaConnection, names: Topics): Promise<ListedTopic[]> {
  const admin = kafkaClient(connection).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const present = (Object.values(names) as string[]).filter(topic => existing.has(topic));
    if (present.length === 0) return [];
    const { topics } = await admin.fetchTopicMetadata({ topics: present });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: present.map(name => ({ type: topicResource, name, configNames: shown })),
    });
    return await Promise.all(
      present.map(async topic => {
        const partitions = topics.find(({ name }) => name === topic)?.partitions ?? [];
        const offsets = await admin.fetchTopicOffsets(topic);
        const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
        return {
          topic,
          partitions: partitions.length,
          replication: partitions[0]?.replicas.length ?? 0,
          offsets: offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0),
          config: Object.fromEntries(
            shown.map(name => [name, entries.find(({ configName }) => configName === name)?.configValue ?? '']),
          ),
        };
      }),
    );
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
