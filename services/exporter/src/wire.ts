/** Builds the exporter from its adapters. Everything that meets across adapters meets here. */
import { eventCodec } from '@tierflow/codec/event-codec';
import { connectRegistry } from '@tierflow/codec/registry';
import type { Environment } from '@tierflow/config/environment';
import { schemaTopicsOf } from '@tierflow/config/namespace';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { FlowMetrics } from '@tierflow/telemetry/flow-metrics';
import type { Logger } from '@tierflow/telemetry/log';
import type { OpenedService } from '@tierflow/telemetry/run-service';
import { FlowExporter } from './flow-exporter.ts';

const collectIntervalMs = 1000;

export async function wireExporter(environment: Environment, logger: Logger): Promise<OpenedService> {
  const { topics } = environment;
  const reader = await RecordReader.open({
    brokers: environment.kafkaBrokers,
    clientId: `tierflow-exporter-${environment.instance}`,
    log: (level, message, details) => logger[level](details, message),
  });
  const redis = await openRedis({
    url: environment.redisUrl,
    name: `tierflow-exporter-${environment.instance}`,
    onConnectionError: error => logger.warn({ err: error }, 'redis connection'),
  });
  const partitions = await partitionsOf(environment, reader);
  const metrics = new FlowMetrics();
  const store = new RedisStateReader(redis, environment.namespace);
  const exporter = new FlowExporter(store, reader, topics.customerEvents, partitions, metrics);

  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const collect = async (): Promise<void> => {
    try {
      await exporter.collect();
    } catch (error) {
      exporter.ready = false;
      exporter.detail = 'the counters cannot be read now';
      logger.warn({ err: error }, exporter.detail);
    }
    if (!stopped) timer = setTimeout(collect, collectIntervalMs);
  };
  return {
    registry: metrics.registry,
    readiness: () => exporter,
    start: () => void collect(),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await Promise.allSettled([reader.close()]);
      redis.disconnect();
    },
  };
}

/** As the log was opened. */
async function partitionsOf(environment: Environment, reader: RecordReader): Promise<number> {
  const { topics } = environment;
  const registry = connectRegistry({
    url: environment.schemaRegistryUrl,
    topics: schemaTopicsOf(topics),
  });
  const codec = eventCodec(registry, await registry.lookUp());
  const log = new KafkaEventLog(reader, topics.customerEvents, async ({ offset, timestamp, value }) => ({
    offset,
    timestamp,
    key: null,
    event: await codec.read(value),
  }));
  return (await log.opening()).partitions;
}
