/**
 * A shop whose systems behave as such systems do: few customers make most of the noise, the same order is reported twice,
 * another one days too late, a refund refers to what was bought before. Everything follows from the seed and the day.
 */
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import type { SplitMix64 } from '../bench/split-mix-64.ts';

export interface ShopRecord {
  readonly topic: 'orders' | 'answers';
  readonly customer: string;
  readonly value: string;
}

const customers = 2000;
const zipfExponent = 1.1;
const rememberedMax = 500;
const shares = { repeated: 0.05, late: 0.03, veryLate: 0.01, refund: 0.04, answer: 0.12 };

/** How intake is to read the shop's two topics. */
export function shopSources(ordersTopic: string, answersTopic: string): string {
  return `sources:
  shop-orders:
    topic: ${ordersTopic}
    format: json
    key: customerId
    events:
      - type: purchase
        when: { path: kind, in: [order] }
        eventId: id
        customerId: customer
        occurredAt: at
        orderId: id
        amount: { path: total, unit: major }
        currency: { const: GBP }
      - type: refund
        when: { path: kind, in: [return] }
        eventId: id
        customerId: customer
        occurredAt: at
        orderId: order
        amount: { path: total, unit: major }
        currency: { const: GBP }
  shop-answers:
    topic: ${answersTopic}
    format: json
    key: customerId
    events:
      - type: feedback
        eventId: id
        customerId: customer
        occurredAt: at
        score: stars
        scale: { const: 5 }
        complaint: { path: complaint, default: false }
`;
}

export class ForeignShop {
  readonly #random: SplitMix64;
  readonly #cumulated: readonly number[];
  readonly #remembered: { readonly record: ShopRecord; readonly id: string; readonly total: number }[] = [];
  #written = 0;

  constructor(random: SplitMix64) {
    this.#random = random;
    let total = 0;
    this.#cumulated = Array.from({ length: customers }, (_, rank) => {
      total += (rank + 1) ** -zipfExponent;
      return total;
    });
  }

  /** Whoever it is, by how often customers come. */
  customer(): string {
    const at = this.#random.float() * this.#cumulated.at(-1)!;
    return `c${this.#cumulated.findIndex(sum => sum >= at)}`;
  }

  next(day: EpochDay): ShopRecord {
    const luck = this.#random.float();
    let limit = shares.repeated;
    if (luck < limit && this.#remembered.length > 0) return this.#remembers().record;
    limit += shares.late;
    if (luck < limit) return this.#order(day - 2);
    limit += shares.veryLate;
    if (luck < limit) return this.#order(day - 40);
    limit += shares.refund;
    if (luck < limit && this.#remembered.length > 0) return this.#return(day);
    limit += shares.answer;
    return luck < limit ? this.#answer(day) : this.#order(day);
  }

  #order(day: EpochDay): ShopRecord {
    const id = this.#id();
    const customer = this.customer();
    const total = 100 + this.#random.below(2900);
    const value = { kind: 'order', id, customer, at: this.#at(day), total: (total / 100).toFixed(2) };
    const record: ShopRecord = { topic: 'orders', customer, value: JSON.stringify(value) };
    if (this.#remembered.length < rememberedMax) this.#remembered.push({ record, id, total });
    else this.#remembered[this.#random.below(rememberedMax)] = { record, id, total };
    return record;
  }

  #return(day: EpochDay): ShopRecord {
    const { record, id: order, total } = this.#remembers();
    const { customer } = record;
    const part = Math.max(1, Math.floor(total * this.#random.float()));
    const value = {
      kind: 'return',
      id: this.#id(),
      order,
      customer,
      at: this.#at(day),
      total: (part / 100).toFixed(2),
    };
    return { topic: 'orders', customer, value: JSON.stringify(value) };
  }

  #answer(day: EpochDay): ShopRecord {
    const customer = this.customer();
    const stars = 1 + this.#random.below(5);
    const value = { id: this.#id(), customer, at: this.#at(day), stars, complaint: stars === 1 };
    return { topic: 'answers', customer, value: JSON.stringify(value) };
  }

  #remembers(): { readonly record: ShopRecord; readonly id: string; readonly total: number } {
    return this.#remembered[this.#random.below(this.#remembered.length)]!;
  }

  #id(): string {
    return `s${++this.#written}`;
  }

  #at(day: EpochDay): string {
    const hour = String(this.#random.below(24)).padStart(2, '0');
    return `${formatDay(day)}T${hour}:${String(this.#random.below(60)).padStart(2, '0')}:00Z`;
  }
}
