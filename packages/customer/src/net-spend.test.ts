/** Net spend from the tiles, against the raw facts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customerOn, factOf } from './customer-under-test.ts';
import type { Fact } from './events.ts';
import { netSpendMinor } from './net-spend.ts';

const today = 20_000;
const span = 60;

interface Deal {
  readonly day: number;
  readonly amountMinor: number;
  /** What was given back of it, and how many days later; null: it was kept. */
  readonly refund: { readonly amountMinor: number; readonly after: number } | null;
  readonly hasOrder: boolean;
}

const deals = fc.array(
  fc.record<Deal>({
    day: fc.integer({ min: today - span, max: today }),
    amountMinor: fc.integer({ min: 1, max: 100_000 }),
    refund: fc.option(
      fc.record({ amountMinor: fc.integer({ min: 1, max: 120_000 }), after: fc.integer({ min: 0, max: 20 }) }),
    ),
    hasOrder: fc.boolean(),
  }),
  { maxLength: 30 },
);

function factsOf(all: readonly Deal[]): Fact[] {
  return all.flatMap(({ day, amountMinor, refund, hasOrder }, index) => {
    const orderId = hasOrder ? `o${index}` : null;
    const bought = factOf('PurchaseRecorded', day, { orderId, amountMinor, amountBaseMinor: amountMinor });
    if (refund === null) return [bought];
    const back = { orderId, amountMinor: refund.amountMinor, amountBaseMinor: refund.amountMinor };
    return [bought, factOf('PurchaseRefunded', Math.min(today, day + refund.after), back)];
  });
}

/** An order gives back no more than it brought, on its own day; a refund without an order counts on the day it came. */
function expected(all: readonly Deal[], days: number): number {
  const isIn = (day: number) => day > today - days && day <= today;
  return all.reduce((sum, { day, amountMinor, refund, hasOrder }) => {
    const brought = isIn(day) ? amountMinor : 0;
    if (refund === null) return sum + brought;
    if (hasOrder) return sum + brought - (isIn(day) ? Math.min(amountMinor, refund.amountMinor) : 0);
    return sum + brought - (isIn(Math.min(today, day + refund.after)) ? refund.amountMinor : 0);
  }, 0);
}

test('is what the facts of the days have brought, in whatever order they came', () => {
  const runs = fc.record({ all: deals, days: fc.integer({ min: 1, max: span + 5 }), seed: fc.integer() });
  fc.assert(
    fc.property(runs, ({ all, days, seed }) => {
      const shuffled = factsOf(all)
        .map((fact, index) => ({ fact, key: Math.imul(seed ^ index, 2_654_435_761) }))
        .sort((a, b) => a.key - b.key)
        .map(({ fact }) => fact);
      const customer = customerOn(today, null, ...shuffled);
      expect(netSpendMinor(customer, today, days)).toBe(expected(all, days));
    }),
  );
});

test('days that are not over yet do not count as of an earlier one', () => {
  const customer = customerOn(
    today,
    null,
    factOf('PurchaseRecorded', today - 1, { amountMinor: 700, amountBaseMinor: 700 }),
    factOf('PurchaseRecorded', today, { amountMinor: 900, amountBaseMinor: 900 }),
  );
  expect(netSpendMinor(customer, today - 1, 365)).toBe(700);
  expect(netSpendMinor(customer, today, 1)).toBe(900);
});
