/**
 * Writes control records to every partition of the log in one transaction, so that no reader ever sees a tick or a
 * policy in some partitions only. Its transactional id also elects: opening a writer fences the one before.
 */
import type { KafkaConnection } from './connection.ts';
import { TransactionalProducer } from './transactional-producer.ts';

export interface ControlWriterOptions {
  readonly transactionalId: string;
  readonly topic: string;
  readonly partitions: number;
}

export class ControlWriter {
  readonly #producer: TransactionalProducer;
  readonly #options: ControlWriterOptions;

  static async open(connection: KafkaConnection, options: ControlWriterOptions): Promise<ControlWriter> {
    const producer = new TransactionalProducer(connection, options.transactionalId);
    try {
      await producer.fence();
    } catch (error) {
      await producer.close();
      throw error;
    }
    return new ControlWriter(producer, options);
  }

  private constructor(producer: TransactionalProducer, options: ControlWriterOptions) {
    this.#producer = producer;
    this.#options = options;
  }

  /**
   * The same records, in this order, to all partitions, with a null key: they concern no single customer. Facts that
   * must come before them have to be acknowledged before this is called. After an error, open a new writer.
   */
  async write(records: readonly Uint8Array[]): Promise<void> {
    const { topic, partitions } = this.#options;
    const messages = records.map(record => ({ key: null, value: Buffer.from(record) }));
    if (messages.length === 0) return;
    await this.#producer.transact(async send => {
      for (let partition = 0; partition < partitions; partition++) await send(topic, partition, messages);
    });
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
