import { describe, expect, it } from 'vitest';
import { measuresAsOf } from './as-of.ts';
import { customerOn, factOf, policyOf, tell } from './customer-under-test.ts';
import type { Fact } from './events.ts';
import { formatMeasure } from './measure.ts';

const day = 20_000;
const policy = policyOf({
  net30: { op: 'sum', of: 'netSpend', window: 'P30D' },
  net: { op: 'sum', of: 'netSpend' },
  before: { op: 'sum', of: 'netSpend', window: 'previous P30D' },
  orderDays: { op: 'distinctDays', of: 'purchase' },
  quiet: { op: 'since', of: 'purchase' },
  topics: { op: 'topTopics', of: 'topic' },
  days: { op: 'since', of: 'customer' },
});

function toldOn(on: number, ...facts: readonly Fact[]): Record<string, string | null> {
  const past = measuresAsOf(customerOn(day, policy, ...facts), policy, on);
  return Object.fromEntries(policy.measures.map(measure => [measure.name, formatMeasure(past, policy, measure)]));
}

const bought = (on: number, orderId: string | null = null) => factOf('PurchaseRecorded', on, { orderId });
const called = (on: number, topic: string) => factOf('InteractionRecorded', on, { topic });

describe('a customer as of an earlier day', () => {
  it('has not seen the facts of later days', () => {
    const facts = [bought(day - 40), called(day - 40, 'price'), bought(day - 5), bought(day), called(day, 'fit')];
    expect(toldOn(day - 1, ...facts)).toEqual({
      net30: '10.00',
      net: '20.00',
      before: '10.00',
      orderDays: '2',
      quiet: '4',
      topics: 'price 1',
      days: '39',
    });
  });

  it('knows of a later refund of an order that was bought by then', () => {
    const refund = factOf('PurchaseRefunded', day, { orderId: 'o', amountMinor: 400, amountBaseMinor: 400 });
    expect(toldOn(day - 5, bought(day - 5, 'o'), refund)).toMatchObject({ net30: '6.00', net: '6.00' });
  });

  it('had not begun before its first fact', () => {
    expect(toldOn(day - 1, bought(day))).toEqual({
      net30: '0.00',
      net: '0.00',
      before: '0.00',
      orderDays: '0',
      quiet: null,
      topics: null,
      days: null,
    });
  });

  it('remembers a fact from behind the horizon as the last one only while none came later', () => {
    const customer = customerOn(day, policy);
    tell(customer, { ...bought(day - 900), bootstrap: true }, day - 800);
    const quietOn = (on: number) => formatMeasure(measuresAsOf(customer, policy, on), policy, policy.measures[4]!);
    expect(quietOn(day - 100)).toBe('800');
    tell(customer, bought(day - 50), day - 800);
    expect(quietOn(day - 100)).toBe(null);
    expect(quietOn(day - 50)).toBe('0');
  });
});
