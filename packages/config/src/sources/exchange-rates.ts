/**
 * Dated rates to the base currency. The business day decides: the latest rate that begins on it or before it counts. A
 * rate is a decimal text, and an amount is multiplied and rounded once, as integers, half away from zero.
 */
import { multiplyDivide } from '@tierflow/customer/decimal';
import type { Conversion } from '../canonical/conversion.ts';
import { currencyDigits } from '../currency.ts';

export interface DatedRate {
  readonly fromDay: number;
  readonly rate: ExactRate;
}

/** `digits` / 10^`scale`: "6.78" is 678 and 2. */
export interface ExactRate {
  readonly digits: number;
  readonly scale: number;
}

const significantDigitsMax = 12;

/** null where the text is no positive plain decimal of at most 12 digits. */
export function parseRate(text: string): ExactRate | null {
  const match = /^(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  const digits = (match[1]! + fraction).replace(/^0+/, '');
  if (digits === '' || digits.length > significantDigitsMax) return null;
  return { digits: Number(digits), scale: fraction.length };
}

export function createConversion(
  baseCurrency: string,
  ratesByCurrency: ReadonlyMap<string, readonly DatedRate[]>,
): Conversion {
  const baseDigits = currencyDigits(baseCurrency) ?? 0;
  const factorsByCurrency = new Map(
    [...ratesByCurrency].map(([code, rates]) => {
      const digits = currencyDigits(code) ?? 0;
      return [code, rates.map(({ fromDay, rate }) => ({ fromDay, ...factor(rate, digits, baseDigits) }))] as const;
    }),
  );
  return {
    baseCurrency,
    toBase(amountMinor, currency, businessDay) {
      if (currency === baseCurrency) return amountMinor;
      const current = factorsByCurrency.get(currency)?.findLast(({ fromDay }) => fromDay <= businessDay);
      if (current === undefined) return null;
      const magnitude = multiplyDivide(Math.abs(amountMinor), current.multiplier, current.divisor);
      return amountMinor < 0 && magnitude !== 0 ? -magnitude : magnitude;
    },
  };
}

/** Both are below 2^53: a rate has 12 digits, and currencies have 4 at most. */
function factor({ digits, scale }: ExactRate, amountDigits: number, baseDigits: number) {
  const exponent = baseDigits - amountDigits - scale;
  return {
    multiplier: exponent > 0 ? digits * 10 ** exponent : digits,
    divisor: exponent < 0 ? 10 ** -exponent : 1,
  };
}
