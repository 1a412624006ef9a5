/** Builds one tiering process from its adapters. Everything that meets across adapters meets here. */
import { randomBytes } from 'node:crypto';
import { changeCodec } from '@tierflow/codec/change-codec';
import { emissionHeaders } from '@tierflow/codec/emission-headers';
import { eventCodec } from '@tierflow/codec/event-codec';
import { outboxCodec, unpack } from '@tierflow/codec/outbox-codec';
import { connectRegistry } from '@tierflow/codec/registry';
import { rejectionReport } from '@tierflow/codec/rejection-report';
import type { Environment } from '@tierflow/config/environment';
import { schemaTopicsOf, type Topics, tieringTransactionalId } from '@tierflow/config/namespace';
import type { LogOpened, LogRecord } from '@tierflow/customer/events';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import { LogRejections } from '@tierflow/kafka/log-rejections';
import { Membership } from '@tierflow/kafka/membership';
import { KafkaOutputTail } from '@tierflow/kafka/output-tail';
import { type RawRecord, RecordReader } from '@tierflow/kafka/record-reader';
import { RejectionWriter } from '@tierflow/kafka/rejection-writer';
import { checkTopics } from '@tierflow/kafka/topics';
import { TransactionalProducer } from '@tierflow/kafka/transactional-producer';
import { TransactionalPublishers } from '@tierflow/kafka/transactional-publisher';
import type { OutboxCodec, PublisherFactory, StateStore, StoredOutboxEntry } from '@tierflow/processor/ports';
import { takeOver } from '@tierflow/processor/take-over';
import { evictionWarning } from '@tierflow/redis/eviction-warning';
import { type RedisMemory, readMemory } from '@tierflow/redis/memory';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisStateStore } from '@tierflow/redis/state-store';
import type { Logger } from '@tierflow/telemetry/log';
import { TieringMetrics } from '@tierflow/telemetry/tiering-metrics';
import { failpointFrom, withFailpoint } from './failpoint.ts';
import { pacing } from './pacing.ts';
import { StoreRoom } from './store-room.ts';
import { Tiering } from './tiering.ts';

const transactionBytesMin = 1024 * 1024;
const verifyIntervalMs = 3000;

export interface RunningTiering {
  readonly tiering: Tiering;
  readonly metrics: TieringMetrics;
  stop(): Promise<void>;
}

export async function wireTiering(
  environment: Environment,
  failpoint: string | undefined,
  logger: Logger,
): Promise<RunningTiering> {
  const { namespace, topics, tuning } = environment;
  const metrics = new TieringMetrics();
  const connection: KafkaConnection = {
    brokers: environment.kafkaBrokers,
    clientId: `tierflow-tiering-${environment.instance}`,
    log: (level, message, details) => logger[level](details, message),
  };

  const registry = connectRegistry({
    url: environment.schemaRegistryUrl,
    topics: schemaTopicsOf(topics),
  });
  const schemaIds = await registry.register();
  const events = eventCodec(registry, schemaIds);
  const changes = changeCodec(registry, schemaIds);

  const redis = await openRedis({
    url: environment.redisUrl,
    name: `tierflow-tiering-${environment.instance}`,
    onConnectionError: error => logger.warn({ err: error }, 'redis connection'),
  });
  const room = new StoreRoom(memoryWatch(redis, logger));
  room.start();

  const reader = await RecordReader.open(connection);
  const log = new KafkaEventLog(reader, topics.customerEvents, async record => (await decode([record]))[0]!);
  const { partitions } = await checkLog(log, connection, topics);
  const rejectionWriter = new RejectionWriter(connection, topics.rejectedEvents);
  const rejections = new LogRejections(rejectionWriter, (partition, rejection) => ({
    key: rejection.key,
    value: changes.encodeRejectedEvent(rejectionReport(topics.customerEvents, partition, rejection)),
  }));
  let publishers: PublisherFactory = new TransactionalPublishers(id => TransactionalProducer.of(connection, id), {
    changesTopic: topics.tierChanges,
    tiersTopic: topics.customerTiers,
    transactionalId: partition => tieringTransactionalId(namespace, partition),
    unpack,
    headers: (partition, emission) => emissionHeaders(namespace, partition, emission),
  });
  const pass = failpointFrom(failpoint);
  if (pass !== null) publishers = withFailpoint(publishers, pass);
  const measured = measuring(metrics, publishers, outboxCodec(changes));

  const ports = {
    log,
    tail: new KafkaOutputTail(reader, topics.tierChanges),
    store: measuringStore(metrics, new RedisStateStore(redis, namespace)),
    publishers: measured.publishers,
    outbox: measured.outbox,
    rejections,
  };

  async function decode(records: readonly RawRecord[]): Promise<LogRecord[]> {
    const decoded: LogRecord[] = new Array(records.length);
    for (let i = 0; i < records.length; i++) {
      const { offset, timestamp, key, value } = records[i]!;
      const event = events.decode(value) ?? (await events.read(value));
      decoded[i] = { offset, timestamp, key: key === null ? null : key.toString(), event };
    }
    return decoded;
  }

  const tiering = new Tiering(
    assignments =>
      new Membership(connection, {
        groupId: `${namespace}-tiering`,
        topic: topics.customerEvents,
        sessionTimeoutMs: tuning.sessionTimeoutMs,
        // A few heartbeats may be late, or lost, within one session.
        heartbeatIntervalMs: Math.min(1000, Math.floor(tuning.sessionTimeoutMs / 4)),
        ...assignments,
      }),
    {
      reader,
      topic: topics.customerEvents,
      takeOver: (partition, token) =>
        takeOver(partition, token, { namespace, partitions }, ports, {
          cacheCustomersMax: tuning.cacheCustomersPerPartition,
          unpublishedBytesMax: tuning.unpublishedBytesPerPartition,
          transactionBytesMin,
          views: tuning.views,
        }),
      decode,
      room,
      pacing,
      newToken: () => randomBytes(8).toString('hex'),
      metrics,
      logger,
    },
    {
      fetchBytes: tuning.fetchBytesPerPartition,
      commitEventsMax: tuning.commitEventsMax,
      commitIntervalMinMs: tuning.commitIntervalMinMs,
      verifyIntervalMs,
    },
  );
  return {
    tiering,
    metrics,
    async stop() {
      await tiering.stop();
      room.stop();
      await Promise.allSettled([reader.close(), rejectionWriter.close()]);
      redis.disconnect();
    },
  };
}

