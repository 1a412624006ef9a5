/**
 * A namespace of its own on real servers, worked on by the product's own programs: tierctl and the services run as
 * processes, and what they leave behind is read back from Kafka and Redis.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChangeCodec, changeCodec } from '@tierflow/codec/change-codec';
import { type EventCodec, eventCodec } from '@tierflow/codec/event-codec';
import { connectRegistry } from '@tierflow/codec/registry';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { schemaTopicsOf, type Topics, topicsOf } from '@tierflow/config/namespace';
import type { CustomerTiers, TierChanged, TierRecord } from '@tierflow/customer/changes';
import type { LogRecord, Unreadable } from '@tierflow/customer/events';
import { type KafkaConnection, kafkaClient } from '@tierflow/kafka/connection';
import { type RawRecord, RecordReader } from '@tierflow/kafka/record-reader';
import { deleteTopics } from '@tierflow/kafka/topics';
import { repositoryDir } from '@tierflow/local/paths';
import { OwnedProcess } from '@tierflow/local/processes/owned-process';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { nodeOptions, type Service, type ServiceName, startService } from './service.ts';

export interface Servers {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly schemaRegistryUrl: string;
}

/** One record of tier-changes. */
export interface PublishedRecord {
  /** The header `ce_id`. */
  readonly id: string;
  readonly key: string | null;
  readonly record: TierRecord;
}

export interface TimedRecord extends PublishedRecord {
  /** The record's own timestamp. */
  readonly writtenAtMs: number;
}

/** Those that tell of a change of standing. */
export function changesAmong(published: readonly PublishedRecord[]): TierChanged[] {
  return published.flatMap(({ record }) => (record.type === 'TierChanged' ? [record] : []));
}

/** What any client reads of a customer from Redis. */
export interface CustomerView {
  readonly customerId: string;
  readonly asOf: string;
  readonly policyVersion: number;
  readonly revision: number;
  readonly standings: Readonly<Record<string, { readonly tier: string | null; readonly since: string }>>;
  readonly measures: Readonly<Record<string, string | number | null>>;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Redis = Awaited<ReturnType<typeof openRedis>>;

export const samplePolicy = join(repositoryDir, 'deploy/policies/retail-ladder.yaml');
const tierctlMain = join(repositoryDir, 'services/tierctl/src/main.ts');
const viewsPerRead = 1000;

export class Pipeline {
  readonly namespace: string;
  readonly topics: Topics;
  readonly partitions: number;
  /** Logs of every process, and whatever files a test makes. */
  readonly folder: string;
  readonly redis: Redis;
  readonly events: EventCodec;
  readonly #changes: ChangeCodec;
  readonly #connection: KafkaConnection;
  readonly #reader: RecordReader;
  /** What the product's programs are started with. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #processes = new Set<OwnedProcess>();
  #started = 0;
  #keepsFolder = false;

  /** Runs `tierctl init`. */
  static async open(
    servers: Servers,
    name: string,
    partitions = 4,
    policy = samplePolicy,
    ...initOptions: readonly string[]
  ): Promise<Pipeline> {
    const namespace = `${name}-${randomUUID().slice(0, 8)}`;
    const topics = topicsOf(namespace);
    const connection = { brokers: servers.kafkaBrokers.split(','), clientId: 'e2e', log: () => {} };
    const registry = connectRegistry({
      url: servers.schemaRegistryUrl,
      topics: schemaTopicsOf(topics),
    });
    const schemaIds = await registry.register();
    const pipeline = new Pipeline(
      namespace,
      partitions,
      servers,
      connection,
      await RecordReader.open(connection),
      await openRedis({ url: servers.redisUrl, name: 'e2e' }),
      eventCodec(registry, schemaIds),
      changeCodec(registry, schemaIds),
    );
    try {
      await pipeline.tierctl('init', '--policy', policy, '--partitions', String(partitions), ...initOptions);
      return pipeline;
    } catch (error) {
      pipeline.keepFolder();
      await pipeline.close();
      throw error;
    }
  }

