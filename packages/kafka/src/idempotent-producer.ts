/**
 * Writes at least once, for what is deduplicated by whoever reads it.
 *
 * kafkajs' idempotent producer loses records silently when it is used after an error: the sequence number of the
 * unacknowledged batch is given to the next one, which the broker then takes for a duplicate. So after any error
 * the producer is thrown away and the whole batch is written again by a new one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PortFailure } from '@tierflow/processor/errors';
import type { Message, Producer } from 'kafkajs';
import { chunks } from './chunks.ts';
import { explicitPartitioner, type KafkaConnection, kafkaClient, producerRetry } from './connection.ts';
import { disconnected, withDeadline } from './deadline.ts';
import { toPortError } from './errors.ts';

export interface PartitionedMessage extends Message {
  readonly partition: number;
}

/** Spread over partitions, so a send may hold more records than one of a single partition. */
const sendRecordsMax = 4000;
const attemptsMax = 5;
const backoffMinMs = 100;
const sendMsMax = 60_000;

export class IdempotentProducer {
  readonly #connection: KafkaConnection;
  readonly #topic: string;
  #producer: Producer | null = null;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(connection: KafkaConnection, topic: string) {
    this.#connection = connection;
    this.#topic = topic;
  }

  /** Resolves when every record is acknowledged. Batches are written one after the other, in the order of the calls. */
  write(messages: readonly PartitionedMessage[]): Promise<void> {
    const written = this.#writing.then(() => this.#write(messages));
    this.#writing = written.catch(() => {});
    return written;
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#closed = true;
    await this.#discard();
  }

  async #write(messages: readonly PartitionedMessage[]): Promise<void> {
    for (let made = 1, backoffMs = backoffMinMs; ; made++, backoffMs *= 2) {
      if (this.#closed) throw new PortFailure('protocol', `the producer of ${this.#topic} is closed`);
      try {
        const producer = await this.#open();
        for (const chunk of chunks(messages, sendRecordsMax)) {
          const sent = producer.send({ topic: this.#topic, acks: -1, messages: chunk });
          await withDeadline(sent, sendMsMax, `writing to ${this.#topic}`);
        }
        return;
      } catch (error) {
        await this.#discard();
        if (made === attemptsMax) throw toPortError(error, `writing to ${this.#topic}`);
        await delay(backoffMs);
      }
    }
  }

  async #open(): Promise<Producer> {
    if (this.#producer !== null) return this.#producer;
    const producer = kafkaClient(this.#connection).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: explicitPartitioner,
      retry: producerRetry,
    });
    this.#producer = producer;
    await withDeadline(producer.connect(), sendMsMax, `connecting to write to ${this.#topic}`);
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    if (producer !== null) await disconnected(producer);
  }
}
