import { expect, test } from 'vitest';
import { slicesNamed } from './slice-share.ts';

test.each([
  ['1', 1],
  ['64', 64],
  ['1/64', 1],
  ['1/1000', 1],
  ['1/3', 22],
  ['2/3', 43],
  ['64/64', 64],
])('%s of 64 slices are %i', (text, slices) => {
  expect(slicesNamed(text, 64)).toBe(slices);
});

test.each(['0', '65', '0/64', '65/64', '1/0', '-1', '1.5', '10%', ''])('%s is refused', text => {
  expect(() => slicesNamed(text, 64)).toThrow(/--slices/);
});
