import { cells } from '@tierflow/window/cell';
import { describe, expect, it } from 'vitest';
import type { Customer } from './customer.ts';
import { customerOn, factOf, policyOf, tell } from './customer-under-test.ts';
import { wouldOverflow } from './evolve.ts';
import { measureOf } from './measure.ts';

const day = 100;
const policy = policyOf({
  net7: { op: 'sum', of: 'netSpend', window: 'P7D' },
  refunds7: { op: 'count', of: 'refund', window: 'P7D' },
  net: { op: 'sum', of: 'netSpend' },
  refundDays: { op: 'distinctDays', of: 'refund' },
});
const numbersOf = (customer: Customer) =>
  policy.measures.map(measure => {
    const value = measureOf(customer, policy, measure);
    return typeof value === 'object' && value !== null && 'numerator' in value ? value.numerator : value;
  });

const bought = (on: number, orderId: string, amountMinor: number, amountBaseMinor = amountMinor) =>
  factOf('PurchaseRecorded', on, { orderId, amountMinor, amountBaseMinor });
const refunded = (on: number, orderId: string | null, amountMinor: number, amountBaseMinor = amountMinor) =>
  factOf('PurchaseRefunded', on, { orderId, amountMinor, amountBaseMinor });

describe('a refund', () => {
  it('goes to the day of its order, in proportion', () => {
    const customer = customerOn(day, policy, bought(day - 10, 'o', 300, 100), refunded(day, 'o', 100, 999));
    expect(numbersOf(customer)).toEqual([0, 0, 67, 1]);
  });

  it('is capped at its order', () => {
    const customer = customerOn(day, policy, bought(day, 'o', 300), refunded(day, 'o', 200));
    expect(tell(customer, refunded(day, 'o', 200))).toBe('refundCapped');
    expect(numbersOf(customer)).toEqual([0, 2, 0, 1]);
  });

  it('without an order counts on its own day', () => {
    const customer = customerOn(day, policy, bought(day - 10, 'o', 300), refunded(day, null, 50));
    expect(numbersOf(customer)).toEqual([-50, 1, 250, 1]);
  });

  it('waits on its own day for an order that is not known yet', () => {
    const customer = customerOn(day, policy, refunded(day, 'o', 50));
    expect(numbersOf(customer)).toEqual([-50, 1, -50, 1]);
    tell(customer, bought(day - 10, 'o', 300));
    expect(numbersOf(customer)).toEqual([0, 0, 250, 1]);
    expect(customer.orphans).toEqual([]);
  });

  it('follows its order to a later day', () => {
    const customer = customerOn(day, policy, bought(day - 10, 'o', 300), refunded(day, 'o', 50));
    tell(customer, bought(day - 1, 'o', 40));
    expect(numbersOf(customer)).toEqual([0, 1, 300, 1]);
  });

  it('does not reach an order behind the horizon', () => {
    const customer = customerOn(day, policy, bought(day - 10, 'o', 300));
    tell(customer, refunded(day, 'o', 50), day - 10);
    expect(numbersOf(customer)).toEqual([-50, 1, 250, 1]);
  });
});

describe('a duplicate', () => {
  it('is told by source, type, id and day', () => {
    const fact = factOf('PurchaseRecorded', day);
    const customer = customerOn(day, policy, fact);
    expect(tell(customer, fact)).toBe('duplicate');
    expect(tell(customer, { ...fact, source: 'other' })).toBe('applied');
    expect(tell(customer, { ...fact, eventId: 'other' })).toBe('applied');
    expect(tell(customer, { ...fact, businessDay: day - 1 })).toBe('applied');
    expect(tell(customer, factOf('FeedbackReceived', day, { eventId: fact.eventId }))).toBe('applied');
    expect(customer.lifetime.find(cells.purchaseCount)!.value).toBe(4);
  });

  it('is found among sealed days', () => {
    const facts = Array.from({ length: 60 }, (_, n) => factOf('PurchaseRecorded', n));
    const customer = customerOn(day, policy, ...facts);
    for (const fact of facts) expect(tell(customer, fact)).toBe('duplicate');
  });
});

describe('a profile', () => {
  it('is merged, and null removes', () => {
    const customer = customerOn(day, policy, factOf('ProfileUpdated', day, { attributes: { region: 'UK', age: 30 } }));
    tell(customer, factOf('ProfileUpdated', day, { attributes: { region: null, since: true } }));
    expect({ ...customer.attributes }).toEqual({ age: 30, since: true });
  });
});

describe('an overflow', () => {
  const most = Number.MAX_SAFE_INTEGER;
  it.each([
    [
      'purchases',
      factOf('PurchaseRecorded', day, { amountBaseMinor: most }),
      factOf('PurchaseRecorded', day, { amountBaseMinor: 1 }),
    ],
    [
      'margins',
      factOf('PurchaseRecorded', day, { marginBaseMinor: -most }),
      factOf('PurchaseRecorded', day, { marginBaseMinor: -1 }),
    ],
    [
      'refunds',
      factOf('PurchaseRefunded', day, { amountBaseMinor: most }),
      factOf('PurchaseRefunded', day, { amountBaseMinor: 1 }),
    ],
    [
      'costs',
      factOf('InteractionRecorded', day, { costBaseMinor: most }),
      factOf('InteractionRecorded', day, { costBaseMinor: 1 }),
    ],
    [
      'response times',
      factOf('InteractionRecorded', day, { responseSeconds: most }),
      factOf('InteractionRecorded', day, { responseSeconds: 1 }),
    ],
  ])('of %s is seen before it happens', (_what, first, second) => {
    const customer = customerOn(day, policy);
    expect(wouldOverflow(customer, first)).toBe(false);
    tell(customer, first);
    expect(wouldOverflow(customer, second)).toBe(true);
  });
});
