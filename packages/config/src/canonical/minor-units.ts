/**
 * Decimal text to integer minor units, exactly: the digits are moved and rounded as text, half away from zero, so that
 * no binary fraction ever holds money. `19.995` with 2 digits is 2000, `-0.005` is -1.
 */

/** The log's longs go to 2^53 - 2: what its wire format can carry without loss. */
export const minorUnitsMax = Number.MAX_SAFE_INTEGER - 1;

export type MinorUnits =
  | { readonly ok: true; readonly minor: number; readonly isRoundedToZero: boolean }
  | { readonly ok: false; readonly reason: 'badAmount' | 'amountTooLarge' };

const decimalPattern = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;

export function parseMinorUnits(text: string, digits: number): MinorUnits {
  const match = decimalPattern.exec(text);
  if (match === null) return { ok: false, reason: 'badAmount' };
  const whole = match[2]!;
  const fraction = match[3] ?? '';
  if (whole.length > 16) return { ok: false, reason: 'amountTooLarge' };

  const kept = fraction.length > digits ? fraction.slice(0, digits) : fraction.padEnd(digits, '0');
  const roundsUp = fraction.length > digits && fraction.charCodeAt(digits) >= 0x35;
  // Up to the limit a double is exact; beyond it the nearest double is beyond it as well.
  const magnitude = Number(whole + kept) + (roundsUp ? 1 : 0);
  if (magnitude > minorUnitsMax) return { ok: false, reason: 'amountTooLarge' };
  const isRoundedToZero = magnitude === 0 && /[1-9]/.test(fraction);
  return { ok: true, minor: match[1] === '-' && magnitude !== 0 ? -magnitude : magnitude, isRoundedToZero };
}
