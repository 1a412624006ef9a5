/**
 * One epoch of a transactional id, with the rules that kafkajs leaves to its user.
 *
 * - `connect()` fences nobody; the first `transaction()` does. So `fence()` begins and ends an empty one: the
 *   predecessor's open transaction is settled, its later writes are refused.
 * - After any error or unknown outcome the producer must not be used again: a retried sequence number would make the
 *   broker drop the next, different record without a word. It refuses further use; the owner opens a new one.
 * - It never aborts a transaction that holds records. A delayed abort could end the *next* transaction of the same epoch;
 *   the next fence settles what was left open.
 * - Each send goes to one partition. A batch over several brokers could be retried for one and repeated for another.
 */
import { Fenced, PortFailure } from '@tierflow/processor/errors';
import type { Message, Producer } from 'kafkajs';
import { explicitPartitioner, type KafkaConnection, kafkaClient, producerRetry } from './connection.ts';
import { type Deadline, disconnected, withDeadline } from './deadline.ts';
import { toPortError } from './errors.ts';

/** What is used of kafkajs' producer. The simulator has one that talks to a broker in memory. */
export type KafkaProducer = Pick<Producer, 'connect' | 'disconnect' | 'transaction'>;

export type Send = (topic: string, partition: number, messages: readonly Message[]) => Promise<void>;

/**
 * After this time the coordinator aborts what a vanished owner left open, if no successor did it before. It also ends
 * the transaction of a slow owner, who then looks fenced: so it is far longer than a transaction lasts on a busy machine.
 */
const transactionTimeoutMs = 60_000;
/** Time for one request that is lost and made again. Late work does no harm: it is of an epoch that is fenced then. */
const workMsMax = 30_000;

export class TransactionalProducer {
  readonly #producer: KafkaProducer;
  readonly #transactionalId: string;
  readonly #deadline: Deadline;
  #failure: Fenced | PortFailure | null = null;

  static of(connection: KafkaConnection, transactionalId: string): TransactionalProducer {
    const producer = kafkaClient(connection).producer({
      transactionalId,
      transactionTimeout: transactionTimeoutMs,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: explicitPartitioner,
      retry: producerRetry,
      // Transactions are idempotent by themselves; the flag would only make it ask for a second producer id.
      idempotent: false,
    });
    return new TransactionalProducer(producer, transactionalId);
  }

  constructor(producer: KafkaProducer, transactionalId: string, deadline: Deadline = withDeadline) {
    this.#producer = producer;
    this.#deadline = deadline;
    this.#transactionalId = transactionalId;
  }

  async fence(): Promise<void> {
    await this.#guarded('fencing', async () => {
      await this.#producer.connect();
      const transaction = await this.#producer.transaction();
      await transaction.abort();
    });
  }

  /** Commits when the work is done, which must await every send. */
  async transact(work: (send: Send) => Promise<void>): Promise<void> {
    await this.#guarded('a transaction', async () => {
      const transaction = await this.#producer.transaction();
      await work(async (topic, partition, messages) => {
        await transaction.send({ topic, acks: -1, messages: messages.map(message => ({ ...message, partition })) });
      });
      await transaction.commit();
    });
  }

  async close(): Promise<void> {
    this.#failure ??= new PortFailure('protocol', `${this.#transactionalId} is closed`);
    await disconnected(this.#producer, this.#deadline);
  }

  async #guarded(doing: string, work: () => Promise<void>): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    try {
      await this.#deadline(work(), workMsMax, doing);
    } catch (error) {
      const failure = toPortError(error, `${this.#transactionalId}: ${doing}`);
      // A failure of the work itself (its content could not be built) also leaves a transaction open.
      this.#failure = failure instanceof Fenced || failure instanceof PortFailure ? failure : null;
      this.#failure ??= new PortFailure('protocol', `${this.#transactionalId} failed before`, failure);
      throw failure;
    }
  }
}
