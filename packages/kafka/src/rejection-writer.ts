/** Writes what the log could not use to `rejected-events`, at least once: a reader sorts repetitions out by their id. */
import type { Rejection } from '@tierflow/customer/changes';
import type { RejectionSink } from '@tierflow/processor/ports';
import type { KafkaConnection } from './connection.ts';
import { IdempotentProducer } from './idempotent-producer.ts';

export interface EncodedRejection {
  readonly key: Buffer | string | null;
  readonly value: Buffer;
}

export class RejectionWriter implements RejectionSink {
  readonly #producer: IdempotentProducer;
  readonly #encode: (partition: number, rejection: Rejection) => EncodedRejection;

  constructor(
    connection: KafkaConnection,
    topic: string,
    encode: (partition: number, rejection: Rejection) => EncodedRejection,
  ) {
    this.#producer = new IdempotentProducer(connection, topic);
    this.#encode = encode;
  }

  /** The topic has as many partitions as the log, so that a partition's rejections stay together and in order. */
  async report(partition: number, rejections: readonly Rejection[]): Promise<void> {
    await this.append(
      partition,
      rejections.map(rejection => this.#encode(partition, rejection)),
    );
  }

  /** For rejections that never reached the log. */
  async append(partition: number, rejections: readonly EncodedRejection[]): Promise<void> {
    await this.#producer.write(rejections.map(({ key, value }) => ({ key, value, partition })));
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
