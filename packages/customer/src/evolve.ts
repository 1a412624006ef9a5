/**
 * evolve(customer, fact): a fact lands in the tile of its own business day, a refund in the tile of its order.
 *
 * Any permutation of the same facts gives the same sums. For refunds this rests on three rules: what an order has given
 * back is a function of its amount and the sum of its refunds, never of their sequence; a refund that comes before its
 * purchase waits in its own day and moves when the purchase arrives; and an order belongs to one day: the same order id
 * on two days is two orders, and all its refunds are charged to the later one, also when that is learnt last.
 */
import { cells, kindCells, topicCells } from '@tierflow/window/cell';
import { type Hash64, hash64 } from '@tierflow/window/hash';
import type { Order, Tile } from '@tierflow/window/tile';
import { type Customer, noAttributes, type RefundedOrder } from './customer.ts';
import { divideRounded, multiplyDivide } from './decimal.ts';
import type {
  CustomerEvent,
  EpochDay,
  Fact,
  FeedbackReceived,
  InteractionRecorded,
  PurchaseRecorded,
  PurchaseRefunded,
} from './events.ts';
import { addToCell, followBeginning } from './rolling.ts';

export type Evolved = 'applied' | 'refundCapped';

const orderHash: Hash64 = { high: 0, low: 0 };

export interface EvolveContext {
  /**
   * The last day behind the horizon: tiles begin after it. It follows log time and not the customer's own days, so that
   * the sequence of facts between two ticks does not matter; −Infinity before the first tick.
   */
  readonly horizonDay: EpochDay;
  /** Index of a kind of interaction; the table is the partition's and grows in log order. */
  readonly kindIndex: (kind: string) => number;
  /** Likewise of what an interaction or feedback was about. */
  readonly topicIndex: (topic: string) => number;
}

/** What tells an event from another one of the same customer and day: its source, record type and id. */
export function identify(event: CustomerEvent, into: Hash64): void {
  hash64(into, event.source, event.type, event.eventId);
}

/** Whether the event has been folded before. One that is older than the horizon has no tile and cannot be told. */
export function isDuplicate(customer: Customer, event: CustomerEvent, identity: Hash64, horizonDay: EpochDay): boolean {
  if (event.businessDay <= horizonDay) return false;
  return customer.tiles.find(event.businessDay)?.hasId(identity.high, identity.low) ?? false;
}

/** Marks the event as folded, on its own day. */
export function remember(customer: Customer, event: CustomerEvent, identity: Hash64, horizonDay: EpochDay): void {
  if (event.businessDay <= horizonDay) return;
  customer.tiles.checkOut(event.businessDay).addId(identity.high, identity.low);
  customer.tiles.checkIn();
}

/** The fact is no duplicate, would not overflow, and the customer is evaluated at a day that is not before it. */
export function evolve(customer: Customer, fact: Fact, identity: Hash64, context: EvolveContext): Evolved {
  const { horizonDay } = context;
  remember(customer, fact, identity, horizonDay);
  const inTiles = fact.businessDay > horizonDay;
  let outcome: Evolved = 'applied';
  switch (fact.type) {
    case 'PurchaseRecorded':
      recordPurchase(customer, fact, inTiles, horizonDay);
      break;
    case 'PurchaseRefunded':
      outcome = recordRefund(customer, fact, inTiles, horizonDay);
      break;
    case 'InteractionRecorded':
      recordInteraction(customer, fact, inTiles, context);
      break;
    case 'FeedbackReceived':
      recordFeedback(customer, fact, inTiles, context);
      break;
    case 'ProfileUpdated':
      if (customer.attributes === noAttributes) customer.attributes = Object.create(null);
      for (const [name, value] of Object.entries(fact.attributes)) {
        if (value === null) delete customer.attributes[name];
        else customer.attributes[name] = value;
      }
      break;
  }
  if (fact.businessDay > customer.latestDay) customer.latestDay = fact.businessDay;
  if (fact.businessDay < customer.firstDay) customer.firstDay = fact.businessDay;
  customer.tiles.seal(customer.latestDay);
  customer.tiles.expire(horizonDay);
  followBeginning(customer);
  return outcome;
}

/** Sums stay exact: a fact that would carry one beyond 2^53 is to be refused before anything changes. */
export function wouldOverflow(customer: Customer, fact: Fact): boolean {
  const exceeds = (cell: number, delta: number): boolean =>
    !Number.isSafeInteger(Math.abs(customer.lifetime.find(cell)?.value ?? 0) + Math.abs(delta));
  switch (fact.type) {
    case 'PurchaseRecorded':
      return (
        exceeds(cells.purchaseAmount, fact.amountBaseMinor) || exceeds(cells.purchaseMargin, fact.marginBaseMinor ?? 0)
      );
    case 'PurchaseRefunded':
      return exceeds(cells.refundAmount, fact.amountBaseMinor);
    case 'InteractionRecorded':
      return (
        exceeds(cells.interactionCost, fact.costBaseMinor ?? 0) ||
        exceeds(cells.responseSeconds, fact.responseSeconds ?? 0)
      );
    case 'FeedbackReceived':
    case 'ProfileUpdated':
      return false;
  }
}

