/** What the fold emits: changes of standing with their proof, and the customer's standings after them. */
import type { EpochDay } from './events.ts';
import type { PlaybookDocument } from './policy-document.ts';

/** `population`: other customers moved the cuts. */
export type Cause = 'facts' | 'refund' | 'time' | 'policy' | 'population' | 'override' | 'erasure';

/** One condition that was looked at, with the number it saw. Values are decimal strings, days or instants as text. */
export interface Evidence {
  readonly measure: string;
  /** As written in the policy: `P365D`, `calendarYear`, `lifetime`; null for what has no window. */
  readonly window: string | null;
  readonly value: string | null;
  readonly operator: string;
  readonly threshold: string;
  readonly met: boolean;
}

/** The record that caused a change; null where time, policy or population did. */
export interface Trigger {
  readonly type: string;
  readonly source: string;
  readonly eventId: string;
  readonly occurredAt: number;
}

/** Why, as a code for machines and a sentence for people. */
export interface Reason {
  readonly code: ReasonCode;
  readonly en: string;
  readonly zh: string;
}

export type ReasonCode =
  /** The numbers reach the tier, or give this segment. */
  | 'reached'
  /** The numbers no longer reach the tier that was held. */
  | 'missed'
  | 'expired'
  | 'graceEnded'
  /** A refund took back what had earned the tier. */
  | 'unearned'
  | 'stageEntered'
  | 'stageLeft'
  | 'overridden'
  | 'overrideEnded'
  | 'programEnded'
  /** A roll-out was rolled back, and the standing is again what it would be without it. */
  | 'rolledBack'
  | 'forgotten'
  /** Release 0.1.0 gave none. */
  | 'notRecorded';

/**
 * Of a ladder or an exit `up` or `down`; `first` where there was no standing, `end` where there is none, else `across`;
 * `unknown` of release 0.1.0, which gave none.
 */
export type Direction = 'first' | 'up' | 'down' | 'across' | 'end' | 'unknown';

/** What is missing of one number: decimal strings of the measure's unit. */
export interface Missing {
  readonly measure: string;
  readonly missing: string;
}

/** Where the customer stands between the tiers of a ladder; of a segment everything is null. */
export interface Progress {
  /** The tier above and what is missing for it; null at the top. */
  readonly next: { readonly tier: string; readonly missing: readonly Missing[] } | null;
  /**
   * The first day on which the tier is lost if nothing happens, within the warnings' reach, or the end of validity or
   * grace; and what is missing to keep it, as of that day. Null where none is known.
   */
  readonly retain: { readonly byDay: EpochDay; readonly missing: readonly Missing[] } | null;
}

/** Facts of a business day that left a window with the change. */
export interface AgedOut {
  readonly factsOfDay: EpochDay;
  readonly window: string;
}

/** What every record about a standing says. */
interface StandingRecord {
  readonly customerId: string;
  readonly program: string;
  readonly effectiveDay: EpochDay;
  /** Kafka timestamp of the causing record, epoch milliseconds. */
  readonly recordedAt: number;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly policyHash: string;
  /** Counts this customer's records from 1. */
  readonly revision: number;
}

export interface TierChanged extends StandingRecord {
  readonly type: 'TierChanged';
  /** null: the customer had no standing. */
  readonly from: string | null;
  /** null: the customer has no standing any more. */
  readonly to: string | null;
  readonly cause: Cause;
  /** A late fact corrected an earlier decision. */
  readonly correction: boolean;
  readonly trigger: Trigger | null;
  readonly evidence: readonly Evidence[];
  readonly reason: Reason;
  readonly direction: Direction;
  /** Tiers of a ladder or stages of an exit that were passed over, in the order passed. */
  readonly passed: readonly string[];
  /** The former standing's first day; null where there was none. */
  readonly fromSinceDay: EpochDay | null;
  /** The first day on which the new standing is no longer valid; null: no end is set. */
  readonly validUntilDay: EpochDay | null;
  /** Of an exit's stage: the day on which somebody is to look at it. */
  readonly reviewDay: EpochDay | null;
  /** A measure that decides is missing. */
  readonly incomplete: boolean;
  /** At most ten. */
  readonly agedOut: readonly AgedOut[];
  readonly progress: Progress;
  /** Of the new tier. */
  readonly playbook: PlaybookDocument | null;
}

/** The numbers still reach the tier at the end of its validity, which begins anew. */
export interface StandingRenewed extends StandingRecord {
  readonly type: 'StandingRenewed';
  readonly tier: string;
  readonly validUntilDay: EpochDay;
  readonly evidence: readonly Evidence[];
}

/** If nothing happens, the tier will be lost within so many days. */
export interface Expiring extends StandingRecord {
  readonly type: 'Expiring';
  readonly tier: string;
  /** The tier after it. */
  readonly to: string | null;
  /** One of the policy's `expiringDays`: the loss is not further away than this. */
  readonly withinDays: number;
  /** The first day without the tier. */
  readonly lostOnDay: EpochDay;
  /** The tier is kept by grace alone. */
  readonly grace: boolean;
  readonly progress: Progress;
}

/** Little is missing for the tier above. */
export interface Approaching extends StandingRecord {
  readonly type: 'Approaching';
  readonly tier: string | null;
  readonly next: string;
  readonly missing: readonly Missing[];
}

/** A record of `tier-changes`. */
export type TierRecord = TierChanged | StandingRenewed | Expiring | Approaching;

export interface ProgramStanding {
  readonly program: string;
  readonly tier: string | null;
  readonly sinceDay: EpochDay;
  /** The first day on which it is no longer valid; null: no end is set. */
  readonly validUntilDay: EpochDay | null;
  /** A measure that decides is missing. */
  readonly incomplete: boolean;
}

/** The value of `customer-tiers`. */
export interface CustomerTiers {
  readonly customerId: string;
  readonly revision: number;
  readonly asOfDay: EpochDay;
  readonly standings: readonly ProgramStanding[];
}

/** Identity of an emission: the offset of the record that caused it and its index among that record's emissions. */
export interface EmissionId {
  readonly offset: number;
  readonly index: number;
}

export interface Emission {
  readonly id: EmissionId;
  readonly record: TierRecord;
  /** null: the customer was forgotten, a tombstone goes to `customer-tiers`. */
  readonly standings: CustomerTiers | null;
}

export function compareIds(a: EmissionId, b: EmissionId): number {
  return a.offset - b.offset || a.index - b.index;
}

/** A record of the log that changed nothing because of what it says. At least once, with a deterministic id. */
export interface Rejection {
  readonly offset: number;
  readonly key: string | null;
  readonly reason: RejectionReason;
  readonly detail: string;
}

export type RejectionReason =
  | 'unreadable'
  | 'misrouted'
  | 'tooLate'
  | 'inFuture'
  | 'unknownProgram'
  | 'unknownTier'
  | 'invalidControl'
  | 'invalidFact';
