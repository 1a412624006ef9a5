/**
 * The log's own vocabulary as data: every record with its fields and what they hold. An exported log uses it for
 * control records, and for facts that the canonical form cannot say exactly. The type makes it complete: a field that
 * is added to the vocabulary and not here does not compile.
 */
import type { LogEvent, Unreadable } from '@tierflow/customer/events';

export type NamedWord =
  | 'string'
  | 'number'
  | 'boolean'
  | 'string?'
  | 'number?'
  | 'attributes'
  | 'calibratedPrograms'
  | 'calibratedRankings';
/** Or one of a few texts. */
export type Word = NamedWord | readonly string[];
export type WrittenRecord = LogEvent | Unreadable;

type WordsOf<T> = { readonly [F in Exclude<keyof T, 'type'>]: Word };

const fact = {
  eventId: 'string',
  source: 'string',
  customerId: 'string',
  occurredAt: 'number',
  businessDay: 'number',
  bootstrap: 'boolean',
} as const;

const money = { orderId: 'string?', amountMinor: 'number', currency: 'string', amountBaseMinor: 'number' } as const;
const actor = { actor: 'string', reason: 'string' } as const;

export const logWords: { readonly [T in WrittenRecord['type']]: WordsOf<Extract<WrittenRecord, { type: T }>> } = {
  PurchaseRecorded: { ...fact, ...money, marginBaseMinor: 'number?', channel: 'string?' },
  PurchaseRefunded: { ...fact, ...money, channel: 'string?' },
  InteractionRecorded: {
    ...fact,
    kind: 'string',
    topic: 'string?',
    responseSeconds: 'number?',
    costBaseMinor: 'number?',
  },
  FeedbackReceived: {
    ...fact,
    scoreHundredths: 'number',
    scaleHundredths: 'number',
    topic: 'string?',
    complaint: 'boolean',
  },
  ProfileUpdated: { ...fact, attributes: 'attributes' },
  StandingOverridden: { ...fact, program: 'string', kind: 'string', tier: 'string', untilDay: 'number?', ...actor },
  OverrideEnded: { ...fact, program: 'string', ...actor },
  CustomerForgotten: { ...fact, ...actor },
  LogOpened: {
    logId: 'string',
    namespace: 'string',
    partitions: 'number',
    slices: 'number',
    zone: 'string',
    baseCurrency: 'string',
    baseCurrencyDigits: 'number',
    horizonDays: 'number',
  },
  ClockTicked: { day: 'number' },
  PolicyPublished: { policyId: 'string', version: 'number', hash: 'string', document: 'string' },
  SliceSwept: {
    fromSlice: 'number',
    toSlice: 'number',
    mode: ['due', 'all', 'index'],
    rolloutSeq: 'number?',
    policyId: 'string?',
    policyVersion: 'number?',
    calibration: 'number?',
  },
  RolloutDirected: {
    directiveId: 'string',
    rolloutSeq: 'number',
    action: ['activate', 'rollback', 'seal'],
    policyId: 'string',
    policyVersion: 'number',
    fromVersion: 'number',
    mode: ['immediate', 'grandfather', 'lazy'],
    slices: 'number',
    keepUntilDay: 'number?',
    ...actor,
  },
  ThresholdsCalibrated: {
    policyId: 'string',
    policyVersion: 'number',
    calibration: 'number',
    day: 'number',
    programs: 'calibratedPrograms',
    rankings: 'calibratedRankings',
  },
  Unreadable: { reason: 'string', detail: 'string' },
};
