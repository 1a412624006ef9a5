/** Any record of the wire, over the whole range of every field; for tests. */
import type {
  Approaching,
  Cause,
  Evidence,
  Expiring,
  Missing,
  Progress,
  ReasonCode,
  StandingRenewed,
  TierChanged,
} from '@tierflow/customer/changes';
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

const some = <T>(arb: fc.Arbitrary<T>) => fc.array(arb, { maxLength: 4 });

/** What every record of `tier-changes` says. A revision counts from 1. */
const standing = {
  customerId: text,
  program: text,
  effectiveDay: int,
  recordedAt: long,
  policyId: text,
  policyVersion: int,
  policyHash: text,
  revision: fc.integer({ min: 1 }),
};
const evidence = record<Evidence>({
  measure: text,
  window: orNull(text),
  value: orNull(text),
  operator: text,
  threshold: text,
  met: bool,
});
const missing = record<Missing>({ measure: text, missing: text });
const progress = record<Progress>({
  next: orNull(record({ tier: text, missing: some(missing) })),
  retain: orNull(record({ byDay: int, missing: some(missing) })),
});
const localized = fc.record({ en: text, zh: text }, { requiredKeys: ['en'], noNullPrototype: true });
const playbook = fc.record(
  { marketing: localized, sales: localized, service: localized },
  { requiredKeys: [], noNullPrototype: true },
);
/** A string on the wire: a later release may have others. */
const reasonCode = text as fc.Arbitrary<string> as fc.Arbitrary<ReasonCode>;

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
    mode: fc.constantFrom('due', 'all', 'index'),
    rolloutSeq: orNull(long),
    policyId: orNull(text),
    policyVersion: orNull(int),
    calibration: orNull(int),
  }),
  RolloutDirected: record({
    ...type('RolloutDirected'),
    directiveId: text,
    rolloutSeq: long,
    action: fc.constantFrom('activate', 'rollback', 'seal'),
    policyId: text,
    policyVersion: int,
    fromVersion: int,
    mode: fc.constantFrom('immediate', 'grandfather', 'lazy'),
    slices: int,
    keepUntilDay: orNull(int),
    actor: text,
    reason: text,
  }),
  ThresholdsCalibrated: record({
    ...type('ThresholdsCalibrated'),
    policyId: text,
    policyVersion: int,
    calibration: int,
    day: int,
    programs: some(
      record({
        program: text,
        size: int,
        axes: some(record({ axis: fc.constantFrom('value', 'recency', 'frequency', 'monetary'), cuts: some(text) })),
      }),
    ),
    rankings: some(record({ ranking: text, size: int, topValues: some(long) })),
  }),
  TierChanged: record<TierChanged>({
    ...type('TierChanged'),
    ...standing,
    from: orNull(text),
    to: orNull(text),
    cause: fc.constantFrom<Cause>('facts', 'refund', 'time', 'policy', 'population', 'override', 'erasure'),
    correction: bool,
    trigger: orNull(record({ type: text, source: text, eventId: text, occurredAt: long })),
    evidence: some(evidence),
    reason: record({ code: reasonCode, en: text, zh: text }),
    direction: fc.constantFrom('first', 'up', 'down', 'across', 'end', 'unknown'),
    passed: some(text),
    fromSinceDay: orNull(int),
    validUntilDay: orNull(int),
    reviewDay: orNull(int),
    incomplete: bool,
    agedOut: some(record({ factsOfDay: int, window: text })),
    progress,
    playbook: orNull(playbook),
  }),
  StandingRenewed: record<StandingRenewed>({
    ...type('StandingRenewed'),
    ...standing,
    tier: text,
    validUntilDay: int,
    evidence: some(evidence),
  }),
  Expiring: record<Expiring>({
    ...type('Expiring'),
    ...standing,
    tier: text,
    to: orNull(text),
    withinDays: int,
    lostOnDay: int,
    grace: bool,
    progress,
  }),
  Approaching: record<Approaching>({
    ...type('Approaching'),
    ...standing,
    tier: orNull(text),
    next: text,
    missing: some(missing),
  }),
  CustomerTiers: record({
    customerId: text,
    revision: int,
    asOfDay: int,
    standings: fc.array(
      record({ program: text, tier: orNull(text), sinceDay: int, validUntilDay: orNull(int), incomplete: bool }),
    ),
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
