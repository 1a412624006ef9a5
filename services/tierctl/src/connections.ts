/** The servers of one namespace as a command sees them: opened on first use, closed all together. */
import { type ChangeCodec, changeCodec } from '@tierflow/codec/change-codec';
import { type EventCodec, eventCodec } from '@tierflow/codec/event-codec';
import { connectRegistry } from '@tierflow/codec/registry';
import type { SchemaIds, SchemaRegistry } from '@tierflow/codec/schema-registry';
import { type Environment, readEnvironment } from '@tierflow/config/environment';
import { schemaTopicsOf } from '@tierflow/config/namespace';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import type { LogOpened, LogRecord } from '@tierflow/customer/events';
import { type KafkaConnection, kafkaClient } from '@tierflow/kafka/connection';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import { type RawRecord, RecordReader } from '@tierflow/kafka/record-reader';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { CommandFailure } from './command-failure.ts';

export type Redis = Awaited<ReturnType<typeof openRedis>>;

export interface ServerOptions {
  readonly namespace?: string | undefined;
}

/** Runs the work and closes whatever it opened, so that the process can end by itself. */
export async function withConnections<T>(
  options: ServerOptions,
  work: (connections: Connections) => Promise<T>,
): Promise<T> {
  const connections = new Connections(environmentFor(options));
  try {
    return await work(connections);
  } finally {
    await connections.close();
  }
}

function environmentFor({ namespace }: ServerOptions): Environment {
  const variables = namespace === undefined ? process.env : { ...process.env, TIERFLOW_NAMESPACE: namespace };
  const result = readEnvironment(variables);
  if (result.ok) return result.environment;
  throw new CommandFailure(formatSettingProblems(result.problems), 'set these environment variables', 2);
}

export class Connections {
  readonly environment: Environment;
  readonly kafka: KafkaConnection;
  readonly registry: SchemaRegistry;
  readonly #closers: (() => unknown)[] = [];
  #reader: Promise<RecordReader> | null = null;
  #redis: Promise<Redis> | null = null;
  #schemaIds: Promise<SchemaIds> | null = null;
  #events: Promise<EventCodec> | null = null;

  constructor(environment: Environment) {
    this.environment = environment;
    const { topics } = environment;
    // What the client survives is no news on a command line; what it does not survive comes as an error.
    this.kafka = { brokers: environment.kafkaBrokers, clientId: 'tierctl', log: () => {} };
    this.registry = connectRegistry({
      url: environment.schemaRegistryUrl,
      topics: schemaTopicsOf(topics),
    });
  }

  reader(): Promise<RecordReader> {
    this.#reader ??= RecordReader.open(this.kafka).then(reader => this.closing(reader, () => reader.close()));
    return this.#reader;
  }

  redis(): Promise<Redis> {
    this.#redis ??= openRedis({ url: this.environment.redisUrl, name: 'tierctl' }).then(redis =>
      this.closing(redis, () => redis.disconnect()),
    );
    return this.#redis;
  }

  async states(): Promise<RedisStateReader> {
    return new RedisStateReader(await this.redis(), this.environment.namespace);
  }

  /** Closes it together with the rest, in reverse order. */
  closing<T>(resource: T, close: () => unknown): T {
    this.#closers.push(close);
    return resource;
  }

  schemaIds(): Promise<SchemaIds> {
    this.#schemaIds ??= this.registry.lookUp();
    return this.#schemaIds;
  }

  events(): Promise<EventCodec> {
    this.#events ??= this.schemaIds().then(ids => eventCodec(this.registry, ids));
    return this.#events;
  }

  async changes(): Promise<ChangeCodec> {
    return changeCodec(this.registry, await this.schemaIds());
  }

  async decode(raw: RawRecord): Promise<LogRecord> {
    const events = await this.events();
    const { offset, timestamp, key, value } = raw;
    const event = events.decode(value) ?? (await events.read(value));
    return { offset, timestamp, key: key?.toString() ?? null, event };
  }

  /** What the log was opened with; null where it was not. */
  async findGenesis(): Promise<LogOpened | null> {
    const { customerEvents } = this.environment.topics;
    if (!(await this.existingTopics()).includes(customerEvents)) return null;
    const log = new KafkaEventLog(await this.reader(), customerEvents, raw => this.decode(raw));
    const record = await log.genesis(0);
    if (record === null) return null;
    if (record.event.type === 'LogOpened') return record.event;
    throw new CommandFailure(
      `the first record of ${customerEvents}/0 is ${record.event.type}, not a genesis`,
      'point TIERFLOW_NAMESPACE to topics that `tierctl init` made',
    );
  }

  async genesis(): Promise<LogOpened> {
    const genesis = await this.findGenesis();
    if (genesis !== null) return genesis;
    throw new CommandFailure(
      `namespace ${this.environment.namespace} has no log`,
      'open it with `tierctl init --policy FILE`, or name another one by --namespace',
    );
  }

  async existingTopics(): Promise<string[]> {
    const admin = kafkaClient(this.kafka).admin();
    try {
      await admin.connect();
      return await admin.listTopics();
    } catch (error) {
      throw new CommandFailure(
        `no answer from Kafka at ${this.environment.kafkaBrokers.join(',')}: ${(error as Error).message}`,
        'check that it runs and that KAFKA_BROKERS names it',
      );
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }
}
