/** Builds one conductor from its adapters. Everything that meets across adapters meets here. */
import { eventCodec } from '@tierflow/codec/event-codec';
import { connectRegistry } from '@tierflow/codec/registry';
import type { Environment } from '@tierflow/config/environment';
import { conductorGroup, conductorTransactionalId, schemaTopicsOf } from '@tierflow/config/namespace';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { ControlWriter } from '@tierflow/kafka/control-writer';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisRankIndexes } from '@tierflow/redis/rank-indexes';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { ConductorMetrics } from '@tierflow/telemetry/conductor-metrics';
import type { Logger } from '@tierflow/telemetry/log';
import { manualClock, systemClock } from './clock.ts';
import { Conductor, type ControlRecords } from './conductor.ts';
import { sweepSize } from './sweep-size.ts';

export interface RunningConductor {
  readonly conductor: Conductor;
  readonly metrics: ConductorMetrics;
  stop(): Promise<void>;
}

export async function wireConductor(environment: Environment, logger: Logger): Promise<RunningConductor> {
  const { namespace, topics, tuning } = environment;
  const metrics = new ConductorMetrics();
  const connection: KafkaConnection = {
    brokers: environment.kafkaBrokers,
    clientId: `tierflow-conductor-${environment.instance}`,
    log: (level, message, details) => logger[level](details, message),
  };
  const registry = connectRegistry({ url: environment.schemaRegistryUrl, topics: schemaTopicsOf(topics) });
  const events = eventCodec(registry, await registry.register());
  const redis = await openRedis({
    url: environment.redisUrl,
    name: `tierflow-conductor-${environment.instance}`,
    onConnectionError: error => logger.warn({ err: error }, 'redis connection'),
  });
  const reader = await RecordReader.open(connection);
  const log = new KafkaEventLog(reader, topics.customerEvents, async ({ offset, timestamp, key, value }) => ({
    offset,
    timestamp,
    key: key?.toString() ?? null,
    event: await events.read(value),
  }));
  const genesis = await log.opening();

  const openWriter = async (signal: AbortSignal): Promise<ControlRecords> => {
    const transactionalId = conductorTransactionalId(namespace);
    const options = { transactionalId, topic: topics.customerEvents, partitions: genesis.partitions };
    const writer = await ControlWriter.open(connection, options, signal);
    return {
      write: records => writer.write(records.map(record => events.encodeEvent(record))),
      close: () => writer.close(),
    };
  };

  const states = new RedisStateReader(redis, namespace);
  const conductor = new Conductor(
    connection,
    {
      groupId: conductorGroup(namespace),
      // Of its one partition only the number is used: whoever has it has the seat.
      topic: topics.tierPolicies,
      sessionTimeoutMs: tuning.sessionTimeoutMs,
      // A few heartbeats may be late, or lost, within one session.
      heartbeatIntervalMs: Math.min(1000, Math.floor(tuning.sessionTimeoutMs / 4)),
    },
    {
      openWriter,
      readLogDay: () => log.logDay(0),
      clock:
        environment.conductor.clock === 'manual'
          ? manualClock(new ManualClock(redis, namespace))
          : systemClock(genesis.zone),
      sweepSize: sweepSize(states, genesis, error =>
        logger.warn({ err: error }, 'the due index cannot be read: sweeps keep their last size'),
      ),
      policies: {
        partitions: genesis.partitions,
        logEnd: async partition => (await log.bounds(partition)).end,
        readFolded: partition => states.readFolded(partition),
        countCustomers: partition => states.countCustomers(partition, genesis.slices),
        indexes: new RedisRankIndexes(redis, namespace, genesis.partitions),
      },
      metrics,
      logger,
    },
    { slices: genesis.slices, catchUpDaysMax: environment.conductor.catchUpDaysMax },
  );
  return {
    conductor,
    metrics,
    async stop() {
      await conductor.stop();
      await reader.close().catch(() => {});
      redis.disconnect();
    },
  };
}
