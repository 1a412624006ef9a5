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
  readonly mode: 'due' | 'all';
  /** With `all`: the slices follow this policy from here on, unless they follow a higher roll-out already. */
  readonly rolloutSeq: number | null;
  readonly policyId: string | null;
  readonly policyVersion: number | null;
}

export type Control = LogOpened | ClockTicked | PolicyPublished | SliceSwept;

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
