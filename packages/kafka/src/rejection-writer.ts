/** Writes what was not accepted to `rejected-events`, at least once: a reader sorts repetitions out by their id. */
import type { KafkaConnection } from './connection.ts';
import { IdempotentProducer } from './idempotent-producer.ts';

export interface EncodedRejection {
  readonly key: Buffer | string | null;
  readonly value: Buffer;
}

export class RejectionWriter {
  readonly #producer: IdempotentProducer;

  constructor(connection: KafkaConnection, topic: string) {
    this.#producer = new IdempotentProducer(connection, topic);
  }

  async append(partition: number, rejections: readonly EncodedRejection[]): Promise<void> {
    await this.#producer.write(rejections.map(({ key, value }) => ({ key, value, partition })));
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
