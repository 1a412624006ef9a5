/**
 * Appends facts and decisions to the log. A customer's records go, in the order given, to the partition of their key
 * by the rule that the fold checks. A batch that is written twice after an error is harmless: the fold knows every
 * event by its id.
 */
import { partitionOf } from '@tierflow/processor/partition-of';
import type { KafkaConnection } from './connection.ts';
import { IdempotentProducer } from './idempotent-producer.ts';

export { partitionOf } from '@tierflow/processor/partition-of';

export interface EncodedEvent {
  /** The customer id. */
  readonly key: string;
  readonly value: Buffer;
}

export class EventWriter {
  readonly #producer: IdempotentProducer;
  readonly #partitions: number;

  constructor(connection: KafkaConnection, topic: string, partitions: number) {
    this.#producer = new IdempotentProducer(connection, topic);
    this.#partitions = partitions;
  }

  async write(events: readonly EncodedEvent[]): Promise<void> {
    await this.#producer.write(
      events.map(({ key, value }) => ({ key, value, partition: partitionOf(key, this.#partitions) })),
    );
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
