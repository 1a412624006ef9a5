/**
 * Decimal digits of a currency's minor unit by ISO 4217: 2 for GBP, 0 for JPY, 3 for KWD. Codes that have no minor unit
 * (gold, special drawing rights, testing) are no money that a customer pays with and count as unknown.
 */
import { data } from 'currency-codes';

const withoutMinorUnit = new Set([
  'XAG',
  'XAU',
  'XBA',
  'XBB',
  'XBC',
  'XBD',
  'XDR',
  'XPD',
  'XPT',
  'XSU',
  'XTS',
  'XUA',
  'XXX',
]);

const digitsByCode = new Map([
  ...data.filter(({ code }) => !withoutMinorUnit.has(code)).map(({ code, digits }) => [code, digits] as const),
  // The Caribbean guilder replaced ANG on 31 March 2025, after the package's list was made.
  ['XCG', 2] as const,
]);

export const currencyCodes: ReadonlySet<string> = new Set(digitsByCode.keys());

/** null: not a currency code. Codes are upper case. */
export function currencyDigits(code: string): number | null {
  return digitsByCode.get(code) ?? null;
}