  private constructor(
    namespace: string,
    partitions: number,
    servers: Servers,
    connection: KafkaConnection,
    reader: RecordReader,
    redis: Redis,
    events: EventCodec,
    changes: ChangeCodec,
  ) {
    this.namespace = namespace;
    this.topics = topicsOf(namespace);
    this.partitions = partitions;
    this.folder = mkdtempSync(join(tmpdir(), `tierflow-${namespace}-`));
    this.#connection = connection;
    this.#reader = reader;
    this.redis = redis;
    this.events = events;
    this.#changes = changes;
    this.environment = {
      ...process.env,
      KAFKA_BROKERS: servers.kafkaBrokers,
      REDIS_URL: servers.redisUrl,
      SCHEMA_REGISTRY_URL: servers.schemaRegistryUrl,
      TIERFLOW_NAMESPACE: namespace,
      NO_COLOR: '1',
    };
  }

  startTiering(name: string, environment: NodeJS.ProcessEnv = {}): Promise<Service> {
    return this.#startService('tiering', name, environment);
  }

  startExporter(): Promise<Service> {
    return this.#startService('exporter', 'exporter', {});
  }

  /** Its clock is the manual one, unless the environment says otherwise. */
  startConductor(name: string, environment: NodeJS.ProcessEnv = {}): Promise<Service> {
    return this.#startService('conductor', name, { TIERFLOW_CLOCK: 'manual', ...environment });
  }

  startIntake(name: string, sourcesFile: string, environment: NodeJS.ProcessEnv = {}): Promise<Service> {
    return this.#startService('intake', name, { TIERFLOW_SOURCES: sourcesFile, ...environment });
  }

  async #startService(service: ServiceName, name: string, extra: NodeJS.ProcessEnv): Promise<Service> {
    const started = await startService({
      name,
      service,
      environment: { ...this.environment, ...extra },
      logFile: join(this.folder, `${++this.#started}-${name}.log`),
    });
    this.#owns(started.process);
    return started;
  }

  #owns(child: OwnedProcess): void {
    this.#processes.add(child);
    void child.exited.then(() => this.#processes.delete(child));
  }

