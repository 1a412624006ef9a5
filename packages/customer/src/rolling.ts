/**
 * Totals of windows. A tile is added to a window once, when its facts arrive or the window reaches it, and subtracted
 * once, when it leaves; nothing is summed again. Tiles enter by time alone into the previous windows only.
 */
import { countsFacts, firstTopicCell, topicIndexOf } from '@tierflow/window/cell';
import type { Tile } from '@tierflow/window/tile';
import { beginningOf } from './beginning.ts';
import { type Customer, noTallies } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Policy, Window } from './policy.ts';
import { firstDayOf, lastDayOf, nextChangeOf } from './window-bounds.ts';

/** Lays the totals out for a policy and sums the tiles in its windows, as of `evaluatedDay`. */
export function rebuildTotals(customer: Customer, policy: Policy): void {
  const { evaluatedDay } = customer;
  const beginning = beginningOf(customer);
  customer.policy = policy;
  customer.beginningDay = beginning;
  customer.totals = new Float64Array(policy.accumulators);
  customer.tallies = policy.tallies === 0 ? noTallies : Array.from({ length: policy.tallies }, () => new Map());
  customer.leaveDays = new Array(policy.windows.length).fill(Number.POSITIVE_INFINITY);
  for (let w = 0; w < policy.windows.length; w++) {
    const window = policy.windows[w]!;
    const afterDay = firstDayOf(window, evaluatedDay, beginning) - 1;
    addTiles(customer, policy, w, afterDay, lastDayOf(window, evaluatedDay, beginning), 1);
    customer.leaveDays[w] = firstChange(customer, window);
  }
}

/** After a fact: an earlier beginning, or another one that the profile tells, moves all of the customer's years. */
export function followBeginning(customer: Customer): void {
  const { policy } = customer;
  if (policy?.readsBeginning && beginningOf(customer) !== customer.beginningDay) rebuildTotals(customer, policy);
}

/** Moves the totals to a later day: tiles that are out of a window leave it, those that it has reached enter. */
export function advanceTotals(customer: Customer, day: EpochDay): void {
  if (day <= customer.evaluatedDay) return;
  const { policy, evaluatedDay, leaveDays, beginningDay } = customer;
  customer.evaluatedDay = day;
  if (policy === null) return;
  for (let w = 0; w < leaveDays.length; w++) {
    if (leaveDays[w]! > day) continue;
    const window = policy.windows[w]!;
    if (window.kind === 'rolling' && !window.previous) {
      const { days } = window;
      addTiles(customer, policy, w, evaluatedDay - days, day - days, -1);
      leaveDays[w] = customer.tiles.firstDayAfter(day - days) + days;
      continue;
    }
    const [first, last] = [firstDayOf(window, day, beginningDay), lastDayOf(window, day, beginningDay)];
    const formerLast = lastDayOf(window, evaluatedDay, beginningDay);
    const formerAfter = firstDayOf(window, evaluatedDay, beginningDay) - 1;
    addTiles(customer, policy, w, formerAfter, Math.min(first - 1, formerLast), -1);
    addTiles(customer, policy, w, Math.max(first - 1, formerLast), last, 1);
    leaveDays[w] = firstChange(customer, window);
  }
}

/** The first day on which time alone changes what is in the window: its oldest tile leaves, or the next one enters. */
function firstChange({ tiles, evaluatedDay, beginningDay }: Customer, window: Window): EpochDay {
  const next = (afterDay: EpochDay): EpochDay =>
    nextChangeOf(window, tiles.firstDayAfter(afterDay), evaluatedDay, beginningDay);
  const leaving = next(firstDayOf(window, evaluatedDay, beginningDay) - 1);
  return window.previous ? Math.min(leaving, next(lastDayOf(window, evaluatedDay, beginningDay))) : leaving;
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
  const tally = customer.tallies[policy.tallySlots[window]!];
  customer.tiles.forEachCell(afterDay, throughDay, (cell, value) => {
    if (cell >= policy.cells) {
      if (tally !== undefined && cell >= firstTopicCell) count(tally, cell, sign * value);
      return;
    }
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
    if (!reaches(customer, policy.windows[w]!, w, tile.day)) continue;
    if (cell >= policy.cells) {
      const tally = customer.tallies[policy.tallySlots[w]!];
      if (tally !== undefined && cell >= firstTopicCell) count(tally, cell, delta);
      continue;
    }
    const slot = w * policy.cells + cell;
    const sum = policy.sumSlots[slot]!;
    if (sum >= 0) customer.totals[sum]! += delta;
    const distinct = policy.daySlots[slot]!;
    if (distinct >= 0) customer.totals[distinct]! += days;
  }
}

/** A topic that has left is no longer there, as in a tally that is taken anew. */
function count(tally: Map<number, number>, cell: number, delta: number): void {
  const topic = topicIndexOf(cell);
  const times = (tally.get(topic) ?? 0) + delta;
  if (times === 0) tally.delete(topic);
  else tally.set(topic, times);
}

/** Whether the window holds the day; notes when that changes by time alone. */
function reaches(customer: Customer, window: Window, w: number, day: EpochDay): boolean {
  const { evaluatedDay, beginningDay, leaveDays } = customer;
  if (window.kind === 'rolling' && !window.previous) {
    const leaveDay = day + window.days;
    if (leaveDay <= evaluatedDay) return false;
    if (leaveDay < leaveDays[w]!) leaveDays[w] = leaveDay;
    return true;
  }
  const changeDay = nextChangeOf(window, day, evaluatedDay, beginningDay);
  if (changeDay < leaveDays[w]!) leaveDays[w] = changeDay;
  return day >= firstDayOf(window, evaluatedDay, beginningDay) && day <= lastDayOf(window, evaluatedDay, beginningDay);
}
