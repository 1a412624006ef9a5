/** Exact decimals between text and scaled integers. No float ever holds a fraction of money. */

/** `12.5` with 2 digits → 1250; null where it is no plain decimal, has more digits, or leaves 2^53. */
export function parseDecimal(text: string, digits: number): number | null {
  const match = /^(-?)(\d{1,16})(?:\.(\d+))?$/.exec(text);
  if (!match) return null;
  const fraction = match[3] ?? '';
  if (fraction.length > digits) return null;
  const scaled = Number(match[2]! + fraction.padEnd(digits, '0'));
  if (!Number.isSafeInteger(scaled)) return null;
  return match[1] === '-' && scaled !== 0 ? -scaled : scaled;
}

/**
 * A number as JavaScript writes it, `12.345` or `1.2345e-7`, rounded to the digits half away from zero; null where it is
 * none or leaves 2^53.
 */
export function parseScientific(text: string, digits: number): number | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d{1,3}))?$/.exec(text);
  if (!match) return null;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const written = BigInt(whole! + fraction);
  const shift = digits + Number(exponent) - fraction.length;
  const unit = 10n ** BigInt(Math.abs(shift));
  const scaled = Number(shift >= 0 ? written * unit : (written * 2n + unit) / (unit * 2n));
  if (!Number.isSafeInteger(scaled)) return null;
  return sign === '-' && scaled !== 0 ? -scaled : scaled;
}

/**
 * A number that values of so many digits are compared with: of `12.345` with 2 digits, who has at least it (`more`) has
 * at least 12.35, and who has at most it (`less`) at most 12.34.
 */
export function parseBoundary(text: string, digits: number, better: 'more' | 'less' | 'exact'): number | null {
  const exact = parseDecimal(text, digits);
  if (exact !== null || better === 'exact') return exact;
  const [whole, fraction = ''] = text.split('.');
  const kept = parseDecimal(digits === 0 ? whole! : `${whole}.${fraction.slice(0, digits)}`, digits);
  if (kept === null || !/^\d+$/.test(fraction)) return null;
  if (/^0*$/.test(fraction.slice(digits))) return kept;
  const isNegative = text.startsWith('-');
  // Cutting digits off rounds towards zero.
  if (better === 'more') return isNegative ? kept : kept + 1;
  return isNegative ? kept - 1 : kept;
}

/** 1250 with 2 digits → `12.50`. */
export function formatDecimal(scaled: number, digits: number): string {
  if (digits === 0) return String(scaled);
  const sign = scaled < 0 ? '-' : '';
  const text = String(Math.abs(scaled)).padStart(digits + 1, '0');
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** a / b as an integer, half away from zero. b > 0. */
export function divideRounded(a: number, b: number): number {
  const magnitude = Math.abs(a);
  const quotient = Math.floor(magnitude / b);
  const rest = magnitude - quotient * b;
  const rounded = rest * 2 >= b ? quotient + 1 : quotient;
  return a < 0 && rounded !== 0 ? -rounded : rounded;
}

/** a / b as an integer, never less, for 0 ≤ a and 0 < b. */
export function divideRoundedUp(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient * b < a ? quotient + 1 : quotient;
}

/** a × b / c as an integer, half away from zero, for 0 ≤ a, b and 0 < c, exact beyond 2^53 in between. */
export function multiplyDivide(a: number, b: number, c: number): number {
  const product = a * b;
  if (Number.isSafeInteger(product)) return divideRounded(product, c);
  const exact = (BigInt(a) * BigInt(b) * 2n + BigInt(c)) / (BigInt(c) * 2n);
  return Number(exact);
}
