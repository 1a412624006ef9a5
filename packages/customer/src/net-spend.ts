import { cells } from '@tierflow/window/cell';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';

/**
 * Purchases less refunds of the `days` that end with `day`, in minor units of the base currency. From the tiles, so it
 * needs no policy that asks for it; a refund stands on the day of its order.
 */
export function netSpendMinor({ tiles }: Customer, day: EpochDay, days: number): number {
  let amountMinor = 0;
  tiles.forEachCell(day - days, day, (cell, value) => {
    if (cell === cells.purchaseAmount) amountMinor += value;
    else if (cell === cells.refundAmount) amountMinor -= value;
  });
  return amountMinor;
}
