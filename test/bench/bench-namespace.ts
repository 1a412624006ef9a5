/** A fresh namespace for one run: topics, schemas, and a log that is open but holds no fact yet. */
import { type ChangeCodec, changeCodec } from '@tierflow/codec/change-codec';
import { type EventCodec, eventCodec } from '@tierflow/codec/event-codec';
import { connectRegistry } from '@tierflow/codec/registry';
import { schemaTopicsOf, type Topics, topicsOf } from '@tierflow/config/namespace';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { ControlWriter } from '@tierflow/kafka/control-writer';
import { createTopics } from '@tierflow/kafka/topics';
import type { RunningServers } from '@tierflow/local/servers/start-servers';
import { benchLogOpening, benchPartitions } from './bench-log.ts';

export interface BenchNamespace {
  readonly name: string;
  readonly topics: Topics;
  readonly connection: KafkaConnection;
  readonly events: EventCodec;
  readonly changes: ChangeCodec;
  /** What the product's programs are started with. */
  readonly environment: NodeJS.ProcessEnv;
}

export async function openBenchNamespace(servers: RunningServers, name: string): Promise<BenchNamespace> {
  const topics = topicsOf(name);
  const connection: KafkaConnection = { brokers: [servers.kafkaBrokers], clientId: 'tierflow-bench', log: () => {} };
  const registry = connectRegistry({ url: servers.schemaRegistryUrl, topics: schemaTopicsOf(topics) });
  const schemaIds = await registry.register();
  const events = eventCodec(registry, schemaIds);
  await createTopics(connection, topics, benchPartitions, 1);
  const control = await ControlWriter.open(connection, {
    transactionalId: `${name}-bench`,
    topic: topics.customerEvents,
    partitions: benchPartitions,
  });
  await control.write(benchLogOpening(name).map(record => events.encodeEvent(record)));
  await control.close();
  const environment = {
    ...process.env,
    KAFKA_BROKERS: servers.kafkaBrokers,
    REDIS_URL: servers.redisUrl,
    SCHEMA_REGISTRY_URL: servers.schemaRegistryUrl,
    TIERFLOW_NAMESPACE: name,
    METRICS_PORT: '0',
    LOG_LEVEL: 'info',
  };
  return { name, topics, connection, events, changes: changeCodec(registry, schemaIds), environment };
}
