import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const known = ['amount', 'currency', 'kind', 'tier', 'all', 'any'];

test.each([
  ['ammount', 'amount'],
  ['Currency', 'currency'],
  ['teir', 'tier'],
  ['al', 'all'],
  ['price', null],
  ['', null],
  ['x'.repeat(100_000), null],
])('%s', (written, meant) => {
  expect(nearestName(written, known)).toBe(meant);
});
