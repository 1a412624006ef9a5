/**
 * The topics of a namespace and the settings that exactly once stands on. Partition counts are pinned, because a
 * customer's partition follows from them; the log and the output never lose a record to retention, because the log is
 * the truth and the output's last record is the emission cursor.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PortFailure } from '@tierflow/processor/errors';
import type { Admin } from 'kafkajs';
import kafkajs from 'kafkajs';
import { type KafkaConnection, kafkaClient } from './connection.ts';
import { toPortError } from './errors.ts';

export interface TopicNames {
  readonly customerEvents: string;
  readonly tierChanges: string;
  readonly customerTiers: string;
  readonly rejectedEvents: string;
  readonly tierPolicies: string;
}

export interface TopicProblem {
  readonly topic: string;
  readonly problem: string;
  readonly remedy: string;
}

interface TopicSettings {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
  /** What may be checked of a topic that exists; the rest is the operator's to change. */
  readonly required: readonly string[];
}

const rejectionsRetentionMs = 90 * 24 * 60 * 60 * 1000;
const creationWaitMs = 30_000;
const deletionWaitMs = 30_000;
const pollMs = 50;

export async function createTopics(
  connection: KafkaConnection,
  names: TopicNames,
  partitions: number,
  replicationFactor: number,
): Promise<void> {
  await withAdmin(connection, 'creating topics', async admin => {
    const existing = new Set(await admin.listTopics());
    const missing = settings(names, partitions).filter(({ topic }) => !existing.has(topic));
    if (missing.length === 0) return;
    // False where another init was faster with one of them: then it exists, which is what was wanted.
    await admin.createTopics({
      timeout: creationWaitMs,
      // The client's own wait gives up at once where a broker has not heard of the topic yet.
      waitForLeaders: false,
      topics: missing.map(({ topic, partitions: numPartitions, config }) => ({
        topic,
        numPartitions,
        replicationFactor,
        configEntries: Object.entries({
          ...config,
          // An acknowledged record must survive one broker, and one broker may be away.
          'min.insync.replicas': String(Math.max(1, replicationFactor - 1)),
        }).map(([name, value]) => ({ name, value })),
      })),
    });
    await awaitLeaders(
      admin,
      missing.map(({ topic }) => topic),
    );
  });
}

/** A topic is of use when each of its partitions has a leader, which on a busy broker is some time after its creation. */
async function awaitLeaders(admin: Admin, topics: string[]): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    // While a broker has not heard of a topic, asking for it is an error; that it is absent for good is one at the end.
    const found = await admin.fetchTopicMetadata({ topics }).catch(error => {
      if (waitedMs >= creationWaitMs) throw error;
      return null;
    });
    if (found?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
    if (waitedMs >= creationWaitMs) throw new PortFailure('timeout', `${topics.join(', ')}: no leader after creation`);
    await delay(pollMs);
  }
}

/** Empty: all is as it must be. */
export async function checkTopics(
  connection: KafkaConnection,
  names: TopicNames,
  partitions: number,
): Promise<TopicProblem[]> {
  return withAdmin(connection, 'checking topics', async admin => {
    const wanted = settings(names, partitions);
    const existing = new Set(await admin.listTopics());
    const problems: TopicProblem[] = wanted
      .filter(({ topic }) => !existing.has(topic))
      .map(({ topic }) => ({ topic, problem: 'does not exist', remedy: 'run `tierctl init`' }));

    const present = wanted.filter(({ topic }) => existing.has(topic));
    if (present.length === 0) return problems;
    const { topics } = await admin.fetchTopicMetadata({ topics: present.map(({ topic }) => topic) });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: present.map(({ topic, required }) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: [...required],
      })),
    });
    for (const { topic, partitions: count, config, required } of present) {
      const found = topics.find(({ name }) => name === topic)?.partitions.length;
      if (found !== count) {
        problems.push({
          topic,
          problem: `has ${found} partitions, the namespace was opened with ${count}`,
          remedy: 'partition counts are fixed for the life of a namespace: open a new one and replay the log into it',
        });
      }
      const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
      for (const name of required) {
        const value = entries.find(({ configName }) => configName === name)?.configValue;
        if (value === config[name]) continue;
        problems.push({
          topic,
          problem: `${name} is ${value}, it must be ${config[name]}`,
          remedy: `kafka-configs.sh --bootstrap-server … --alter --entity-type topics --entity-name ${topic} --add-config ${name}=${config[name]}`,
        });
      }
    }
    return problems;
  });
}

/** For a fresh start: resolves when the brokers no longer know them, so that they can be created again at once. */
export async function deleteTopics(connection: KafkaConnection, names: TopicNames): Promise<void> {
  await withAdmin(connection, 'deleting topics', async admin => {
    const doomed = new Set(Object.values(names) as string[]);
    const present = async () => (await admin.listTopics()).filter(topic => doomed.has(topic));
    const topics = await present();
    if (topics.length === 0) return;
    await admin.deleteTopics({ topics });
    for (let waitedMs = 0; (await present()).length > 0; waitedMs += pollMs) {
      if (waitedMs >= deletionWaitMs) throw new PortFailure('timeout', `${topics.join(', ')}: deleted but still there`);
      await delay(pollMs);
    }
  });
}

function settings(names: TopicNames, partitions: number): TopicSettings[] {
  const forever = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
  const compacted = { 'cleanup.policy': 'compact' };
  const rejections = { 'cleanup.policy': 'delete', 'retention.ms': String(rejectionsRetentionMs) };
  const retained = Object.keys(forever);
  return [
    { topic: names.customerEvents, partitions, config: forever, required: retained },
    { topic: names.tierChanges, partitions, config: forever, required: retained },
    { topic: names.customerTiers, partitions, config: compacted, required: ['cleanup.policy'] },
    { topic: names.rejectedEvents, partitions, config: rejections, required: [] },
    { topic: names.tierPolicies, partitions: 1, config: compacted, required: ['cleanup.policy'] },
  ];
}

async function withAdmin<T>(
  connection: KafkaConnection,
  doing: string,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafkaClient(connection).admin();
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    throw toPortError(error, doing);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
