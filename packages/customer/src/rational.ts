/** Exact fractions of any size, for expressions: a quarter of a third of an amount is rounded once, at the end. */

export interface Rational {
  readonly numerator: bigint;
  /** Greater than zero. */
  readonly denominator: bigint;
}

export function rationalOf(numerator: bigint, denominator = 1n): Rational {
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator };
}

export function add(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function negate({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

export function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** null: by zero. */
export function divide(a: Rational, b: Rational): Rational | null {
  return b.numerator === 0n ? null : rationalOf(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** Negative, zero or positive, as a is less than, equal to or greater than b. */
export function compare(a: Rational, b: Rational): number {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** In units of the last of so many decimals, half away from zero; null where it leaves the exact integers. */
export function scaledTo({ numerator, denominator }: Rational, digits: number): number | null {
  const twice = numerator * 2n * 10n ** BigInt(digits);
  // Division of integers cuts towards zero.
  const rounded = Number((twice + (twice < 0n ? -denominator : denominator)) / (denominator * 2n));
  return Number.isSafeInteger(rounded) ? rounded : null;
}
