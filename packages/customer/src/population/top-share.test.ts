import { expect, it, test } from 'vitest';
import { topShareOf } from './top-share.ts';
import { topShares } from './top-shares.ts';

const values = (of: (share: number) => number) => ({ topValues: topShares.map(of) });

test.each([
  [1000, 1],
  [999, 1],
  [998.5, 2],
  [990, 10],
  [989, 20],
  [10, 990],
  [9, 1000],
])('a value of %d is among the first %d tenths of a per cent', (value, share) => {
  const calibrated = values(each => 1000 - each);
  expect(topShareOf(value, { by: 'value', better: 'more' }, calibrated)).toBe(share);
  expect(topShareOf(value, { by: 'lastDay', better: 'less' }, calibrated)).toBe(share);
  expect(
    topShareOf(
      -value,
      { by: 'value', better: 'less' },
      values(each => each - 1000),
    ),
  ).toBe(share);
});

it('is the smallest share that ends at a value that many have', () => {
  expect(
    topShareOf(
      5,
      { by: 'value', better: 'more' },
      values(() => 5),
    ),
  ).toBe(1);
});
