/**
 * Reads the fields of one JSON object. The first field that is wrong is kept in `rejected`; what is read after it is a
 * placeholder that nobody sees, because the caller asks for `rejected` at the end. So a reading of an event is written
 * as the event itself, without a branch after each field, and a valid line costs no more than its checks.
 */
import type { AttributeValue } from '@tierflow/customer/events';
import { currencyDigits } from '../currency.ts';
import { parseCivilDay, parseInstant } from './instant.ts';
import { parseMinorUnits } from './minor-units.ts';
import { type CanonicalRejection, type Particulars, type Rejected, reject } from './rejection.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const idLengthMax = 128;
const labelLengthMax = 64;
const textLengthMax = 256;
const attributesMax = 50;
/** Scores up to ten million leave room for their sums. */
const scaleMax = 10_000_000;
const secondsMax = 1_000_000_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** Names by which an object reaches its prototype. As data they are refused at every depth. */
export function isForbiddenKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

export class FieldReader {
  rejected: Rejected | null = null;
  private readonly fields: JsonObject;

  constructor(fields: JsonObject) {
    this.fields = fields;
  }

  reject(reason: CanonicalRejection, particulars: Particulars): void {
    this.rejected ??= reject(reason, particulars);
  }

  has(field: string): boolean {
    const value = this.fields[field];
    return value !== undefined && value !== null;
  }

  /** Refuses what is not in the list. Before all else: a misspelt field is worth more than the one it leaves missing. */
  onlyKnown(known: ReadonlySet<string>): void {
    for (const field in this.fields) {
      if (!known.has(field)) this.reject('unknownField', { field, known: [...known] });
    }
  }

