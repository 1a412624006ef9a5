/**
 * The vocabulary of the log `customer-events`. Nothing else is an input of the fold.
 *
 * Facts say what a customer did, decisions what an operator decided about one customer, and control records carry
 * time, policy and slices to every partition. Money is an integer in minor units of ISO 4217, always greater than
 * zero: a refund is a record of its own. `businessDay` is the epoch day (days since 1970-01-01) in the deployment's
 * zone, stamped at the door, so that the fold knows civil days only and no time zones.
 */

/** Days since 1970-01-01. */
export type EpochDay = number;

export interface FactBase {
  readonly eventId: string;
  readonly source: string;
  readonly customerId: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly businessDay: EpochDay;
  /** Written by a bootstrap import: a fact older than the horizon then counts towards lifetime totals. */
  readonly bootstrap: boolean;
}

export interface PurchaseRecorded extends FactBase {
  readonly type: 'PurchaseRecorded';
  readonly orderId: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly amountBaseMinor: number;
  /** In the base currency; may be negative. */
  readonly marginBaseMinor: number | null;
  readonly channel: string | null;
}

export interface PurchaseRefunded extends FactBase {
  readonly type: 'PurchaseRefunded';
  /** The order of the purchase, where known. */
  readonly orderId: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly amountBaseMinor: number;
  readonly channel: string | null;
}

export interface InteractionRecorded extends FactBase {
  readonly type: 'InteractionRecorded';
  readonly kind: string;
  readonly topic: string | null;
  readonly responseSeconds: number | null;
  readonly costBaseMinor: number | null;
}

export interface FeedbackReceived extends FactBase {
  readonly type: 'FeedbackReceived';
  /** 0 … scaleHundredths. 4.5 stars of 5 are 450 of 500. */
  readonly scoreHundredths: number;
  readonly scaleHundredths: number;
  readonly topic: string | null;
  readonly complaint: boolean;
}

export type AttributeValue = string | number | boolean | null;

export interface ProfileUpdated extends FactBase {
  readonly type: 'ProfileUpdated';
  /** Merged into the profile; null removes the attribute. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export type Fact = PurchaseRecorded | PurchaseRefunded | InteractionRecorded | FeedbackReceived | ProfileUpdated;

export type OverrideKind = 'pin' | 'floor' | 'cap';

export interface StandingOverridden extends FactBase {
  readonly type: 'StandingOverridden';
  readonly program: string;
  readonly kind: OverrideKind;
  readonly tier: string;
  /** Last day on which it holds; null: until it is ended. */
  readonly untilDay: EpochDay | null;
  readonly actor: string;
  readonly reason: string;
}

export interface OverrideEnded extends FactBase {
  readonly type: 'OverrideEnded';
  readonly program: string;
  readonly actor: string;
  readonly reason: string;
}

export interface CustomerForgotten extends FactBase {
  readonly type: 'CustomerForgotten';
  readonly actor: string;
  readonly reason: string;
}

export type Decision = StandingOverridden | OverrideEnded | CustomerForgotten;

/** The first record of every partition; immutable for the life of the namespace. */
export interface LogOpened {
  readonly type: 'LogOpened';
  readonly logId: string;
  readonly namespace: string;
  readonly partitions: number;
  readonly slices: number;
  readonly zone: string;
  readonly baseCurrency: string;
  /** Decimal digits of the base currency's minor unit by ISO 4217: 2 for GBP, 0 for JPY. */
  readonly baseCurrencyDigits: number;
  readonly horizonDays: number;
}

export interface ClockTicked {
  readonly type: 'ClockTicked';
  readonly day: EpochDay;
}

export interface PolicyPublished {
  readonly type: 'PolicyPublished';
  readonly policyId: string;
  readonly version: number;
  /** `sha256:` of the document's bytes. */
  readonly hash: string;
  /** The validated policy as JSON text. */
  readonly document: string;
}

export interface SliceSwept {
  readonly type: 'SliceSwept';
  /** First and last slice, both included. */
  readonly fromSlice: number;
  readonly toSlice: number;
  /**
   * `due`: whoever has a day on which something changes by time alone; `all`: everybody; `index`: everybody takes a place
   * in the rank indexes, and nothing is decided.
   */
  readonly mode: 'due' | 'all' | 'index';
  /** With `all`: the slices follow this policy from here on, unless they follow a higher roll-out already. */
  readonly rolloutSeq: number | null;
  readonly policyId: string | null;
  readonly policyVersion: number | null;
  /** With `all`: and these cuts of it, unless they have later ones already; null: those as written. */
  readonly calibration: number | null;
}

