/** A topic of somebody else, as intake finds it: made, written to and read by no code of the product's writers. */
import { setTimeout as delay } from 'node:timers/promises';
import { intakeGroup } from '@tierflow/config/namespace';
import { kafkaClient } from '@tierflow/kafka/connection';
import { GroupOffsets } from '@tierflow/kafka/group-offsets';
import type { IHeaders } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { Pipeline } from './pipeline.ts';

export interface ForeignRecord {
  readonly value: Buffer | string | null;
  readonly key?: Buffer | string | null;
  readonly partition?: number;
  readonly headers?: IHeaders;
}

const takenInMs = 60_000;
const pollMs = 50;

export class SourceTopic {
  readonly name: string;
  readonly #connection;
  readonly #namespace: string;

  constructor(pipeline: Pipeline, name: string) {
    this.name = `${pipeline.namespace}.${name}`;
    this.#namespace = pipeline.namespace;
    const brokers = pipeline.environment.KAFKA_BROKERS!.split(',');
    this.#connection = { brokers, clientId: 'foreign', log: () => {} };
  }

  async create(partitions: number): Promise<void> {
    const admin = kafkaClient(this.#connection).admin();
    await admin.connect();
    await admin.createTopics({
      timeout: 30_000,
      topics: [{ topic: this.name, numPartitions: partitions, replicationFactor: 1 }],
    });
    await admin.disconnect();
  }

  async drop(): Promise<void> {
    const admin = kafkaClient(this.#connection).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [this.name] }).catch(() => {});
    await admin.disconnect();
  }

  /** One batch for each partition that a record names; 0 where it names none. */
  async write(records: readonly ForeignRecord[], isCompressed = false): Promise<void> {
    const createPartitioner =
      () =>
      ({ message }: { message: { partition?: number } }) =>
        message.partition ?? 0;
    const producer = kafkaClient(this.#connection).producer({ allowAutoTopicCreation: false, createPartitioner });
    await producer.connect();
    const compression = isCompressed ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None;
    await producer.send({ topic: this.name, acks: -1, compression, messages: [...records] });
    await producer.disconnect();
  }

  /** As retention does: what lies before this offset of partition 0 is gone. */
  async forgetBefore(offset: number): Promise<void> {
    const admin = kafkaClient(this.#connection).admin();
    await admin.connect();
    // The client deletes by the bounds that it asked for last.
    await admin.fetchTopicOffsets(this.name);
    await admin.deleteTopicRecords({ topic: this.name, partitions: [{ partition: 0, offset: String(offset) }] });
    await admin.disconnect();
  }

  /** Waits until intake's group has committed all that is there now. */
  async takenIn(): Promise<void> {
    const admin = kafkaClient(this.#connection).admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(this.name);
    await admin.disconnect();
    const group = intakeGroup(this.#namespace, this.name);
    const offsets = await GroupOffsets.open(this.#connection);
    try {
      for (let waitedMs = 0; waitedMs < takenInMs; waitedMs += pollMs) {
        const committed = await offsets.read(group, this.name);
        if (ends.every(({ partition, high }) => (committed.get(partition) ?? 0) >= Number(high))) return;
        await delay(pollMs);
      }
    } finally {
      await offsets.close();
    }
    throw new Error(`${this.name} was not taken in within ${takenInMs} ms`);
  }
}
