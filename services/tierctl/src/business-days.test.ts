import { noDay } from '@tierflow/customer/customer';
import { expect, test } from 'vitest';
import { DayBuckets, daysToOpen } from './business-days.ts';

test('a file in any order is given out day by day, each day in the order of the file', () => {
  const buckets = new DayBuckets<string>();
  for (const [day, item] of [
    [12, 'a'],
    [10, 'b'],
    [12, 'c'],
  ] as const) {
    buckets.add(day, item);
  }
  expect([...buckets.inOrder()]).toEqual([
    { day: 10, items: ['b'] },
    { day: 12, items: ['a', 'c'] },
  ]);
});

test('a log without a day begins with the first one of the facts', () => {
  expect(daysToOpen(noDay, 15_000)).toEqual([15_000]);
});

test('empty days are opened too, days that have begun are not opened again', () => {
  expect(daysToOpen(10, 13)).toEqual([11, 12, 13]);
  expect(daysToOpen(13, 13)).toEqual([]);
  expect(daysToOpen(13, 2)).toEqual([]);
});
