import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasMoved } from './dead-band.ts';

describe('a cut', () => {
  test.each([
    ['100.00', '101.00', 1, false],
    ['100.00', '101.01', 1, true],
    ['100.00', '98.99', 1, true],
    ['-100', '-101', 1, false],
    ['-100', '-102', 1, true],
    ['0.00', '0.00', 1, false],
    ['0.00', '0.01', 100, true],
    ['5', '5', 0, false],
    ['5', '6', 0, true],
    ['5', '5.00', 0, false],
    ['90071992547409.91', '90071992547409.90', 0, true],
  ])('from %s to %s by more than the dead band of %i %%: %s', (former, cut, deadBandPercent, moved) => {
    expect(hasMoved([cut], [former], deadBandPercent)).toBe(moved);
  });
});

test('one that has moved is enough, and another number of cuts always is', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(cuts, cuts, fc.integer({ min: 0, max: 100 }), (now, before, percent) => {
      const expected =
        now.length !== before.length || now.some((cut, i) => Math.abs(cut - before[i]!) * 100 > percent * before[i]!);
      expect(hasMoved(now.map(String), before.map(String), percent)).toBe(expected);
    }),
  );
});
