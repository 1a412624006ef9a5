/**
 * Writes control records to every partition of the log in one transaction, so that no reader ever sees a tick or a
 * policy in some partitions only. Its transactional id also elects: opening a writer fences the one before.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConnection } from './connection.ts';
import { awaitsCoordinator } from './errors.ts';
import { TransactionalProducer } from './transactional-producer.ts';

export interface ControlWriterOptions {
  readonly transactionalId: string;
  readonly topic: string;
  readonly partitions: number;
}

/** A record of another topic, in its first partition, that is there if and only if the control records are. */
export interface BesideRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** On a new broker, the first transaction waits until the topic of transactions is made, which may take many seconds. */
const coordinatorWaitMaxMs = 30_000;
const coordinatorPollMs = 200;

export class ControlWriter {
  readonly #producer: TransactionalProducer;
  readonly #options: ControlWriterOptions;

  /** The signal ends the wait for a coordinator. */
  static async open(
    connection: KafkaConnection,
    options: ControlWriterOptions,
    signal?: AbortSignal,
  ): Promise<ControlWriter> {
    for (const deadline = performance.now() + coordinatorWaitMaxMs; ; ) {
      const producer = TransactionalProducer.of(connection, options.transactionalId);
      try {
        await producer.fence();
        return new ControlWriter(producer, options);
      } catch (error) {
        await producer.close();
        if (!awaitsCoordinator(error) || performance.now() > deadline || signal?.aborted) throw error;
        await delay(coordinatorPollMs);
      }
    }
  }

  private constructor(producer: TransactionalProducer, options: ControlWriterOptions) {
    this.#producer = producer;
    this.#options = options;
  }

  /**
   * The same records, in this order, to all partitions, with a null key: they concern no single customer. Facts that
   * must come before them have to be acknowledged before this is called. After an error, open a new writer.
   *
   * Partition 0 comes last, because it is the one that is asked how far the log is. Should the late commit of an earlier
   * transaction tear this one, partition 0 has nothing of it, and the records are written again to all: twice is
   * harmless, never is not.
   */
  async write(records: readonly Uint8Array[], beside?: BesideRecord): Promise<void> {
    const { topic, partitions } = this.#options;
    const messages = records.map(record => ({ key: null, value: Buffer.from(record) }));
    if (messages.length === 0) return;
    await this.#producer.transact(async send => {
      if (beside !== undefined) await send(beside.topic, 0, [{ key: beside.key, value: beside.value }]);
      for (let partition = partitions - 1; partition >= 0; partition--) await send(topic, partition, messages);
    });
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
