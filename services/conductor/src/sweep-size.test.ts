import { expect, test } from 'vitest';
import { slicesPerSweep, sweepSize } from './sweep-size.ts';

test('few customers are swept together', () => {
  expect(slicesPerSweep(64, 0, 10_000)).toBe(64);
  expect(slicesPerSweep(64, 10_000, 10_000)).toBe(64);
});

test('many are swept by about as many as one sweep may have', () => {
  expect(slicesPerSweep(64, 10_001, 10_000)).toBe(63);
  expect(slicesPerSweep(64, 80_000, 10_000)).toBe(8);
  expect(slicesPerSweep(64, 640_000, 10_000)).toBe(1);
});

test('a slice is never parted', () => {
  expect(slicesPerSweep(4, 5_000_000, 10_000)).toBe(1);
  expect(slicesPerSweep(1, 5_000_000, 10_000)).toBe(1);
});

test('the largest partition decides, and while nobody can tell, what was decided last', async () => {
  const due = [100, 40_000, 20_000];
  let isAway = true;
  const errors: unknown[] = [];
  const states = {
    countDue: async (partition: number) => {
      if (isAway) throw new Error('away');
      return due[partition]!;
    },
  };
  const sizeOn = sweepSize(states, { partitions: 3, slices: 64 }, error => errors.push(error));
  expect(await sizeOn(19_000)).toBe(64);
  isAway = false;
  expect(await sizeOn(19_001)).toBe(16);
  isAway = true;
  expect(await sizeOn(19_002)).toBe(16);
  expect(errors).toHaveLength(2);
});
