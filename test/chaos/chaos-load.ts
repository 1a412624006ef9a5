/**
 * What flows while everything breaks: foreign records at a steady pace, days that pass, now and then a new version of the
 * policy, a customer who asks to be forgotten, and records that are hostile. Nothing of it may be lost for want of a
 * broker, so whatever cannot be written is written again, as any of these systems would do.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { conductorTransactionalId } from '@tierflow/config/namespace';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { CustomerForgotten, EpochDay } from '@tierflow/customer/events';
import { type KafkaConnection, kafkaClient } from '@tierflow/kafka/connection';
import { ControlWriter } from '@tierflow/kafka/control-writer';
import { IdempotentProducer, type PartitionedMessage } from '@tierflow/kafka/idempotent-producer';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import { LogTicks } from '@tierflow/local/sample-year/log-ticks';
import { sliceFollow } from '@tierflow/processor/day-opening';
import { partitionOf } from '@tierflow/processor/partition-of';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { deploymentDefaults } from '@tierflow/tierctl/deployment-options';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Pipeline } from '../e2e/pipeline.ts';
import { ForeignShop, shopSources } from './foreign-shop.ts';
import { type HostileRecord, hostileLogRecords, hostileOrders, reasonHeader } from './hostile-records.ts';

export const chaosPolicy = join(import.meta.dirname, 'chaos-tiers.yaml');

const firstDay = parseDay('2020-01-01')!;
const sourcePartitions = 4;
/** Above the megabyte that a record may have by default. */
const sourceRecordBytesMax = 4 * 1024 * 1024;
const recordsPerSecond = 150;
const stepMs = 100;
const dayMsMin = 2000;
const forgetEveryDays = 4;
const rolloutEveryDays = 15;
const repeatMs = 500;

export class ChaosLoad {
  readonly ordersTopic: string;
  readonly answersTopic: string;
  readonly sources: string;
  /** Records that went to the source topics, as far as was acknowledged. */
  written = 0;
  days = 0;
  rollouts = 0;
  forgotten = 0;
  readonly #pipeline: Pipeline;
  readonly #connection: KafkaConnection;
  readonly #shop: ForeignShop;
  readonly #random: SplitMix64;
  readonly #producers: ReadonlyMap<string, IdempotentProducer>;
  readonly #ticks: LogTicks;
  readonly #stopping = new AbortController();
  #day: EpochDay = firstDay - 1;
  #hostileWritten = 0;
  #flowing: Promise<unknown> = Promise.resolve();

  static async open(
    pipeline: Pipeline,
    connection: KafkaConnection,
    reader: RecordReader,
    random: SplitMix64,
  ): Promise<ChaosLoad> {
    const load = new ChaosLoad(pipeline, connection, reader, random);
    const admin = kafkaClient(connection).admin();
    await admin.connect();
    try {
      await admin.createTopics({
        waitForLeaders: false,
        topics: [load.ordersTopic, load.answersTopic].map(topic => ({
          topic,
          numPartitions: sourcePartitions,
          replicationFactor: 1,
          configEntries: [{ name: 'max.message.bytes', value: String(sourceRecordBytesMax) }],
        })),
      });
    } finally {
      await admin.disconnect();
    }
    for (const topic of [load.ordersTopic, load.answersTopic]) {
      for (let partition = 0; partition < sourcePartitions; partition++) await reader.bounds(topic, partition);
    }
    return load;
  }

