import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOpening } from './day-opening.ts';

test('the tick comes first, and without a size one sweep covers all slices', () => {
  expect(dayOpening(19_000, 8)).toEqual([
    { type: 'ClockTicked', day: 19_000 },
    expect.objectContaining({ type: 'SliceSwept', fromSlice: 0, toSlice: 7, mode: 'due' }),
  ]);
});

test('however a day is cut, its sweeps cover every slice once and in order', () => {
  const size = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(size, size, (slices, slicesPerSweep) => {
      const covered = dayOpening(19_000, slices, slicesPerSweep)
        .slice(1)
        .flatMap(record => {
          if (record.type !== 'SliceSwept') throw new Error('one tick only');
          const length = record.toSlice - record.fromSlice + 1;
          expect(length).toBeLessThanOrEqual(slicesPerSweep);
          return Array.from({ length }, (_, i) => record.fromSlice + i);
        });
      expect(covered).toEqual(Array.from({ length: slices }, (_, i) => i));
    }),
  );
});
