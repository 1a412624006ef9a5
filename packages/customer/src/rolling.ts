/**
 * Rolling totals: each window holds the tiles of its n days that end with the day of evaluation. A tile is added once,
 * when its facts arrive, and subtracted once, when it leaves; nothing is summed again.
 */
import { countsFacts } from '@tierflow/window/cell';
import type { Tile } from '@tierflow/window/tile';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Policy } from './policy.ts';
import { startOf } from './window-bounds.ts';

/** Lays the totals out for a policy and sums the tiles in its windows, as of `evaluatedDay`. */
export function rebuildTotals(customer: Customer, policy: Policy): void {
  customer.policy = policy;
  customer.totals = new Float64Array(policy.accumulators);
  customer.leaveDays = new Array(policy.windows.length).fill(Number.POSITIVE_INFINITY);
  for (let w = 0; w < policy.windows.length; w++) {
    const start = startOf(policy.windows[w]!, customer.evaluatedDay);
    addTiles(customer, policy, w, start, customer.evaluatedDay, 1);
    customer.leaveDays[w] = customer.tiles.firstDayAfter(start) + customer.evaluatedDay - start;
  }
}

/** Moves the totals to a later day: tiles that are out of a window leave it. */
export function advanceTotals(customer: Customer, day: EpochDay): void {
  if (day <= customer.evaluatedDay) return;
  const { policy, evaluatedDay, leaveDays } = customer;
  customer.evaluatedDay = day;
  if (policy === null) return;
  for (let w = 0; w < leaveDays.length; w++) {
    if (leaveDays[w]! > day) continue;
    const length = day - startOf(policy.windows[w]!, day);
    addTiles(customer, policy, w, evaluatedDay - length, day - length, -1);
    leaveDays[w] = customer.tiles.firstDayAfter(day - length) + length;
  }
}

function addTiles(
  customer: Customer,
  policy: Policy,
  window: number,
  afterDay: EpochDay,
  throughDay: EpochDay,
  sign: 1 | -1,
): void {
  const { totals } = customer;
  const row = window * policy.cells;
  customer.tiles.forEachCell(afterDay, throughDay, (cell, value) => {
    if (cell >= policy.cells) return;
    const sum = policy.sumSlots[row + cell]!;
    if (sum >= 0) totals[sum]! += sign * value;
    const days = policy.daySlots[row + cell]!;
    if (days >= 0 && value > 0) totals[days]! += sign;
  });
}

/**
 * Adds to one cell of a tile, of the lifetime totals and of every window that the tile's day is in. The customer is
 * evaluated at a day that is not before the tile's.
 */
export function addToCell(customer: Customer, tile: Tile, cell: number, delta: number): void {
  const before = tile.add(cell, delta);
  const entry = customer.lifetime.entryOf(cell);
  entry.value += delta;
  let days = 0;
  if (countsFacts(cell)) {
    if (before === 0 && delta > 0) days = 1;
    else if (before > 0 && before + delta === 0) days = -1;
    entry.days += days;
  }
  const { policy } = customer;
  if (policy === null) return;
  for (let w = 0; w < policy.windows.length; w++) {
    const length = customer.evaluatedDay - startOf(policy.windows[w]!, customer.evaluatedDay);
    if (tile.day <= customer.evaluatedDay - length) continue;
    if (tile.day + length < customer.leaveDays[w]!) customer.leaveDays[w] = tile.day + length;
    if (cell >= policy.cells) continue;
    const slot = w * policy.cells + cell;
    const sum = policy.sumSlots[slot]!;
    if (sum >= 0) customer.totals[sum]! += delta;
    const distinct = policy.daySlots[slot]!;
    if (distinct >= 0) customer.totals[distinct]! += days;
  }
}
