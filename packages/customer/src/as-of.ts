/**
 * A customer as of the end of an earlier day, from the tiles as they are now: facts of later days do not count, refunds
 * stand in the tiles of their orders. Attributes have no history and are as they are.
 */
import { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import { Lifetime } from './lifetime.ts';
import type { Policy } from './policy.ts';
import { rebuildTotals } from './rolling.ts';

/** To be measured, not to be moved on: `day` is not after the customer's own evaluation. Standings are left out. */
export function measuresAsOf(customer: Customer, policy: Policy, day: EpochDay): Customer {
  const past = new Customer(customer.id, customer.tiles, lifetimeThrough(customer, day));
  past.evaluatedDay = day;
  past.latestDay = Math.min(customer.latestDay, day);
  if (customer.firstDay <= day) past.firstDay = customer.firstDay;
  past.attributes = customer.attributes;
  rebuildTotals(past, policy);
  return past;
}

interface CellInTiles {
  laterValue: number;
  laterDays: number;
  lastDay: EpochDay | null;
}

/**
 * What came later is taken out. Where the last fact did, the one before is known by its tile alone: by its day, and for
 * its instant by that day's first moment in UTC. Where no tile is left of it, there is none.
 */
function lifetimeThrough({ lifetime, tiles }: Customer, day: EpochDay): Lifetime {
  const inTiles = new Map<number, CellInTiles>();
  for (const tile of tiles.allTiles()) {
    for (let i = 0; i < tile.cells.length; i += 2) {
      const [cell, value] = [tile.cells[i]!, tile.cells[i + 1]!];
      const known = inTiles.get(cell) ?? { laterValue: 0, laterDays: 0, lastDay: null };
      inTiles.set(cell, known);
      if (tile.day > day) {
        known.laterValue += value;
        if (value > 0) known.laterDays++;
      } else if (value > 0) {
        known.lastDay = tile.day;
      }
    }
  }
  const past = new Lifetime();
  for (const { cell, value, days, lastAt, lastDay } of lifetime.entries) {
    const seen = inTiles.get(cell);
    const last = lastAt < 0 || lastDay <= day ? { lastAt, lastDay } : lastOn(seen?.lastDay ?? null);
    past.entries.push({ cell, value: value - (seen?.laterValue ?? 0), days: days - (seen?.laterDays ?? 0), ...last });
  }
  return past;
}

function lastOn(day: EpochDay | null): { lastAt: number; lastDay: EpochDay } {
  return day === null ? { lastAt: -1, lastDay: -1 } : { lastAt: day * dayMs, lastDay: day };
}

const dayMs = 86_400_000;