/** Adds to the tile of the day, or to the lifetime totals alone where the day is behind the horizon. */
function add(customer: Customer, tile: Tile | null, cell: number, delta: number): void {
  if (tile === null) customer.lifetime.entryOf(cell).value += delta;
  else addToCell(customer, tile, cell, delta);
}

function recordPurchase(customer: Customer, fact: PurchaseRecorded, inTiles: boolean, horizonDay: EpochDay): void {
  const orderId = inTiles ? fact.orderId : null;
  // First of all, because two tiles of one segment cannot be checked out at once.
  const waiting = orderId === null ? noRefunds : takeRefunds(customer, orderId, fact.businessDay, horizonDay);
  const tile = inTiles ? customer.tiles.checkOut(fact.businessDay) : null;
  add(customer, tile, cells.purchaseCount, 1);
  add(customer, tile, cells.purchaseAmount, fact.amountBaseMinor);
  if (fact.marginBaseMinor !== null) {
    add(customer, tile, cells.purchaseMargin, fact.marginBaseMinor);
    add(customer, tile, cells.purchaseMarginCount, 1);
  }
  customer.lifetime.touch(cells.purchaseCount, fact.occurredAt, fact.businessDay);
  if (orderId !== null && tile !== null) {
    hash64(orderHash, orderId);
    const order = orderIn(tile, orderHash);
    const before = refundedBase(order);
    order.amountMinor += fact.amountMinor;
    order.amountBaseMinor += fact.amountBaseMinor;
    order.refundedMinor += waiting.amountMinor;
    order.refunds += waiting.count;
    const after = refundedBase(order);
    if (waiting.count > 0) addToCell(customer, tile, cells.refundCount, waiting.count);
    if (after !== before) addToCell(customer, tile, cells.refundAmount, after - before);
  }
  customer.tiles.checkIn();
}

interface Refunds {
  readonly count: number;
  /** In the order's currency. */
  readonly amountMinor: number;
}

const noRefunds: Refunds = { count: 0, amountMinor: 0 };

/**
 * Takes the refunds of an order that a purchase on this day is about to be charged with out of the days where they
 * stand: those that came before any purchase, and those charged to a purchase on an earlier day. What is behind the
 * horizon stays where it was counted.
 */
function takeRefunds(customer: Customer, orderId: string, day: EpochDay, horizonDay: EpochDay): Refunds {
  if (customer.orphans.length === 0 && customer.refundedOrders.length === 0) return noRefunds;
  hash64(orderHash, orderId);
  const { high, low } = orderHash;
  const isOf = (known: RefundedOrder): boolean => known.hashHigh === high && known.hashLow === low;
  let count = 0;
  let amountMinor = 0;
  const orphans = customer.orphans.filter(orphan => orphan.day > horizonDay);
  customer.orphans = orphans.filter(orphan => !isOf(orphan));
  for (const orphan of orphans.filter(isOf)) {
    count++;
    amountMinor += orphan.amountMinor;
    leaveDay(customer, customer.tiles.checkOut(orphan.day), 1, orphan.amountBaseMinor);
  }
  const orders = customer.refundedOrders.filter(known => known.day > horizonDay);
  const earlier = orders.find(known => isOf(known) && known.day < day);
  if (earlier !== undefined) {
    const tile = customer.tiles.checkOut(earlier.day);
    const order = orderIn(tile, orderHash);
    const { refunds, refundedMinor } = order;
    const givenBack = refundedBase(order);
    count += refunds;
    amountMinor += refundedMinor;
    order.refunds = 0;
    order.refundedMinor = 0;
    leaveDay(customer, tile, refunds, givenBack);
  }
  customer.refundedOrders = orders.filter(known => known !== earlier);
  if (count > 0) customer.refundedOrders.push({ hashHigh: high, hashLow: low, day });
  return { count, amountMinor };
}

function leaveDay(customer: Customer, tile: Tile, refunds: number, givenBack: number): void {
  addToCell(customer, tile, cells.refundCount, -refunds);
  addToCell(customer, tile, cells.refundAmount, -givenBack);
  customer.tiles.checkIn();
}

function orderIn(tile: Tile, hash: Hash64): Order {
  const known = tile.orderOf(hash.high, hash.low);
  if (known) return known;
  const order = {
    hashHigh: hash.high,
    hashLow: hash.low,
    amountMinor: 0,
    amountBaseMinor: 0,
    refundedMinor: 0,
    refunds: 0,
  };
  tile.orders.push(order);
  return order;
}

