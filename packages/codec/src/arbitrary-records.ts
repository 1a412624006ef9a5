/** Any record of the wire, over the whole range of every field; for tests. */
import type { Cause, TierChanged } from '@tierflow/customer/changes';
import type { FactBase } from '@tierflow/customer/events';
import fc from 'fast-check';
import type { RecordByName, RecordName } from './schemas.ts';

/** Lone surrogates have no UTF-8, so they cannot come back. */
const text = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', '金牌客户', 'ä'.repeat(3000)) },
);
const int = fc.integer();
const long = fc.maxSafeInteger();
const bool = fc.boolean();
const orNull = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null });
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model, { noNullPrototype: true });

const fact: { [K in keyof FactBase]: fc.Arbitrary<FactBase[K]> } = {
  eventId: text,
  source: text,
  customerId: text,
  occurredAt: long,
  businessDay: int,
  bootstrap: bool,
};
const decision = { actor: text, reason: text };
const money = { amountMinor: long, currency: text, amountBaseMinor: long };
const attribute = fc.oneof(text, bool, fc.constant(null), fc.double());
const type = <T extends string>(name: T) => ({ type: fc.constant<T>(name) });

export const arbitraryRecords: { [N in RecordName]: fc.Arbitrary<RecordByName[N]> } = {
  PurchaseRecorded: record({
    ...type('PurchaseRecorded'),
    ...fact,
    ...money,
    orderId: orNull(text),
    marginBaseMinor: orNull(long),
    channel: orNull(text),
  }),
  PurchaseRefunded: record({
    ...type('PurchaseRefunded'),
    ...fact,
    ...money,
    orderId: orNull(text),
    channel: orNull(text),
  }),
  InteractionRecorded: record({
    ...type('InteractionRecorded'),
    ...fact,
    kind: text,
    topic: orNull(text),
    responseSeconds: orNull(long),
    costBaseMinor: orNull(long),
  }),
  FeedbackReceived: record({
    ...type('FeedbackReceived'),
    ...fact,
    scoreHundredths: long,
    scaleHundredths: long,
    topic: orNull(text),
    complaint: bool,
  }),
  ProfileUpdated: record({ ...type('ProfileUpdated'), ...fact, attributes: fc.dictionary(text, attribute) }),
  StandingOverridden: record({
    ...type('StandingOverridden'),
    ...fact,
    ...decision,
    program: text,
    kind: fc.constantFrom('pin', 'floor', 'cap'),
    tier: text,
    untilDay: orNull(int),
  }),
  OverrideEnded: record({ ...type('OverrideEnded'), ...fact, ...decision, program: text }),
  CustomerForgotten: record({ ...type('CustomerForgotten'), ...fact, ...decision }),
  LogOpened: record({
    ...type('LogOpened'),
    logId: text,
    namespace: text,
    partitions: int,
    slices: int,
    zone: text,
    baseCurrency: text,
    baseCurrencyDigits: int,
    horizonDays: int,
  }),
  ClockTicked: record({ ...type('ClockTicked'), day: int }),
  PolicyPublished: record({ ...type('PolicyPublished'), policyId: text, version: int, hash: text, document: text }),
  SliceSwept: record({
    ...type('SliceSwept'),
    fromSlice: int,
    toSlice: int,
    mode: fc.constantFrom('due', 'all'),
    rolloutSeq: orNull(long),
    policyId: orNull(text),
    policyVersion: orNull(int),
  }),
  TierChanged: record<TierChanged>({
    customerId: text,
    program: text,
    from: orNull(text),
    to: orNull(text),
    cause: fc.constantFrom<Cause>('facts', 'refund', 'time', 'policy', 'override', 'erasure'),
    effectiveDay: int,
    recordedAt: long,
    correction: bool,
    trigger: orNull(record({ type: text, source: text, eventId: text, occurredAt: long })),
    evidence: fc.array(record({ measure: text, value: orNull(text), operator: text, threshold: text, met: bool }), {
      maxLength: 4,
    }),
    policyId: text,
    policyVersion: int,
    policyHash: text,
    revision: int,
  }),
  CustomerTiers: record({
    customerId: text,
    revision: int,
    asOfDay: int,
    standings: fc.array(record({ program: text, tier: orNull(text), sinceDay: int })),
  }),
  RejectedEvent: record({
    id: text,
    origin: text,
    reason: text,
    message: text,
    messageZh: text,
    key: orNull(text),
    payload: orNull(fc.uint8Array().map(bytes => Buffer.from(bytes))),
    payloadTruncated: bool,
  }),
};