/** Reads the memory's state and warns once where Redis may evict keys, also when somebody sets it so later. */
function memoryWatch(redis: Parameters<typeof readMemory>[0], logger: Logger): () => Promise<RedisMemory> {
  let warned: string | null = null;
  return async () => {
    const memory = await readMemory(redis);
    const warning = evictionWarning(memory);
    if (warning !== null && warning !== warned) logger.warn(warning);
    warned = warning;
    return memory;
  };
}

/** What the log was opened with, once the topics are found to be as it needs them. */
async function checkLog(log: KafkaEventLog, connection: KafkaConnection, topics: Topics): Promise<LogOpened> {
  const genesis = await log.opening();
  const problems = await checkTopics(connection, topics, genesis.partitions);
  if (problems.length > 0) {
    throw new Error(problems.map(({ topic, problem, remedy }) => `${topic} ${problem}: ${remedy}`).join('; '));
  }
  return genesis;
}

function measuringStore(metrics: TieringMetrics, store: RedisStateStore): StateStore {
  const commit: StateStore['commit'] = async (partition, writes) => {
    const end = metrics.commitSeconds.startTimer();
    await store.commit(partition, writes);
    end();
  };
  return {
    claim: (...args) => store.claim(...args),
    reset: (...args) => store.reset(...args),
    loadHeads: (...args) => store.loadHeads(...args),
    verify: (...args) => store.verify(...args),
    loadChunks: (...args) => store.loadChunks(...args),
    due: (...args) => store.due(...args),
    commit,
  };
}

/** Times transactions, and for one emission of each commit how long it took from its causing record. */
function measuring(
  metrics: TieringMetrics,
  publishers: PublisherFactory,
  outbox: OutboxCodec,
): { publishers: PublisherFactory; outbox: OutboxCodec } {
  const recordedAt = new WeakMap<StoredOutboxEntry, number>();
  return {
    outbox: {
      pack(partition, emissions) {
        const entry = outbox.pack(partition, emissions);
        recordedAt.set(entry, emissions[0]!.record.recordedAt);
        return entry;
      },
    },
    publishers: {
      async open(partition) {
        const publisher = await publishers.open(partition);
        return {
          fence: () => publisher.fence(),
          close: () => publisher.close(),
          async publish(entries, after) {
            const end = metrics.publishSeconds.startTimer();
            await publisher.publish(entries, after);
            end();
            for (const entry of entries) {
              const since = recordedAt.get(entry);
              if (since !== undefined) metrics.eventToChangeSeconds.observe((Date.now() - since) / 1000);
            }
          },
        };
      },
    },
  };
}
