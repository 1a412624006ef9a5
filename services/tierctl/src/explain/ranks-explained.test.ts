import { expect, test } from 'vitest';
import { placeOf } from './ranks-explained.ts';

test.each([
  ['the first of a thousand', { above: 0, below: 999, size: 1000 }, true, 1, '0.1'],
  ['the first of three', { above: 0, below: 2, size: 3 }, true, 1, '33.4'],
  ['the last of three', { above: 2, below: 0, size: 3 }, true, 3, '100.0'],
  ['two at the top', { above: 0, below: 8, size: 10 }, true, 1, '10.0'],
  ['where less is better', { above: 98, below: 1, size: 100 }, false, 2, '2.0'],
  ['the only one', { above: 0, below: 0, size: 1 }, true, 1, '100.0'],
])('%s', (_, place, isGreatestFirst, rank, topPercent) => {
  expect(placeOf(place, isGreatestFirst)).toEqual({ rank, of: place.size, topPercent });
});
