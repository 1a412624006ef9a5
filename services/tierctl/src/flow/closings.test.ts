import { noDay } from '@tierflow/customer/customer';
import { expect, test } from 'vitest';
import { totalsAt } from './closings.ts';
import type { FlowTotals } from './flow-totals.ts';

function totals(stock: number): FlowTotals {
  return { flow: new Map(), stock: new Map([['value|gold', stock]]), headline: new Map() };
}

function closingsOf(stockByDay: Readonly<Record<number, number>>) {
  return async (days: readonly number[]) =>
    days
      .filter(day => day in stockByDay)
      .map(day => ({
        day,
        json: JSON.stringify({ flow: {}, stock: { 'value|gold': stockByDay[day] }, headline: {} }),
      }));
}

async function stocksAt(days: readonly number[], closed: Readonly<Record<number, number>>, logDay = 110) {
  const partition = { firstDay: 100, logDay, counters: totals(99) };
  const found = await totalsAt(days, partition, closingsOf(closed));
  return found.map(({ stock }) => stock.get('value|gold') ?? 0);
}

test('a closed day has its closing, a day before the first one nothing, a day that is not over the running counters', async () => {
  expect(await stocksAt([98, 99, 100, 101, 110, 111], { 100: 3, 101: 5 })).toEqual([0, 0, 3, 5, 99, 99]);
});

test('days that were leapt over are as the next closing, however far it is', async () => {
  expect(await stocksAt([100, 101, 102, 103], { 100: 3, 103: 8 })).toEqual([3, 8, 8, 8]);
  expect(await stocksAt([100, 101, 900, 1000], { 100: 3, 950: 8, 1000: 9 }, 2000)).toEqual([3, 8, 8, 9]);
  expect(await stocksAt([100, 101], { 100: 3 })).toEqual([3, 99]);
});

test('before the first day there is what has been counted so far', async () => {
  const partition = { firstDay: noDay, logDay: noDay, counters: totals(7) };
  const [found] = await totalsAt([100], partition, closingsOf({}));
  expect(found).toEqual(totals(7));
});
