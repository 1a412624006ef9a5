/**
 * Facts at a steady pace, of customers at random, straight into the log, as an intake would write them. Of a fifth of the
 * customers nothing is heard any more: what a roll-out does to them it does alone, however long the run takes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fact } from '@tierflow/customer/events';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { type EncodedEvent, EventWriter } from '@tierflow/kafka/event-writer';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Pipeline } from '../e2e/pipeline.ts';
import { currency, lastDay } from './imported-customers.ts';

export const loadSource = 'load';

const stepMs = 20;
const purchaseOneIn = 4;
const quietOneIn = 5;
const amountMinorMax = 2_000;
const noonMs = 43_200_000;

export class SteadyLoad {
  readonly eventsPerSecond: number;
  /** Facts that the log has acknowledged. */
  written = 0;
  /** How far the load itself was behind its pace at the most. */
  behindMsMax = 0;
  seconds = 0;
  readonly #pipeline: Pipeline;
  readonly #customers: readonly string[];
  readonly #random: SplitMix64;
  readonly #writer: EventWriter;
  #stopping = false;
  #flowing: Promise<void> = Promise.resolve();

  constructor(
    pipeline: Pipeline,
    connection: KafkaConnection,
    customers: readonly string[],
    eventsPerSecond: number,
    random: SplitMix64,
  ) {
    this.#pipeline = pipeline;
    this.#customers = customers.filter((_, n) => n % quietOneIn > 0);
    this.eventsPerSecond = eventsPerSecond;
    this.#random = random;
    this.#writer = new EventWriter(connection, pipeline.topics.customerEvents, pipeline.partitions);
  }

  start(): void {
    this.#flowing = this.#flow();
    // Met when it is awaited.
    this.#flowing.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    try {
      await this.#flowing;
    } finally {
      await this.#writer.close();
    }
  }

  async #flow(): Promise<void> {
    const startedAt = performance.now();
    while (!this.#stopping) {
      const dueSeconds = (performance.now() - startedAt) / 1000;
      const missing = Math.floor(dueSeconds * this.eventsPerSecond) - this.written;
      this.behindMsMax = Math.max(this.behindMsMax, (missing / this.eventsPerSecond) * 1000 - stepMs);
      await this.#writer.write(Array.from({ length: missing }, (_, i) => this.#next(this.written + i)));
      this.written += missing;
      const spentMs = performance.now() - startedAt - dueSeconds * 1000;
      await delay(Math.max(0, stepMs - spentMs));
    }
    this.seconds = (performance.now() - startedAt) / 1000;
  }

  #next(number: number): EncodedEvent {
    const customerId = this.#customers[this.#random.below(this.#customers.length)]!;
    const base = {
      eventId: `load-${number}`,
      source: loadSource,
      customerId,
      occurredAt: lastDay * 86_400_000 + noonMs,
      businessDay: lastDay,
      bootstrap: false,
    };
    return { key: customerId, value: this.#pipeline.events.encodeEvent(this.#fact(base)) };
  }

  #fact(base: Omit<Fact, 'type'>): Fact {
    if (this.#random.below(purchaseOneIn) > 0) {
      const rest = { kind: 'visit', topic: null, responseSeconds: null, costBaseMinor: null };
      return { type: 'InteractionRecorded', ...base, ...rest };
    }
    const amountMinor = 1 + this.#random.below(amountMinorMax);
    return {
      type: 'PurchaseRecorded',
      ...base,
      orderId: null,
      amountMinor,
      currency,
      amountBaseMinor: amountMinor,
      marginBaseMinor: null,
      channel: null,
    };
  }
}
