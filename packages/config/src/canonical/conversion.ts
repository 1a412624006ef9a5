/** What an amount is worth in the base currency. Doors differ in it: some know rates, some know one currency only. */
export interface Conversion {
  readonly baseCurrency: string;
  /** Minor units of the base currency, half away from zero, of either sign; null: there is no rate for that day. */
  toBase(amountMinor: number, currency: string, businessDay: number): number | null;
}

/** For doors that know no rates. */
export function noConversion(baseCurrency: string): Conversion {
  return { baseCurrency, toBase: (amountMinor, currency) => (currency === baseCurrency ? amountMinor : null) };
}