/** How a customer comes to a new policy; see RolloutDirected. */
export type RolloutMode = 'immediate' | 'grandfather' | 'lazy';

/**
 * What an operator wants of a policy. The conductor carries it out, slice by slice, by sweeps with the same `rolloutSeq`.
 *
 * - `activate`: the first `slices` slices of every partition are to follow the version. The same `rolloutSeq` again with
 *   more slices goes on with the same roll-out; a new roll-out has the next number, and begins once the last one is
 *   sealed or rolled back.
 * - `rollback`: whatever followed the roll-out before this one goes back to `fromVersion`'s predecessor, `policyVersion`.
 * - `seal`: the roll-out has ended: nobody's former standing is kept any longer.
 *
 * Modes. `immediate`: everybody is judged by the new policy with the sweep, under its own guards. `grandfather`: the same,
 * but who would fall on a ladder without validity keeps the tier until `keepUntilDay`. `lazy`: a customer stays under the
 * former policy until anything happens to it, a record of its own or a day that changes its numbers.
 */
export interface RolloutDirected {
  readonly type: 'RolloutDirected';
  /** Unique; by it whoever wrote the record sees whether it was the one that counted. */
  readonly directiveId: string;
  readonly rolloutSeq: number;
  readonly action: 'activate' | 'rollback' | 'seal';
  readonly policyId: string;
  /** The version that slices are to follow. */
  readonly policyVersion: number;
  /** The version that they follow before. */
  readonly fromVersion: number;
  readonly mode: RolloutMode;
  /** So many slices of every partition, from slice 0 on. */
  readonly slices: number;
  /** With `grandfather`: the last day on which a tier is kept. */
  readonly keepUntilDay: EpochDay | null;
  readonly actor: string;
  readonly reason: string;
}

/** An axis of a program that is cut by the population: of a pyramid its measure, of rfm one of its three. */
export type PopulationAxis = 'value' | 'recency' | 'frequency' | 'monetary';

export interface CalibratedProgram {
  readonly program: string;
  /** Customers who were ranked. */
  readonly size: number;
  readonly axes: readonly CalibratedAxis[];
}

export interface CalibratedAxis {
  readonly axis: PopulationAxis;
  /**
   * As a policy writes them and in the same order: of a pyramid one for each tier with a share, the top one first, but
   * none for the one at which the shares reach 100; of rfm the mean, or the four cuts of the scores.
   */
  readonly cuts: readonly string[];
}

/** Where the values of a ranking lay, so that a view can tell "top 3 %" without asking anybody. */
export interface CalibratedRanking {
  /** Key of the rank index. */
  readonly ranking: string;
  readonly size: number;
  /** By `topShares`: the least ranked value of those in the share. */
  readonly topValues: readonly number[];
}

/**
 * Cuts that were taken from the population. Only what is recorded counts: a fold of the log never asks an index.
 * A program that is not listed keeps its cuts as written, because its population is too small.
 */
export interface ThresholdsCalibrated {
  readonly type: 'ThresholdsCalibrated';
  readonly policyId: string;
  readonly policyVersion: number;
  /** Counts up from 1 for each version. */
  readonly calibration: number;
  /** The log day that they were taken on. */
  readonly day: EpochDay;
  readonly programs: readonly CalibratedProgram[];
  readonly rankings: readonly CalibratedRanking[];
}

export type Control = LogOpened | ClockTicked | PolicyPublished | SliceSwept | RolloutDirected | ThresholdsCalibrated;

export type CustomerEvent = Fact | Decision;
export type LogEvent = CustomerEvent | Control;

/** Why a log record cannot be read. A function of its bytes and of the registry's immutable schemas only. */
export type UnreadableReason = 'nullValue' | 'notAvro' | 'unknownSchema' | 'undecodable' | 'unknownRecord';

/** What the codec gives for a record that it cannot decode. It changes nothing but is reported. */
export interface Unreadable {
  readonly type: 'Unreadable';
  readonly reason: UnreadableReason;
  readonly detail: string;
}

/** One record of a partition of `customer-events`. */
export interface LogRecord {
  readonly offset: number;
  /** Kafka's record timestamp, epoch milliseconds: the time of writing, never of the event. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly event: LogEvent | Unreadable;
}
