/**
 * Plays the foreign systems and the calendar: lets a business day begin, writes what happens on it to the source topics,
 * and lets no other begin before all of it is in the log. So the log of the sample does not depend on who is slow: any of
 * the services may be killed meanwhile, and the feeder only waits.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { readEnvironment } from '@tierflow/config/environment';
import { intakeGroup } from '@tierflow/config/namespace';
import type { EpochDay } from '@tierflow/customer/events';
import { GroupOffsets } from '@tierflow/kafka/group-offsets';
import { IdempotentProducer } from '@tierflow/kafka/idempotent-producer';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { Connections } from '@tierflow/tierctl/connections';
import { foreignRecordsOf, type SourceTopic, sourceTopics } from './foreign-records.ts';
import { LogTicks } from './log-ticks.ts';
import type { SampleDay } from './sample-day.ts';
import { renewSourceTopics, sampleHeader } from './source-topics.ts';
import { type PlacedRecord, wavesOf } from './waves.ts';

export interface FeederTarget {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly schemaRegistryUrl: string;
  /** Open already, empty, and with a conductor that follows the manual clock. */
  readonly namespace: string;
  /** Before the names of the source topics, where several samples share brokers. The sources file must name them so. */
  readonly topicPrefix?: string;
}

const sourcePartitions = 4;
const drainPollMs = 5;

interface Place {
  readonly topic: string;
  readonly partition: number;
}

export class DayFeeder {
  readonly #connections: Connections;
  readonly #topicPrefix: string;
  readonly #producers: ReadonlyMap<SourceTopic, IdempotentProducer>;
  readonly #clock: ManualClock;
  readonly #ticks: LogTicks;
  readonly #offsets: GroupOffsets;

  /** Makes the source topics, empty. */
  static async open(target: FeederTarget): Promise<DayFeeder> {
    const { kafkaBrokers, redisUrl, schemaRegistryUrl, namespace, topicPrefix = '' } = target;
    const read = readEnvironment({
      KAFKA_BROKERS: kafkaBrokers,
      REDIS_URL: redisUrl,
      SCHEMA_REGISTRY_URL: schemaRegistryUrl,
      TIERFLOW_NAMESPACE: namespace,
    });
    if (!read.ok) throw new TypeError(read.problems.map(({ name, expected }) => `${name}: ${expected}`).join('; '));
    const connections = new Connections(read.environment);
    try {
      const reader = await connections.reader();
      const topics = sourceTopics.map(topic => topicPrefix + topic);
      await renewSourceTopics(connections.kafka, reader, topics, sourcePartitions);
      const offsets = await GroupOffsets.open(connections.kafka);
      connections.closing(offsets, () => offsets.close());
      const clock = new ManualClock(await connections.redis(), namespace);
      const ticks = new LogTicks(reader, read.environment.topics.customerEvents, raw => connections.decode(raw));
      return new DayFeeder(connections, topicPrefix, clock, ticks, offsets);
    } catch (error) {
      await connections.close();
      throw error;
    }
  }

  private constructor(
    connections: Connections,
    topicPrefix: string,
    clock: ManualClock,
    ticks: LogTicks,
    offsets: GroupOffsets,
  ) {
    this.#connections = connections;
    this.#topicPrefix = topicPrefix;
    this.#clock = clock;
    this.#ticks = ticks;
    this.#offsets = offsets;
    this.#producers = new Map(
      sourceTopics.map(topic => {
        const producer = new IdempotentProducer(connections.kafka, topicPrefix + topic);
        return [topic, connections.closing(producer, () => producer.close())];
      }),
    );
  }

  /** Of the namespace, for whoever wants to look at what became of the days. */
  get connections(): Connections {
    return this.#connections;
  }

  /** Gives how many records were written. */
  async feed(sampleDay: SampleDay, signal: AbortSignal): Promise<number> {
    // 1. The day begins in every partition of the log.
    await this.#open(sampleDay.day, signal);
    // 2. What happens on it, wave by wave.
    const records = foreignRecordsOf(sampleDay);
    for (const wave of wavesOf(records, sourcePartitions)) {
      await this.#write(wave);
      await this.#drained(placesOf(wave, this.#topicPrefix), signal);
    }
    return records.length;
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #open(day: EpochDay, signal: AbortSignal): Promise<void> {
    await this.#clock.set(day);
    await this.#ticks.reached(day, signal);
  }

  async #write(wave: readonly PlacedRecord[]): Promise<void> {
    const byTopic = Map.groupBy(wave, ({ topic }) => topic);
    await Promise.all(
      [...byTopic].map(([topic, records]) =>
        this.#producers.get(topic)!.write(
          records.map(({ key, value, partition }) => ({
            key,
            value: JSON.stringify(value),
            partition,
            headers: { [sampleHeader]: 'complete-journey' },
          })),
        ),
      ),
    );
  }

  /** Until intake has committed that it is past all that these partitions hold. */
  async #drained(places: readonly Place[], signal: AbortSignal): Promise<void> {
    const reader = await this.#connections.reader();
    let waiting = await Promise.all(
      places.map(async ({ topic, partition }) => {
        const { highWatermark } = await reader.bounds(topic, partition);
        return { topic, partition, end: highWatermark };
      }),
    );
    for (;;) {
      const committed = new Map<string, number>();
      for (const topic of new Set(waiting.map(place => place.topic))) {
        const group = intakeGroup(this.#connections.environment.namespace, topic);
        for (const [partition, offset] of await this.#offsets.read(group, topic)) {
          committed.set(`${topic}/${partition}`, offset);
        }
      }
      waiting = waiting.filter(({ topic, partition, end }) => (committed.get(`${topic}/${partition}`) ?? 0) < end);
      if (waiting.length === 0) return;
      await delay(drainPollMs, undefined, { signal });
    }
  }
}

function placesOf(wave: readonly PlacedRecord[], topicPrefix: string): Place[] {
  const places = new Map<string, Place>();
  for (const { topic, partition } of wave) {
    places.set(`${topic}/${partition}`, { topic: topicPrefix + topic, partition });
  }
  return [...places.values()];
}