  private constructor(pipeline: Pipeline, connection: KafkaConnection, reader: RecordReader, random: SplitMix64) {
    this.#pipeline = pipeline;
    this.#connection = connection;
    this.#random = random;
    this.#shop = new ForeignShop(random);
    this.ordersTopic = `${pipeline.namespace}.orders`;
    this.answersTopic = `${pipeline.namespace}.answers`;
    this.sources = shopSources(this.ordersTopic, this.answersTopic);
    const { customerEvents } = pipeline.topics;
    const topics = [this.ordersTopic, this.answersTopic, customerEvents];
    this.#producers = new Map(topics.map(topic => [topic, new IdempotentProducer(connection, topic)]));
    this.#ticks = new LogTicks(reader, customerEvents, async ({ offset, timestamp, key, value }) => ({
      offset,
      timestamp,
      key: key?.toString() ?? null,
      event: await pipeline.events.read(value),
    }));
  }

  start(): void {
    this.#flowing = Promise.all([this.#letDaysPass(), this.#sell()]);
    // Met when it is awaited.
    this.#flowing.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#flowing;
    for (const producer of this.#producers.values()) await producer.close();
  }

  /** One of each kind into a source topic and into a partition of the log, and one order ten times over. */
  async beHostile(): Promise<void> {
    const id = `hostile-${++this.#hostileWritten}`;
    const place = this.#random.below(sourcePartitions);
    const toMessage = ({ key, value, reason }: HostileRecord, partition: number): PartitionedMessage => ({
      key,
      value,
      partition,
      headers: { [reasonHeader]: reason },
    });
    await this.#write(
      this.ordersTopic,
      hostileOrders(this.#day, id).map(record => toMessage(record, place)),
    );
    const { partitions, events, topics } = this.#pipeline;
    const logPartition = this.#random.below(partitions);
    await this.#write(
      topics.customerEvents,
      hostileLogRecords(events, this.#day, id, logPartition, partitions).map(each => toMessage(each, logPartition)),
    );
    const { customer, value } = this.#shop.next(this.#day);
    const again = { key: customer, value, partition: partitionOf(customer, sourcePartitions) };
    await this.#write(value.includes('stars') ? this.answersTopic : this.ordersTopic, Array(10).fill(again));
  }

  async #sell(): Promise<void> {
    const perStep = (recordsPerSecond * stepMs) / 1000;
    while (!this.#stopped) {
      const startedAt = performance.now();
      if (this.#day >= firstDay) {
        const records = Array.from({ length: perStep }, () => this.#shop.next(this.#day));
        for (const [topic, of] of Map.groupBy(records, record => record.topic)) {
          await this.#write(
            `${this.#pipeline.namespace}.${topic}`,
            of.map(({ customer, value }) => ({
              key: customer,
              value,
              partition: partitionOf(customer, sourcePartitions),
            })),
          );
        }
        this.written += records.length;
      }
      await this.#pause(Math.max(0, stepMs - (performance.now() - startedAt)));
    }
  }

  async #letDaysPass(): Promise<void> {
    while (!this.#stopped) {
      const startedAt = performance.now();
      const day = this.#day + 1;
      await this.#open(day);
      if (this.#stopped) return;
      this.#day = day;
      this.days += 1;
      if (this.days % forgetEveryDays === 0) await this.#forget();
      if (this.days % rolloutEveryDays === 0) await this.#rollOut();
      await this.#pause(Math.max(0, dayMsMin - (performance.now() - startedAt)));
    }
  }

  /** The clock is set again and again: it lies in Redis, and Redis forgets. */
  async #open(day: EpochDay): Promise<void> {
    const clock = new ManualClock(this.#pipeline.redis, this.#pipeline.namespace);
    const setting = setInterval(() => void clock.set(day).catch(() => {}), repeatMs);
    void clock.set(day).catch(() => {});
    try {
      await this.#untilDone(() => this.#ticks.reached(day, this.#stopping.signal));
    } finally {
      clearInterval(setting);
    }
  }

  async #forget(): Promise<void> {
    const customerId = this.#shop.customer();
    const event: CustomerForgotten = {
      type: 'CustomerForgotten',
      eventId: `forget-${this.days}`,
      source: 'chaos',
      customerId,
      occurredAt: this.#day * 86_400_000,
      businessDay: this.#day,
      bootstrap: false,
      actor: 'ann',
      reason: 'asked for it',
    };
    const partition = partitionOf(customerId, this.#pipeline.partitions);
    const value = this.#pipeline.events.encodeEvent(event);
    await this.#write(this.#pipeline.topics.customerEvents, [{ key: customerId, value, partition }]);
    this.forgotten += 1;
  }

  /** As an operator's tool would: it shuts out the conductor, which comes back by itself. */
  async #rollOut(): Promise<void> {
    const version = this.rollouts + 2;
    const thresholds = version % 2 === 0 ? ['80.00', '35.00'] : ['60.00', '25.00'];
    const text = readFileSync(chaosPolicy, 'utf8')
      .replace('version: 1', `version: ${version}`)
      .replace('>= 60.00', `>= ${thresholds[0]}`)
      .replace('>= 25.00', `>= ${thresholds[1]}`);
    const { topics, namespace, partitions, events } = this.#pipeline;
    const horizonDays = Number(deploymentDefaults.horizonDays);
    const parsed = parsePolicy(text, { baseCurrencyDigits: 2, horizonDays });
    if (!parsed.ok) throw new Error(`the policy of the roll-out is wrong: ${JSON.stringify(parsed.problems)}`);
    const { policy, json, hash } = parsed;
    const published = { type: 'PolicyPublished', policyId: policy.policyId, version, hash, document: json } as const;
    const records = [published, sliceFollow(Number(deploymentDefaults.slices), published, version)];
    await this.#untilDone(async () => {
      const transactionalId = conductorTransactionalId(namespace);
      const options = { transactionalId, topic: topics.customerEvents, partitions };
      const writer = await ControlWriter.open(this.#connection, options, this.#stopping.signal);
      try {
        await writer.write(records.map(record => events.encodeEvent(record)));
      } finally {
        await writer.close();
      }
    });
    this.rollouts += 1;
  }

  async #write(topic: string, messages: readonly PartitionedMessage[]): Promise<void> {
    await this.#untilDone(() => this.#producers.get(topic)!.write(messages));
  }

  /** Whatever fails meanwhile is the run's doing. */
  async #untilDone(work: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      try {
        return await work();
      } catch {
        await this.#pause(repeatMs);
      }
    }
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
