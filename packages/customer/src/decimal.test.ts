import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideRounded, formatDecimal, multiplyDivide, parseBoundary, parseDecimal } from './decimal.ts';

describe('parseDecimal', () => {
  it.each([
    ['12.5', 2, 1250],
    ['-12.50', 2, -1250],
    ['0', 2, 0],
    ['-0.00', 2, 0],
    ['7', 0, 7],
    ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ])('%j with %d digits is %d', (text, digits, expected) => {
    expect(parseDecimal(text, digits)).toBe(expected);
  });

  it.each([
    '',
    '-',
    '.5',
    '5.',
    '1e3',
    '1,5',
    ' 1',
    '+1',
    '0x1',
    '12.345',
    '90071992547409.92',
    '99999999999999999',
    '٣',
  ])('refuses %j', text => {
    expect(parseDecimal(text, 2)).toBeNull();
  });

  it('reads what formatDecimal writes', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(4), (scaled, digits) => {
        expect(parseDecimal(formatDecimal(scaled, digits), digits)).toBe(scaled);
      }),
    );
  });
});

describe('parseBoundary', () => {
  it.each([
    ['4.16', 0, 'more', 5],
    ['4.16', 0, 'less', 4],
    ['-4.16', 0, 'more', -4],
    ['-4.16', 0, 'less', -5],
    ['4.00', 0, 'more', 4],
    ['12.345', 2, 'more', 1235],
    ['12.345', 2, 'less', 1234],
    ['12.3', 2, 'more', 1230],
    ['-0.4', 0, 'more', 0],
    ['4.16', 0, 'exact', null],
    ['4.x', 0, 'more', null],
    ['4.', 0, 'more', null],
    ['four', 0, 'more', null],
  ] as const)('%s with %d digits, %s is better: %d', (text, digits, better, expected) => {
    expect(parseBoundary(text, digits, better)).toBe(expected);
  });

  it('parts whole numbers as the number itself does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -99, max: 99 }), (hundredths, value) => {
        const text = formatDecimal(hundredths, 2);
        expect(value >= parseBoundary(text, 0, 'more')!).toBe(value * 100 >= hundredths);
        expect(value <= parseBoundary(text, 0, 'less')!).toBe(value * 100 <= hundredths);
      }),
    );
  });
});

describe('division', () => {
  const exactly = (a: bigint, b: bigint, c: bigint): number => {
    const product = a * b;
    const magnitude = product < 0n ? -product : product;
    const rounded = (magnitude * 2n + c) / (c * 2n);
    return Number(product < 0n ? -rounded : rounded);
  };

  it('rounds half away from zero', () => {
    expect([1, 2, 3, -1, -2, -3].map(a => divideRounded(a, 2))).toEqual([1, 1, 2, -1, -1, -2]);
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1 }), (a, b) => {
        expect(divideRounded(a, b)).toBe(exactly(BigInt(a), 1n, BigInt(b)) || 0);
      }),
    );
  });

  it('is exact for a proportion whose product leaves 2^53', () => {
    const part = fc.record({ amount: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), base: fc.maxSafeNat() });
    fc.assert(
      fc.property(part, fc.double({ min: 0, max: 1, noNaN: true }), ({ amount, base }, share) => {
        const refunded = Math.floor(amount * share);
        expect(multiplyDivide(base, refunded, amount)).toBe(exactly(BigInt(base), BigInt(refunded), BigInt(amount)));
      }),
    );
  });
});
