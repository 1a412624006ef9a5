import { describe, expect, it } from 'vitest';
import { partitionOf, sliceOf } from './partition-of.ts';

describe('slices', () => {
  it('share the customers of one partition evenly', () => {
    for (const [partitions, slices] of [
      [8, 16],
      [12, 64],
      [1, 5],
    ] as const) {
      const counts = new Array<number>(slices).fill(0);
      let customers = 0;
      for (let n = 0; n < 60_000; n++) {
        const id = `customer-${n}`;
        if (partitionOf(id, partitions) !== 0) continue;
        customers++;
        counts[sliceOf(id, slices)]!++;
      }
      const fair = customers / slices;
      const deviation = Math.sqrt(fair);
      for (const count of counts) expect(Math.abs(count - fair)).toBeLessThan(5 * deviation);
    }
  });
});
