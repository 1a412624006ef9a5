/** Builds one intake process from its adapters. Everything that meets across adapters meets here. */
import { changeCodec } from '@tierflow/codec/change-codec';
import { eventCodec } from '@tierflow/codec/event-codec';
import { ForeignAvroReader } from '@tierflow/codec/foreign-avro-reader';
import { connectForeignSchemas } from '@tierflow/codec/foreign-schema-registry';
import { connectRegistry } from '@tierflow/codec/registry';
import type { Environment } from '@tierflow/config/environment';
import { intakeGroup, schemaTopicsOf } from '@tierflow/config/namespace';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import { EventWriter } from '@tierflow/kafka/event-writer';
import { GroupOffsets } from '@tierflow/kafka/group-offsets';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { RejectionWriter } from '@tierflow/kafka/rejection-writer';
import { IntakeMetrics } from '@tierflow/telemetry/intake-metrics';
import type { Logger } from '@tierflow/telemetry/log';
import { Intake } from './intake.ts';
import { readTopicSources, type TopicSource } from './read-sources.ts';
import { jsonParser } from './record-parser.ts';
import { TopicIntake } from './topic-intake.ts';

export interface RunningIntake {
  readonly intake: Intake;
  readonly metrics: IntakeMetrics;
  stop(): Promise<void>;
}

export async function wireIntake(environment: Environment, logger: Logger): Promise<RunningIntake> {
  const { namespace, topics, tuning } = environment;
  const metrics = new IntakeMetrics();
  const connection: KafkaConnection = {
    brokers: environment.kafkaBrokers,
    clientId: `tierflow-intake-${environment.instance}`,
    log: (level, message, details) => logger[level](details, message),
  };
  const registry = connectRegistry({ url: environment.schemaRegistryUrl, topics: schemaTopicsOf(topics) });
  const schemaIds = await registry.register();
  const foreignSchemas = connectForeignSchemas(environment.schemaRegistryUrl, registry);
  const events = eventCodec(registry, schemaIds);
  const changes = changeCodec(registry, schemaIds);

  const reader = await RecordReader.open(connection);
  const log = new KafkaEventLog(reader, topics.customerEvents, async ({ offset, timestamp, value }) => ({
    offset,
    timestamp,
    key: null,
    event: await events.read(value),
  }));
  const opening = await log.opening();
  const sources = readTopicSources(environment.intake.sourcesFile, opening);

  const readers = [reader];
  const topicIntakes: TopicIntake[] = [];
  for (const source of sources) {
    // A reader of its own: one topic that is gone spoils the metadata of every topic that shares its client.
    const topicReader = await RecordReader.open(connection);
    readers.push(topicReader);
    metrics.expect(source.name);
    topicIntakes.push(topicIntake(source, topicReader));
  }

  function topicIntake(source: TopicSource, topicReader: RecordReader): TopicIntake {
    const groupId = intakeGroup(namespace, source.topic);
    const parser =
      source.format === 'avro'
        ? new ForeignAvroReader(foreignSchemas, source.recordBytesMax)
        : jsonParser(source.recordBytesMax);
    const session = {
      groupId,
      sessionTimeoutMs: tuning.sessionTimeoutMs,
      heartbeatIntervalMs: Math.min(1000, Math.floor(tuning.sessionTimeoutMs / 4)),
    };
    return new TopicIntake(connection, session, {
      source,
      reader: topicReader,
      metrics,
      logger,
      partitionPorts: commitOffset => ({
        source,
        parser,
        reader: topicReader,
        events: new EventWriter(connection, topics.customerEvents, opening.partitions),
        rejections: new RejectionWriter(connection, topics.rejectedEvents),
        logPartitions: opening.partitions,
        encodeEvent: event => ({ key: event.customerId, value: events.encodeEvent(event) }),
        encodeRejection: rejected => ({ key: rejected.key, value: changes.encodeRejectedEvent(rejected) }),
        committedOffset: async partition => {
          // Asked once an assignment: no connection is worth keeping for it.
          const offsets = await GroupOffsets.open(connection);
          try {
            return (await offsets.read(groupId, source.topic)).get(partition) ?? null;
          } finally {
            await offsets.close();
          }
        },
        commitOffset,
        metrics,
        logger,
        gatherMs: tuning.commitIntervalMinMs,
      }),
    });
  }

  const intake = new Intake(topicIntakes);
  return {
    intake,
    metrics,
    async stop() {
      await intake.stop();
      await Promise.allSettled(readers.map(each => each.close()));
    },
  };
}
