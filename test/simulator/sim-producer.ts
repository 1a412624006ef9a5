/**
 * kafkajs' transactional producer, as version 2.2.4 behaves: `connect` fences nobody and the first `transaction` does;
 * a partition is added to a transaction before its first batch; a failed batch gives its sequence numbers back, so the
 * next, different one takes them; sends are tried again, the end of a transaction is not; only a successful end makes the
 * producer ready for another transaction.
 */

import type { KafkaProducer } from '@tierflow/kafka/transactional-producer';
import kafkajs, { type Message, type Transaction } from 'kafkajs';
import type { Network, Target } from './network.ts';
import type { Actor } from './scheduler.ts';
import { BrokerError, type SimBroker, type Topic } from './sim-broker.ts';

/** kafkajs tries for as long as its settings say; here it may be as short as once, as when a broker is away for long. */
const attemptsMax = 3;
const backoffSteps = 3;

type State = 'uninitialized' | 'ready' | 'transacting' | 'ending';

export class SimProducer implements KafkaProducer {
  private readonly actor: Actor;
  private readonly network: Network;
  private readonly broker: SimBroker;
  private state: State = 'uninitialized';
  private epoch = -1;
  private readonly sequences = new Map<Topic, number>();
  private added = new Set<Topic>();
  /** Which transaction of the broker the open one is; 0: none was begun there. */
  private meant = 0;
  private lock: Promise<unknown> = Promise.resolve();
  private isConnected = true;

  constructor(actor: Actor, network: Network, broker: SimBroker) {
    this.actor = actor;
    this.network = network;
    this.broker = broker;
  }

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {
    this.isConnected = false;
  }

  async transaction(): Promise<Transaction> {
    if (this.state === 'uninitialized') {
      this.epoch = await this.retrying(
        error => error instanceof BrokerError && error.type === 'CONCURRENT_TRANSACTIONS',
        Number.POSITIVE_INFINITY,
        () => this.request('InitProducerId', () => this.broker.initProducerId()),
      );
      this.state = 'ready';
    }
    if (this.state !== 'ready') throw illegal(this.state);
    this.state = 'transacting';
    const end = (isCommit: boolean) => async () => {
      if (this.state !== 'transacting') throw illegal(this.state);
      this.state = 'ending';
      const { epoch, meant } = this;
      if (this.added.size > 0) {
        await this.retrying(
          () => false,
          1,
          () => this.request('EndTxn', () => this.broker.endTxn(epoch, isCommit, meant)),
        );
      }
      this.added = new Set();
      this.state = 'ready';
    };
    const send = ({ topic, messages }: { topic: string; messages: Message[] }) => this.send(topic as Topic, messages);
    return { send, commit: end(true), abort: end(false) } as unknown as Transaction;
  }

  private async send(topic: Topic, messages: readonly Message[]): Promise<unknown> {
    if (this.state !== 'transacting') throw illegal(this.state);
    const mayTryAgain = (error: unknown) => !(error instanceof BrokerError) || error.type === 'CONCURRENT_TRANSACTIONS';
    const attempts = 1 + this.network.random.below(attemptsMax);
    return this.retrying(mayTryAgain, attempts, () => this.oneAtATime(() => this.sendOnce(topic, messages)));
  }

  private async sendOnce(topic: Topic, messages: readonly Message[]): Promise<void> {
    const { epoch } = this;
    if (!this.added.has(topic)) {
      if (this.state !== 'transacting') throw illegal(this.state);
      await this.request('AddPartitions', () => this.broker.addPartitions(epoch, [topic]));
      this.added.add(topic);
      this.meant = this.broker.currentTransaction;
    }
    const sequence = this.sequences.get(topic) ?? 0;
    this.sequences.set(topic, sequence + messages.length);
    try {
      await this.request('Produce', () => this.broker.produce(topic, epoch, sequence, messages));
    } catch (error) {
      this.sequences.set(topic, this.sequences.get(topic)! - messages.length);
      throw error;
    }
  }

  /** kafkajs has a lock for each broker. */
  private oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const done = this.lock.then(work);
    this.lock = done.catch(() => {});
    return done;
  }

  private async retrying<T>(
    mayTryAgain: (error: unknown) => boolean,
    most: number,
    attempt: () => Promise<T>,
  ): Promise<T> {
    for (let made = 1; ; made++) {
      try {
        return await attempt();
      } catch (error) {
        if (made >= most || !this.isConnected || !mayTryAgain(error)) throw this.asKafkajs(error);
        const { promise, resolve } = Promise.withResolvers<void>();
        this.network.scheduler.add(`${this.actor.name} backs off`, resolve, {
          actor: this.actor,
          delaySteps: backoffSteps,
        });
        await promise;
      }
    }
  }

  private asKafkajs(error: unknown): unknown {
    if (!(error instanceof BrokerError)) return error;
    const { type, message } = error;
    if (type === 'INVALID_PRODUCER_EPOCH') this.network.coverage.count('fenced by a producer');
    return new kafkajs.KafkaJSProtocolError({ type, code: -1, message, retriable: false } as never);
  }

  private request<T>(kind: Target, effect: () => T): Promise<T> {
    const timeout = () => new kafkajs.KafkaJSRequestTimeoutError(`Request ${kind} timed out`, {} as never);
    return this.network.request(this.actor, `kafka ${kind}`, ['kafka', kind], effect, timeout);
  }
}

function illegal(state: State): Error {
  return new kafkajs.KafkaJSNonRetriableError(`Transaction state exception: cannot go on in state ${state}`);
}
