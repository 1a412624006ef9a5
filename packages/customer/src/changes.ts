/** What the fold emits: changes of standing with their proof, and the customer's standings after them. */
import type { EpochDay } from './events.ts';

export type Cause = 'facts' | 'refund' | 'time' | 'policy' | 'override' | 'erasure';

/** One condition that was looked at, with the number it saw. Values are decimal strings, days or instants as text. */
export interface Evidence {
  readonly measure: string;
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

export interface TierChanged {
  readonly customerId: string;
  readonly program: string;
  /** null: the customer had no standing. */
  readonly from: string | null;
  /** null: the customer has no standing any more. */
  readonly to: string | null;
  readonly cause: Cause;
  readonly effectiveDay: EpochDay;
  /** Kafka timestamp of the causing record, epoch milliseconds. */
  readonly recordedAt: number;
  /** A late fact corrected an earlier decision. */
  readonly correction: boolean;
  readonly trigger: Trigger | null;
  readonly evidence: readonly Evidence[];
  readonly policyId: string;
  readonly policyVersion: number;
  readonly policyHash: string;
  /** Counts this customer's changes from 1. */
  readonly revision: number;
}

export interface ProgramStanding {
  readonly program: string;
  readonly tier: string | null;
  readonly sinceDay: EpochDay;
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
  readonly change: TierChanged;
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
