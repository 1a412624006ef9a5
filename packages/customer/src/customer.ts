/**
 * The working form of one customer's state. `evolve` and `evaluate` change it in place, for speed, yet depend on nothing
 * but it and their arguments.
 *
 * What is stored is independent of any policy (tiles, lifetime totals, standings, overrides); the rolling totals are
 * derived from the tiles when a customer is loaded or its policy changes, and moved along from then on.
 */
import { TileSeries } from '@tierflow/window/tile-series';
import type { AttributeValue, EpochDay, OverrideKind } from './events.ts';
import { Lifetime } from './lifetime.ts';
import type { Policy } from './policy.ts';

export interface Standing {
  readonly program: string;
  tier: string | null;
  sinceDay: EpochDay;
  /** Of a guarded ladder or an exit, once it was decided. */
  held: Held | null;
  /** Of a program with warnings, once there was one. */
  warned: Warned | null;
}

/** What the guards remember, beneath any override: an override stands above the ladder, which goes on below it. */
export interface Held {
  tier: string | null;
  /** The day on which the customer came to the tier. */
  sinceDay: EpochDay;
  /** The day on which the numbers reached it last: by promotion, by renewal, or by falling to it. */
  qualifiedDay: EpochDay;
  /** The first day on which it is no longer valid; null: it never ends. */
  validUntilDay: EpochDay | null;
  /** The first day of those on end on which the numbers were below; null where they are not. */
  belowSinceDay: EpochDay | null;
  /** The first day without grace; null outside of grace. */
  graceUntilDay: EpochDay | null;
}

/** So that nobody is told the same twice. */
export interface Warned {
  /** The smallest `expiringDays` that was told of the loss ahead; null: none is ahead. */
  withinDays: number | null;
  isApproaching: boolean;
  /** The day on which that was told last. */
  approachedDay: EpochDay | null;
}

/**
 * The standings as they were before the first evaluation under a policy that is being rolled out. Kept until a fact or a
 * decision about the customer comes, or the roll-out is sealed, so that a rollback can restore them.
 */
export interface Prior {
  readonly rolloutSeq: number;
  readonly policyVersion: number;
  /** The day that they were as of. */
  readonly day: EpochDay;
  readonly standings: readonly Standing[];
  readonly overrides: readonly Override[];
}

export interface Override {
  readonly program: string;
  readonly kind: OverrideKind;
  readonly tier: string;
  readonly untilDay: EpochDay | null;
  readonly actor: string;
  readonly reason: string;
  /** The roll-out that set it, so that nobody falls because of the new policy; else it was set by hand. */
  readonly rolloutSeq?: number;
}

/** A refund whose order has not been seen yet: it stands in the tile of its own day until the purchase arrives. */
export interface OrphanRefund {
  readonly hashHigh: number;
  readonly hashLow: number;
  readonly day: EpochDay;
  readonly amountMinor: number;
  readonly amountBaseMinor: number;
}

/** Where the refunds of an order stand: a purchase under the same order id on a later day takes them over. */
export interface RefundedOrder {
  readonly hashHigh: number;
  readonly hashLow: number;
  readonly day: EpochDay;
}

/** What the end of a tier's last valid day gave: whether the customer was below it, and its fit. */
export interface Review {
  readonly isBelow: boolean;
  readonly fit: number;
}

/** Before every day there is. */
export const noDay = -1_000_000;

/** Shared by all customers that have none: an object and a typed array each would cost as much as their events. */
export const noAttributes: Record<string, AttributeValue> = Object.freeze(Object.create(null));
export const noReviews: Map<string, Review> = new Map();
const noTotals = new Float64Array(0);
/** Of a policy that asks for no topics. */
export const noTallies: readonly Map<number, number>[] = [];

export class Customer {
  readonly id: string;
  /** Slice of the partition that it is swept with; −1: not looked up yet. */
  slice = -1;
  /** Latest business day of the customer's own facts. */
  latestDay: EpochDay = noDay;
  /** Earliest business day of a fact; Infinity before the first one. */
  firstDay: EpochDay = Number.POSITIVE_INFINITY;
  /** The day that the rolling totals and standings are as of. */
  evaluatedDay: EpochDay = noDay;
  revision = 0;
  /** Version that the standings were decided under; 0: none yet. */
  policyVersion = 0;
  standings: Standing[] = [];
  prior: Prior | null = null;
  overrides: Override[] = [];
  orphans: OrphanRefund[] = [];
  refundedOrders: RefundedOrder[] = [];
  attributes: Record<string, AttributeValue> = noAttributes;
  readonly lifetime: Lifetime;
  readonly tiles: TileSeries;

  /** First day on which something changes by time alone, as of the last evaluation; Infinity where nothing does. */
  dueDay = Number.POSITIVE_INFINITY;
  /** The due day in the store; NaN: none yet. */
  storedDueDay = Number.NaN;
  /** Hash of the head in the store; both 0: none is stored. */
  storedHeadHigh = 0;
  storedHeadLow = 0;

  /** Places in the rank indexes of `rankedUnder`, as they are in the store; null: in none. Not read back from there. */
  storedRanks: readonly (number | null)[] = [];
  /** The policy that `storedRanks` is in the order of; null: what the store has is not known. */
  rankedUnder: Policy | null = null;

  /** The policy that the rolling totals are laid out for. */
  policy: Policy | null = null;
  totals = noTotals;
  /** By tally of the policy: topic → how often, in its window. */
  tallies: readonly Map<number, number>[] = noTallies;
  /** Of programs whose validity ended with the day before `evaluatedDay`, until they are evaluated. */
  reviews: Map<string, Review> = noReviews;
  /** The first day on which a warning may be due; Infinity where there is none. Not stored: it is part of `dueDay`. */
  warnDay = Number.POSITIVE_INFINITY;
  /** By window: the first day on which what it holds changes by time alone. */
  leaveDays: number[] = [];
  /** The customer's beginning, as the totals know it; Infinity: none. */
  beginningDay = Number.POSITIVE_INFINITY;

  /** Tiles and lifetime may be another customer's: one that is looked at as of another day. */
  constructor(id: string, tiles = new TileSeries(), lifetime = new Lifetime()) {
    this.id = id;
    this.tiles = tiles;
    this.lifetime = lifetime;
  }

  /** False until its first accepted record. */
  get exists(): boolean {
    return this.evaluatedDay !== noDay;
  }
}
