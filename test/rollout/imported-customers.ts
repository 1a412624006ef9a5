/** Who is there before anybody rolls anything out: one purchase each, spread over some weeks and over all amounts. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import type { SplitMix64 } from '../bench/split-mix-64.ts';

export const firstDay: EpochDay = parseDay('2025-03-01')!;
const days = 40;
export const lastDay: EpochDay = firstDay + days - 1;
export const currency = 'GBP';

const amountMinorMax = 60_000;

export function customerIds(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `customer-${n}`);
}

/** Canonical lines in the order of their days, as an import of history wants them. */
export async function writeImportFile(file: string, customers: readonly string[], random: SplitMix64): Promise<void> {
  function* lines(): Generator<string> {
    for (const [n, customerId] of customers.entries()) {
      const day = firstDay + Math.floor((n * days) / customers.length);
      const amountMinor = 1 + random.below(amountMinorMax);
      const line = {
        type: 'purchase',
        eventId: `first-${n}`,
        source: 'history',
        customerId,
        occurredAt: `${formatDay(day)}T09:00:00Z`,
        amount: (amountMinor / 100).toFixed(2),
        currency,
      };
      yield `${JSON.stringify(line)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(file));
}
