/** The scores that the R package rfm publishes for its own data, from its orders and from its customers. */
import { policyOf } from '@tierflow/customer/customer-under-test';
import { populationOf } from '@tierflow/customer/population/order-statistics';
import { scoreByCuts, type7Cuts } from '@tierflow/customer/population/score-by-cuts';
import { type7Quantiles } from '@tierflow/customer/population/type7-quantiles';
import { describe, expect, test } from 'vitest';
import { measuredCustomers } from './measured-customers.ts';
import { publishedTable } from './published-table.ts';

const folder = 'test/fixtures/published/rfm-package';

/** Money in cents. */
interface Measured {
  readonly recencyDays: number;
  readonly orders: number;
  readonly spendMinor: number;
}

interface Scored extends Measured {
  readonly scores: readonly [recency: number, frequency: number, monetary: number];
}

const unitMinor = 100;
const populationBy = (customers: readonly Measured[], measure: keyof Measured) =>
  populationOf(customers.map(customer => customer[measure]).sort((a, b) => a - b));

function scored(customers: readonly Measured[]): Scored[] {
  const recency = type7Cuts(populationBy(customers, 'recencyDays'), 1);
  const frequency = type7Cuts(populationBy(customers, 'orders'), 1);
  const monetary = type7Cuts(populationBy(customers, 'spendMinor'), unitMinor);
  return customers.map(customer => ({
    ...customer,
    scores: [
      scoreByCuts(customer.recencyDays, recency, 'less'),
      scoreByCuts(customer.orders, frequency, 'more'),
      scoreByCuts(customer.spendMinor, monetary, 'more'),
    ],
  }));
}

function published(file: string): Scored[] {
  return publishedTable(`${folder}/${file}`, [
    'recency_days',
    'transaction_count',
    'amount',
    'recency_score',
    'frequency_score',
    'monetary_score',
  ]).map(row => ({
    recencyDays: Number(row.recency_days),
    orders: Number(row.transaction_count),
    spendMinor: Number(row.amount) * unitMinor,
    scores: [Number(row.recency_score), Number(row.frequency_score), Number(row.monetary_score)],
  }));
}

const asMultiset = (customers: readonly Scored[]): string[] =>
  customers
    .map(({ recencyDays, orders, spendMinor, scores }) => `${recencyDays} ${orders} ${spendMinor} ${scores}`)
    .sort();

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

describe('995 customers, from their 4,906 orders', () => {
  const policy = policyOf({
    recencyDays: { op: 'since', of: 'purchase' },
    orders: { op: 'count', of: 'purchase' },
    spendMinor: { op: 'sum', of: 'netSpend' },
  });
  const lines = publishedTable(`${folder}/orders.csv.gz`, ['customer', 'order_date', 'revenue']).map((row, index) =>
    JSON.stringify({
      type: 'purchase',
      eventId: `order-${index + 1}`,
      customerId: row.customer,
      occurredAt: `${row.order_date}T00:00:00Z`,
      amount: `${row.revenue}.00`,
      currency: 'USD',
    }),
  );
  const measured = measuredCustomers(lines, 'USD', policy, '2006-12-31');
  const customers = [...measured.values()] as unknown as Measured[];

  test('have the published scores', () => {
    expect([lines.length, customers.length]).toEqual([4906, 995]);
    expect(asMultiset(scored(customers))).toEqual(asMultiset(published('orders-scores.csv.gz')));
  });

  test.each([
    ['recencyDays', 1, [115, 181, 297.4, 482]],
    ['orders', 1, [4, 5, 6, 8]],
    ['spendMinor', unitMinor, [255.8, 382, 506.4, 666]],
  ] as const)('have the published thresholds of %s: one unit above the quintiles', (measure, unit, thresholds) => {
    const quintiles = type7Quantiles(populationBy(customers, measure), 5);
    // In tenths, of which a threshold has a whole number: floats would have to be equal by luck.
    expect(quintiles.map(({ whole, part, of }) => (10 * (whole + unit) + (10 / of) * part) / unit)).toEqual(
      thresholds.map(threshold => Math.round(threshold * 10)),
    );
  });

  test('lie with the greater values where they are at a threshold', () => {
    const at = (measure: keyof Measured, value: number, axis: 0 | 1 | 2): Set<number> =>
      new Set(
        published('orders-scores.csv.gz')
          .filter(customer => customer[measure] === value)
          .map(({ scores }) => scores[axis]),
      );
    expect([at('recencyDays', 180, 0), at('recencyDays', 181, 0)]).toEqual([new Set([4]), new Set([3])]);
    expect([at('orders', 3, 1), at('orders', 4, 1)]).toEqual([new Set([1]), new Set([2])]);
    expect([at('spendMinor', 38_100, 2), at('spendMinor', 38_200, 2)]).toEqual([new Set([2]), new Set([3])]);
  });

  test('are Champions with 4 and above on every axis: 158 of them', () => {
    const champions = scored(customers).filter(({ scores }) => scores.every(score => score >= 4));
    expect(champions).toHaveLength(158);
    expect(sumOf(champions.map(({ orders }) => orders))).toBe(1234);
    expect(sumOf(champions.map(({ spendMinor }) => spendMinor))).toBe(120_178_00);
  });
});

test('39,999 customers have the published scores', () => {
  const answer = published('customers-scores.csv.gz');
  expect(answer).toHaveLength(39_999);
  expect(asMultiset(scored(answer))).toEqual(asMultiset(answer));
});
