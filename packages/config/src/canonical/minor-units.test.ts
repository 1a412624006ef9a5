import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minorUnitsMax, parseMinorUnits } from './minor-units.ts';

/** Scaled by ten once more than needed, in integers without a limit, and divided half away from zero. */
function oracle(sign: string, whole: string, fraction: string, digits: number): bigint {
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * 10n ** BigInt(digits);
  const rounded = (scaled * 2n + scale) / (scale * 2n);
  return sign === '-' ? -rounded : rounded;
}

test('agrees with integers without a limit', () => {
  const digitsOf = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength });
  const whole = digitsOf(18).map(text => text.replace(/^0+/, '') || '0');
  fc.assert(
    fc.property(fc.constantFrom('', '-'), whole, digitsOf(8), fc.nat(4), (sign, units, fraction, digits) => {
      const text = `${sign}${units}${fraction === '' ? '' : `.${fraction}`}`;
      const expected = oracle(sign, units, fraction, digits);
      const result = parseMinorUnits(text, digits);
      if (expected > BigInt(minorUnitsMax) || expected < -BigInt(minorUnitsMax)) {
        expect(result).toEqual({ ok: false, reason: 'amountTooLarge' });
      } else {
        expect(result).toMatchObject({ ok: true, minor: Number(expected) });
      }
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['19.995', 2, 2000],
  ['19.994999999999999999', 2, 1999],
  ['-0.005', 2, -1],
  ['0.4', 0, 0],
  ['1.005', 2, 101],
  ['90071992547409.904', 2, 2 ** 53 - 2],
])('%s with %i digits is %i', (text, digits, minor) => {
  expect(parseMinorUnits(text, digits)).toMatchObject({ ok: true, minor });
});

test('rounding up past the limit is too large', () => {
  expect(parseMinorUnits('90071992547409.905', 2)).toEqual({ ok: false, reason: 'amountTooLarge' });
});