  /** Runs a command that is to succeed; gives what it printed. */
  async tierctl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tryTierctl(...args);
    if (code !== 0) throw new Error(`tierctl ${args.join(' ')} ended with ${code}:\n${stderr}\n${stdout}`);
    return stdout;
  }

  async tierctlJson<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.tierctl(...args, '--json')) as T;
  }

  /** Runs a command to its end, whatever it is. */
  async tryTierctl(...args: readonly string[]): Promise<CommandResult> {
    const outFile = join(this.folder, `${++this.#started}-tierctl-${args[0]}.out`);
    const logFile = outFile.replace(/out$/, 'err');
    const [out, err] = [openSync(outFile, 'w'), openSync(logFile, 'w')];
    try {
      const child = await OwnedProcess.start({
        name: `tierctl ${args[0]}`,
        command: process.execPath,
        args: [...nodeOptions, tierctlMain, ...args],
        env: this.environment,
        logFile,
        stdio: ['ignore', out, err],
      });
      this.#owns(child);
      const { code } = await child.exited;
      return { code, stdout: readFileSync(outFile, 'utf8'), stderr: readFileSync(logFile, 'utf8') };
    } finally {
      closeSync(out);
      closeSync(err);
    }
  }

  /** Waits until what the log holds now is folded and every change of it is published. */
  async drained(): Promise<void> {
    await this.tierctl('await');
  }

  /** Appends records to a partition of the log, as any foreign producer could; gives the offset of the first. */
  async appendToLog(
    partition: number,
    records: readonly { readonly key: string | null; readonly value: Buffer | null }[],
  ): Promise<number> {
    const createPartitioner = () => () => partition;
    const producer = kafkaClient(this.#connection).producer({ allowAutoTopicCreation: false, createPartitioner });
    await producer.connect();
    try {
      const topic = this.topics.customerEvents;
      const [written] = await producer.send({ topic, acks: -1, messages: [...records] });
      return Number(written!.baseOffset);
    } finally {
      await producer.disconnect();
    }
  }

  /** All committed records of the log, by partition, in order. */
  async logRecords(): Promise<LogRecord[][]> {
    return this.#readTopic(this.topics.customerEvents, async ({ offset, timestamp, key, value }) => ({
      offset,
      timestamp,
      key: key?.toString() ?? null,
      event: await this.events.read(value),
    }));
  }

  /** All committed records, by partition, in order. */
  async tierChanges(): Promise<PublishedRecord[][]> {
    return this.#readTopic(this.topics.tierChanges, async ({ key, value, headers }) => ({
      id: headers.find(header => header.key === 'ce_id')?.value?.toString() ?? '',
      key: key?.toString() ?? null,
      record: readable(await this.#changes.readTierRecord(value)),
    }));
  }

  /** Those of one partition, as they are read: where there are too many to be held at once. */
  async *tierChangesOf(partition: number): AsyncGenerator<TimedRecord> {
    for await (const records of this.#reader.readAll(this.topics.tierChanges, partition, 0)) {
      for (const { key, value, headers, timestamp } of records) {
        yield {
          id: headers.find(header => header.key === 'ce_id')?.value?.toString() ?? '',
          key: key?.toString() ?? null,
          record: readable(await this.#changes.readTierRecord(value)),
          writtenAtMs: timestamp,
        };
      }
    }
  }

  /** The last value of each customer; null is a tombstone. */
  async customerTiers(): Promise<Map<string, CustomerTiers | null>> {
    const partitions = await this.#readTopic(this.topics.customerTiers, async ({ key, value }) => {
      const tiers = value === null ? null : readable(await this.#changes.readCustomerTiers(value));
      return [key!.toString(), tiers] as const;
    });
    return new Map(partitions.flat());
  }

  async rejectedEvents(): Promise<RejectedEvent[]> {
    const partitions = await this.#readTopic(this.topics.rejectedEvents, async ({ value }) =>
      readable(await this.#changes.readRejectedEvent(value)),
    );
    return partitions.flat();
  }

  /** The last document of each policy. */
  async listedPolicies(): Promise<Map<string, string>> {
    const listed = new Map<string, string>();
    for await (const records of this.#reader.readAll(this.topics.tierPolicies, 0, 0)) {
      for (const { key, value } of records) listed.set(key!.toString(), value!.toString());
    }
    return listed;
  }

  #readTopic<T>(topic: string, decode: (record: RawRecord) => Promise<T>): Promise<T[][]> {
    return Promise.all(
      Array.from({ length: this.partitions }, async (_, partition) => {
        const read: T[] = [];
        for await (const records of this.#reader.readAll(topic, partition, 0)) {
          for (const record of records) read.push(await decode(record));
        }
        return read;
      }),
    );
  }

  /** The views of all customers that have a state. */
  async views(): Promise<Map<string, CustomerView>> {
    const states = new RedisStateReader(this.redis, this.namespace);
    const views = new Map<string, CustomerView>();
    for (let partition = 0; partition < this.partitions; partition++) {
      const ids = new Set<string>();
      for await (const page of states.customerIds(partition)) for (const id of page) ids.add(id);
      const all = [...ids];
      for (let from = 0; from < all.length; from += viewsPerRead) {
        const piece = all.slice(from, from + viewsPerRead);
        const texts = await states.readViews(partition, piece);
        texts.forEach((text, i) => {
          if (text === null) throw new Error(`customer ${piece[i]} has a state but no view`);
          views.set(piece[i]!, JSON.parse(text));
        });
      }
    }
    return views;
  }

  /** Where Redis still knows a customer: keys of its own, and its places in the due index. */
  async tracesInRedis(customerId: string): Promise<string[]> {
    const traces: string[] = [];
    for (const key of await this.redis.keys(`{${this.namespace}:*`)) {
      if (key.endsWith(`:${customerId}`)) traces.push(key);
      else if (/:due:\d+$/.test(key) && (await this.redis.zscore(key, customerId)) !== null) traces.push(key);
    }
    return traces.sort();
  }

  /** Keeps the logs and says where they are. */
  keepFolder(): void {
    if (!this.#keepsFolder) process.stderr.write(`Logs of ${this.namespace} are kept in ${this.folder}\n`);
    this.#keepsFolder = true;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes].map(child => child.stop()));
    await deleteTopics(this.#connection, this.topics);
    await dropNamespace(this.redis, this.namespace);
    this.redis.disconnect();
    await this.#reader.close();
    if (!this.#keepsFolder) rmSync(this.folder, { recursive: true, force: true });
  }
}

function readable<T extends object>(value: T | Unreadable): T {
  if ('type' in value && value.type === 'Unreadable') throw new Error(`${value.reason}: ${value.detail}`);
  return value as T;
}