  string(field: string): string {
    const value = this.fields[field];
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) this.reject('missingField', { field });
    else this.reject('wrongType', { field, value, expected: 'string' });
    return '';
  }

  id(field: string): string {
    return this.printable(field, this.string(field), idLengthMax, 'notAnId');
  }

  optionalId(field: string): string | null {
    return this.has(field) ? this.id(field) : null;
  }

  /** Kinds, topics and channels: few distinct values, which name counters and measures. */
  label(field: string): string {
    return this.printable(field, this.string(field), labelLengthMax, 'badText');
  }

  optionalLabel(field: string): string | null {
    return this.has(field) ? this.label(field) : null;
  }

  text(field: string): string {
    return this.printable(field, this.string(field), textLengthMax, 'badText');
  }

  choice<const T extends string>(field: string, choices: readonly T[]): T {
    const value = this.string(field) as T;
    if (!choices.includes(value)) this.reject('badChoice', { field, value, known: choices });
    return value;
  }

  optionalBoolean(field: string): boolean {
    if (!this.has(field)) return false;
    const value = this.fields[field];
    if (typeof value !== 'boolean') this.reject('wrongType', { field, value, expected: 'boolean' });
    return value === true;
  }

  number(field: string): number {
    const value = this.fields[field];
    if (typeof value === 'number') return value;
    if (value === undefined || value === null) this.reject('missingField', { field });
    else this.reject('wrongType', { field, value, expected: 'number' });
    return 0;
  }

  /** An integer that JSON can carry exactly, of either sign. */
  integer(field: string): number {
    const value = this.number(field);
    if (!Number.isSafeInteger(value)) this.reject('badNumber', { field, value, expected: 'a whole number' });
    return value;
  }

  /** Whole seconds, because sums of fractions depend on their order. */
  optionalSeconds(field: string): number | null {
    if (!this.has(field)) return null;
    const value = this.number(field);
    if (value < 0) this.reject('negativeValue', { field, value });
    else if (!Number.isInteger(value) || value > secondsMax) {
      this.reject('badNumber', { field, value, expected: `whole seconds ≤ ${secondsMax}` });
    }
    return value === 0 ? 0 : value;
  }

  /** Epoch milliseconds. */
  instant(field: string): number {
    const value = this.string(field);
    if (this.rejected) return 0;
    const instant = parseInstant(value);
    if (instant.ok) return instant.ms;
    this.reject(instant.reason, { field, value });
    return 0;
  }

  /** Days since 1970-01-01. */
  optionalDate(field: string): number | null {
    if (!this.has(field)) return null;
    const value = this.string(field);
    const day = parseCivilDay(value);
    if (day === null) this.reject('badDate', { field, value });
    return day;
  }

  /** The code and the digits of its minor unit. */
  currency(field: string): { readonly code: string; readonly digits: number } {
    const code = this.string(field);
    const digits = currencyDigits(code);
    if (digits === null) this.reject('unknownCurrency', { field, value: code });
    return { code, digits: digits ?? 0 };
  }

  positiveAmount(field: string, digits: number, currency: string): number {
    const value = this.string(field);
    if (this.rejected) return 0;
    const amount = parseMinorUnits(value, digits);
    if (!amount.ok) this.reject(amount.reason, { field, value });
    else if (amount.isRoundedToZero && value[0] !== '-')
      this.reject('amountRoundsToZero', { field, value, expected: currency });
    else if (amount.minor <= 0) this.reject('amountNotPositive', { field, value });
    return amount.ok ? amount.minor : 0;
  }

  optionalAmount(field: string, digits: number): number | null {
    if (!this.has(field)) return null;
    const value = this.string(field);
    if (this.rejected) return 0;
    const amount = parseMinorUnits(value, digits);
    if (amount.ok) return amount.minor;
    this.reject(amount.reason, { field, value });
    return 0;
  }

  optionalAmountNotNegative(field: string, digits: number): number | null {
    const amount = this.optionalAmount(field, digits);
    if (amount !== null && amount < 0) this.reject('negativeValue', { field, value: this.fields[field] });
    return amount;
  }

  score(): { readonly scoreHundredths: number; readonly scaleHundredths: number } {
    const scale = this.number('scale');
    const score = this.number('score');
    const scaleHundredths = hundredths(scale);
    const scoreHundredths = hundredths(score);
    if (scaleHundredths === null || scale <= 0 || scale > scaleMax) {
      this.reject('badScore', { field: 'scale', value: scale, expected: `0 < scale ≤ ${scaleMax}` });
    } else if (scoreHundredths === null || score < 0 || score > scale) {
      this.reject('badScore', { field: 'score', value: score, expected: `0 ≤ score ≤ scale (${scale})` });
    }
    return { scoreHundredths: scoreHundredths ?? 0, scaleHundredths: scaleHundredths ?? 0 };
  }

  attributes(field: string): Record<string, AttributeValue> {
    const object = this.fields[field];
    if (object === undefined || object === null) this.reject('missingField', { field });
    else if (typeof object !== 'object' || Array.isArray(object)) {
      this.reject('wrongType', { field, value: object, expected: 'object' });
    }
    if (this.rejected) return {};

    const entries = Object.entries(object as JsonObject);
    if (entries.length > attributesMax) {
      this.reject('tooManyAttributes', { field, value: entries.length, expected: attributesMax });
    }
    const attributes: Record<string, AttributeValue> = {};
    for (const [key, value] of entries) {
      const path = `${field}.${key}`;
      if (isForbiddenKey(key)) this.reject('forbiddenKey', { field: key });
      if (!isPrintable(key, labelLengthMax)) this.reject('badText', { field, value: key, expected: labelLengthMax });
      if (typeof value === 'string') {
        if (!isPrintable(value, textLengthMax) && value !== '') {
          this.reject('badText', { field: path, value, expected: textLengthMax });
        }
      } else if (typeof value === 'number') {
        // Beyond it JSON's numbers lose digits, which a long account number would not survive.
        if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
          this.reject('badNumber', { field: path, value, expected: 'at most 2^53 - 1, or a string' });
        }
      } else if (value !== null && typeof value !== 'boolean') {
        this.reject('wrongType', { field: path, value, expected: 'scalar' });
      }
      if (this.rejected) return {};
      // -0 is not a value of JSON: it would come back as 0.
      attributes[key] = value === 0 ? 0 : (value as AttributeValue);
    }
    return attributes;
  }

  private printable(field: string, value: string, lengthMax: number, reason: 'notAnId' | 'badText'): string {
    if (!isPrintable(value, lengthMax)) this.reject(reason, { field, value, expected: lengthMax });
    return value;
  }
}

function isPrintable(text: string, lengthMax: number): boolean {
  return text.length > 0 && text.length <= lengthMax && !controlCharacter.test(text) && text.isWellFormed();
}

/** Exact: a double is the one nearest to a decimal of two places if and only if its rounded hundredths give it back. */
function hundredths(value: number): number | null {
  const rounded = Math.round(value * 100);
  return rounded / 100 === value ? (rounded === 0 ? 0 : rounded) : null;
}
