import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createConversion, parseRate } from './exchange-rates.ts';

const convert = (base: string, code: string, rates: readonly (readonly [fromDay: number, rate: string])[]) =>
  createConversion(base, new Map([[code, rates.map(([fromDay, rate]) => ({ fromDay, rate: parseRate(rate)! }))]]));

describe('a conversion', () => {
  const conversion = convert('CNY', 'USD', [
    [100, '6.94'],
    [200, '6.78'],
  ]);

  test.each([
    [99, null],
    [100, 694],
    [199, 694],
    [200, 678],
    [9999, 678],
  ])('takes the latest rate that began by day %i', (day, minor) => {
    expect(conversion.toBase(100, 'USD', day)).toBe(minor);
  });

  test('leaves the base currency alone and knows no other', () => {
    expect(conversion.toBase(1234, 'CNY', 0)).toBe(1234);
    expect(conversion.toBase(1234, 'EUR', 9999)).toBeNull();
  });

  test.each([
    ['half away from zero', 'EUR', 'USD', '0.5', 1, 1],
    ['half away from zero below it', 'EUR', 'USD', '0.5', -1, -1],
    ['no digits to two', 'EUR', 'JPY', '0.0061', 1000, 610],
    ['two digits to none', 'JPY', 'USD', '157.25', 150, 236],
    ['three digits to two', 'EUR', 'KWD', '3.01', 1234, 371],
    ['to nothing', 'EUR', 'KRW', '0.00069', 1, 0],
  ])('%s', (_title, base, code, rate, minor, expected) => {
    expect(convert(base, code, [[0, rate]]).toBase(minor, code, 0)).toBe(expected);
  });

  test('is exact to the last unit', () => {
    const anyRate = fc.integer({ min: 1, max: 999_999_999_999 });
    fc.assert(
      fc.property(fc.maxSafeNat(), anyRate, fc.integer({ min: 0, max: 12 }), (minor, digits, scale) => {
        const padded = String(digits).padStart(scale + 1, '0');
        const rate = scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
        const divisor = 10n ** BigInt(scale);
        const exact = (BigInt(minor) * BigInt(digits) * 2n + divisor) / (2n * divisor);
        expect(convert('EUR', 'USD', [[0, rate]]).toBase(minor, 'USD', 0)).toBe(Number(exact));
      }),
    );
  });
});

test.each(['', '0', '0.00', '-1', '1e3', '1,5', '.5', '5.', ' 1', '1234567890123', '1.2345678901234', 'NaN'])(
  '%j is no rate',
  text => expect(parseRate(text)).toBeNull(),
);
