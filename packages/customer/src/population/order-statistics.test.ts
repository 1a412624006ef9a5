import { expect, test } from 'vitest';
import { populationOf } from './order-statistics.ts';
import { pyramidCuts } from './pyramid.ts';
import { tiesCuts } from './quintiles-by-ties.ts';
import { type7Cuts } from './score-by-cuts.ts';

test('ranks begin with the least value', () => {
  const { size, valueAt } = populationOf([-3, 0, 0, 12]);
  expect([size, valueAt(0), valueAt(3)]).toEqual([4, -3, 12]);
});

test('values that are not in order or not exact are refused, with the rank', () => {
  expect(() => populationOf([1, 3, 2])).toThrow('The values do not ascend at rank 2.');
  expect(() => populationOf([1, 1.5])).toThrow('The value 1.5 of rank 1 is no exact integer.');
  expect(() => populationOf([2 ** 53])).toThrow('of rank 0 is no exact integer');
});

test('nobody has no cuts', () => {
  const nobody = populationOf([]);
  const message = 'A population of 0 has no cuts';
  expect(() => type7Cuts(nobody, 1)).toThrow(message);
  expect(() => tiesCuts(nobody, 'more')).toThrow(message);
  expect(() => pyramidCuts(nobody, [100])).toThrow(message);
});
