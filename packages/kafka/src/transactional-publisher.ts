/**
 * Publishes a partition's outbox: everything or nothing becomes visible, in id order.
 *
 * `customer-tiers` goes first and is acknowledged before the first change is sent, and the changes follow one another,
 * each chunk acknowledged before the next. So whatever of a transaction reaches the log is a prefix of it, and the last
 * committed record of `tier-changes` says exactly how far the changes are out.
 */
import { compareIds, type EmissionId, type TierRecord } from '@tierflow/customer/changes';
import type { Publisher, PublisherFactory, StoredOutboxEntry } from '@tierflow/processor/ports';
import type { Message } from 'kafkajs';
import { chunks } from './chunks.ts';
import type { TransactionalProducer } from './transactional-producer.ts';

/** An emission as it was packed: final bytes. */
export interface PackedEmission {
  readonly id: EmissionId;
  readonly type: TierRecord['type'];
  readonly revision: number;
  readonly key: string;
  readonly record: Buffer;
  /** null: a tombstone. */
  readonly standings: Buffer | null;
  readonly recordedAt: number;
}

export interface PublisherOptions {
  readonly changesTopic: string;
  readonly tiersTopic: string;
  transactionalId(partition: number): string;
  /** Records of one send; undefined: as many as a batch may have. */
  readonly sendRecordsMax?: number | undefined;
  unpack(bytes: Uint8Array): readonly PackedEmission[];
  headers(partition: number, emission: PackedEmission): Readonly<Record<string, string | Buffer>>;
}

export class TransactionalPublishers implements PublisherFactory {
  readonly #producerOf: (transactionalId: string) => TransactionalProducer;
  readonly #options: PublisherOptions;

  constructor(producerOf: (transactionalId: string) => TransactionalProducer, options: PublisherOptions) {
    this.#producerOf = producerOf;
    this.#options = options;
  }

  async open(partition: number): Promise<TransactionalPublisher> {
    const producer = this.#producerOf(this.#options.transactionalId(partition));
    return new TransactionalPublisher(partition, producer, this.#options);
  }
}

export class TransactionalPublisher implements Publisher {
  readonly #partition: number;
  readonly #producer: TransactionalProducer;
  readonly #options: PublisherOptions;

  constructor(partition: number, producer: TransactionalProducer, options: PublisherOptions) {
    this.#partition = partition;
    this.#producer = producer;
    this.#options = options;
  }

  async fence(): Promise<void> {
    await this.#producer.fence();
  }

  async publish(entries: readonly StoredOutboxEntry[], after: EmissionId | null): Promise<void> {
    const { changesTopic, tiersTopic, sendRecordsMax } = this.#options;
    const emissions = entries
      .flatMap(entry => this.#options.unpack(entry.bytes))
      .filter(({ id }) => after === null || compareIds(id, after) > 0);
    if (emissions.length === 0) return;

    await this.#producer.transact(async send => {
      // 1. The standings, the last one of each customer: within one transaction nobody sees those between.
      const tiers = new Map<string, Message>();
      for (const { key, standings } of emissions) tiers.set(key, { key, value: standings });
      for (const chunk of chunks(tiers.values(), sendRecordsMax)) await send(tiersTopic, this.#partition, chunk);
      // 2. Only then the changes, in id order.
      const changes = emissions.map(emission => this.#changeMessage(emission));
      for (const chunk of chunks(changes, sendRecordsMax)) await send(changesTopic, this.#partition, chunk);
      // 3. The producer commits.
    });
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  #changeMessage(emission: PackedEmission): Message {
    return {
      key: emission.key,
      value: emission.record,
      headers: { ...this.#options.headers(this.#partition, emission) },
    };
  }
}
