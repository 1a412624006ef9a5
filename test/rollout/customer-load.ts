/** Purchases of random customers at a steady pace, written to the log as intake writes them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { EpochDay, PurchaseRecorded } from '@tierflow/customer/events';
import { type EncodedEvent, EventWriter } from '@tierflow/kafka/event-writer';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Pipeline } from '../e2e/pipeline.ts';

const dayMs = 86_400_000;
const batchRecords = 5000;
/** Of the load: so often something is written. */
const beatMs = 20;

export class CustomerLoad {
  /** Events written by `run`. */
  written = 0;
  /** Who has bought something since `forgetTouched`. */
  readonly touched = new Set<string>();
  /** When the broker did not answer, what was to be written waits; the longest time. */
  behindMsMax = 0;
  readonly #pipeline: Pipeline;
  readonly #writer: EventWriter;
  readonly #random: SplitMix64;
  readonly #customers: number;
  readonly #day: EpochDay;
  #stopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(pipeline: Pipeline, brokers: readonly string[], random: SplitMix64, customers: number, day: EpochDay) {
    this.#pipeline = pipeline;
    const connection = { brokers: [...brokers], clientId: 'rollout-load', log: () => {} };
    this.#writer = new EventWriter(connection, pipeline.topics.customerEvents, pipeline.partitions);
    this.#random = random;
    this.#customers = customers;
    this.#day = day;
  }

  /** Everybody buys once. */
  async writeBase(): Promise<void> {
    let batch: EncodedEvent[] = [];
    for (let customer = 0; customer < this.#customers; customer++) {
      batch.push(this.#purchaseOf(customer, `base-${customer}`, 20_00 + this.#random.below(180_00)));
      if (batch.length < batchRecords) continue;
      await this.#writer.write(batch);
      batch = [];
    }
    await this.#writer.write(batch);
  }

  start(eventsPerSecond: number): void {
    this.#running = this.#run(eventsPerSecond);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await this.#writer.close();
  }

  async #run(eventsPerSecond: number): Promise<void> {
    const startedAt = performance.now();
    while (!this.#stopping) {
      const due = Math.floor(((performance.now() - startedAt) * eventsPerSecond) / 1000);
      const batch: EncodedEvent[] = [];
      for (; this.written < due; this.written++) {
        const customer = this.#random.below(this.#customers);
        this.touched.add(idOf(customer));
        batch.push(this.#purchaseOf(customer, `load-${this.written}`, 1_00 + this.#random.below(9_00)));
      }
      const beganAt = performance.now();
      await this.#writer.write(batch);
      this.behindMsMax = Math.max(this.behindMsMax, performance.now() - beganAt);
      await delay(beatMs);
    }
  }

  #purchaseOf(customer: number, eventId: string, amountMinor: number): EncodedEvent {
    const customerId = idOf(customer);
    const purchase: PurchaseRecorded = {
      type: 'PurchaseRecorded',
      eventId,
      source: 'rollout',
      customerId,
      occurredAt: this.#day * dayMs + dayMs / 2,
      businessDay: this.#day,
      bootstrap: false,
      orderId: null,
      amountMinor,
      currency: 'GBP',
      amountBaseMinor: amountMinor,
      marginBaseMinor: null,
      channel: null,
    };
    return { key: customerId, value: this.#pipeline.events.encodeEvent(purchase) };
  }
}

function idOf(customer: number): string {
  return `c-${customer}`;
}
