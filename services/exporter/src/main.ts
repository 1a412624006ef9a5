/** Redis flow and stock counters, and lag, to Prometheus. One is enough; a second one shows the same. */
import { eventCodec } from '@tierflow/codec/event-codec';
import { connectRegistry } from '@tierflow/codec/registry';
import { type Environment, readEnvironment } from '@tierflow/config/environment';
import { schemaTopicsOf } from '@tierflow/config/namespace';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { FlowMetrics } from '@tierflow/telemetry/flow-metrics';
import { createLogger, type Logger } from '@tierflow/telemetry/log';
import { startTelemetryServer } from '@tierflow/telemetry/telemetry-server';
import { FlowExporter } from './flow-exporter.ts';

const collectIntervalMs = 1000;

const result = readEnvironment(process.env);
if (!result.ok) {
  process.stderr.write(`${formatSettingProblems(result.problems)}\n`);
  process.exit(2);
}
const logger = createLogger('exporter', result.environment.instance, result.environment.logLevel);

try {
  await run(result.environment, logger);
} catch (error) {
  logger.fatal({ err: error }, 'exporter cannot start');
  process.exit(1);
}

async function run(environment: Environment, logger: Logger): Promise<void> {
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
  const telemetry = await startTelemetryServer(environment.metricsPort, metrics.registry, () => exporter);
  logger.info({ metricsPort: telemetry.port, partitions }, 'exporter started');

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
  const shutDown = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    clearTimeout(timer);
    await Promise.allSettled([telemetry.close(), reader.close()]);
    redis.disconnect();
    process.exit(0);
  };
  process.once('SIGTERM', shutDown);
  process.once('SIGINT', shutDown);
  await collect();
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