/** What an order has given back in the base currency: in proportion, and never more than the order. */
function refundedBase(order: Order): number {
  if (order.refundedMinor >= order.amountMinor) return order.amountBaseMinor;
  if (order.amountMinor === order.amountBaseMinor) return order.refundedMinor;
  return multiplyDivide(order.amountBaseMinor, order.refundedMinor, order.amountMinor);
}

function recordRefund(customer: Customer, fact: PurchaseRefunded, inTiles: boolean, horizonDay: EpochDay): Evolved {
  customer.lifetime.touch(cells.refundCount, fact.occurredAt, fact.businessDay);
  if (fact.orderId === null || !inTiles) {
    const tile = inTiles ? customer.tiles.checkOut(fact.businessDay) : null;
    add(customer, tile, cells.refundCount, 1);
    add(customer, tile, cells.refundAmount, fact.amountBaseMinor);
    customer.tiles.checkIn();
    return 'applied';
  }
  hash64(orderHash, fact.orderId);
  const { high: hashHigh, low: hashLow } = orderHash;
  const orderDay = customer.tiles.dayOfOrder(hashHigh, hashLow, horizonDay);
  const tile = customer.tiles.checkOut(orderDay ?? fact.businessDay);
  addToCell(customer, tile, cells.refundCount, 1);
  let outcome: Evolved = 'applied';
  if (orderDay === null) {
    const { businessDay: day, amountMinor, amountBaseMinor } = fact;
    customer.orphans.push({ hashHigh, hashLow, day, amountMinor, amountBaseMinor });
    addToCell(customer, tile, cells.refundAmount, amountBaseMinor);
  } else {
    const order = orderIn(tile, orderHash);
    const before = refundedBase(order);
    order.refundedMinor += fact.amountMinor;
    order.refunds++;
    if (order.refunds === 1) customer.refundedOrders.push({ hashHigh, hashLow, day: orderDay });
    addToCell(customer, tile, cells.refundAmount, refundedBase(order) - before);
    if (order.refundedMinor > order.amountMinor) outcome = 'refundCapped';
  }
  customer.tiles.checkIn();
  return outcome;
}

function recordInteraction(
  customer: Customer,
  fact: InteractionRecorded,
  inTiles: boolean,
  { kindIndex, topicIndex }: EvolveContext,
): void {
  const tile = inTiles ? customer.tiles.checkOut(fact.businessDay) : null;
  const ofKind = kindCells(kindIndex(fact.kind));
  add(customer, tile, cells.interactionCount, 1);
  add(customer, tile, ofKind.count, 1);
  if (fact.costBaseMinor !== null) {
    add(customer, tile, cells.interactionCost, fact.costBaseMinor);
    add(customer, tile, cells.interactionCostCount, 1);
    add(customer, tile, ofKind.cost, fact.costBaseMinor);
    add(customer, tile, ofKind.costCount, 1);
  }
  if (fact.responseSeconds !== null) {
    add(customer, tile, cells.responseSeconds, fact.responseSeconds);
    add(customer, tile, cells.responseCount, 1);
    add(customer, tile, ofKind.responseSeconds, fact.responseSeconds);
    add(customer, tile, ofKind.responseCount, 1);
  }
  if (fact.topic !== null) add(customer, tile, topicCells(topicIndex(fact.topic)).interactionCount, 1);
  customer.lifetime.touch(cells.interactionCount, fact.occurredAt, fact.businessDay);
  customer.lifetime.touch(ofKind.count, fact.occurredAt, fact.businessDay);
  customer.tiles.checkIn();
}

/** A score in hundredths of a per cent of its scale. */
export function hundredthsOfScale({ scoreHundredths, scaleHundredths }: FeedbackReceived): number {
  return divideRounded(scoreHundredths * 10_000, scaleHundredths);
}

function recordFeedback(
  customer: Customer,
  fact: FeedbackReceived,
  inTiles: boolean,
  { topicIndex }: EvolveContext,
): void {
  const tile = inTiles ? customer.tiles.checkOut(fact.businessDay) : null;
  add(customer, tile, cells.feedbackCount, 1);
  add(customer, tile, cells.feedbackScore, hundredthsOfScale(fact));
  customer.lifetime.touch(cells.feedbackCount, fact.occurredAt, fact.businessDay);
  if (fact.complaint) {
    add(customer, tile, cells.complaintCount, 1);
    customer.lifetime.touch(cells.complaintCount, fact.occurredAt, fact.businessDay);
  }
  if (fact.topic !== null) add(customer, tile, topicCells(topicIndex(fact.topic)).feedbackCount, 1);
  customer.tiles.checkIn();
}
