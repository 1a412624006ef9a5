/**
 * Values of foreign records to what the canonical form expects of a field. A value that does not fit is passed on as it
 * is, so that the reading of the canonical form names what is wrong; only what that reading could not see (a unit that
 * does not fit) is refused here.
 */
import { currencyDigits } from '../currency.ts';
import { refuse, type Scope } from './scope.ts';

/** `field` is the canonical name, for the reason of a refusal. */
export type Convert = (value: unknown, scope: Scope, field: string) => unknown;

export const asIs: Convert = value => value;

/** Ids and labels of other systems are often numbers. Beyond 2^53 digits may be lost already, so those must be text. */
export const toText: Convert = value =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)) ? String(value) : value;

/** Tables have text where records have numbers. */
export const textToNumber: Convert = value =>
  typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;

export const textToBoolean: Convert = value => (value === 'true' ? true : value === 'false' ? false : value);

/** Attributes are scalars; 64-bit integers stay exact, as text where a number would lose digits. */
export const toAttribute: Convert = value => {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

/** Whole seconds: finer units are rounded. What is negative stays so, or -1 ms would become 0. */
export function toSeconds(unit: string | undefined, convertNumber: Convert): Convert {
  const secondsPerUnit = unit === 'milliseconds' ? 0.001 : unit === 'minutes' ? 60 : 1;
  return (given, scope, field) => {
    const value = convertNumber(typeof given === 'bigint' ? Number(given) : given, scope, field);
    if (secondsPerUnit === 1 || typeof value !== 'number' || value < 0) return value;
    return Math.round(unit === 'milliseconds' ? value / 1000 : value * secondsPerUnit);
  };
}

export interface MoneyForm {
  readonly unit: string | undefined;
  readonly decimal: '.' | ',' | undefined;
  readonly absolute: boolean | undefined;
  /** Of amounts in minor units whose currency the event does not name. */
  readonly baseDigits: number | null;
}

/** Decimal text in major units, exactly: a number by its shortest text, minor units by moving the point. */
export function toMoneyText({ unit, decimal, absolute, baseDigits }: MoneyForm): Convert {
  return (value, scope, field) => {
    let text: string;
    if (typeof value === 'number') text = decimalText(value);
    else if (typeof value === 'bigint') text = String(value);
    else if (typeof value !== 'string') return value;
    else text = decimal === undefined ? value : withoutGroups(value, decimal);
    if (absolute && text.charCodeAt(0) === 0x2d) text = text.slice(1);
    if (unit !== 'minor') return text;
    if (!/^-?(0|[1-9]\d*)$/.test(text)) {
      return refuse(scope, 'badNumber', { field, value, expected: 'a whole number of minor units' });
    }
    return movePoint(text, baseDigits ?? currencyDigits(String(scope.event.currency)) ?? 0);
  };
}

/** Exponents written out, so that only the size decides what becomes of the amount. */
function decimalText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(20) : BigInt(value).toString();
}

const grouped = {
  '.': /^-?\d{1,3}([, '\u00a0\u202f])\d{3}(?:\1\d{3})*(?:\.\d+)?$/,
  ',': /^-?\d{1,3}([. '\u00a0\u202f])\d{3}(?:\1\d{3})*(?:,\d+)?$/,
} as const;
const plainComma = /^-?\d+(?:,\d+)?$/;

/** `1.234,50` → `1234.50`. Text of another form stays, and is then refused as an amount. */
function withoutGroups(text: string, decimal: '.' | ','): string {
  const group = grouped[decimal].exec(text)?.[1];
  const plain = group === undefined ? text : text.replaceAll(group, '');
  if (decimal === '.') return plain;
  // A point that parted no groups would turn 1.5 into a decimal that the source did not mean.
  return plainComma.test(plain) ? plain.replace(',', '.') : text.replace('.', '·');
}

/** 1250 with 2 digits → `12.50`, for texts of any length. */
function movePoint(text: string, digits: number): string {
  if (digits === 0) return text;
  const sign = text.startsWith('-') ? '-' : '';
  const padded = text.slice(sign.length).padStart(digits + 1, '0');
  return `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}
