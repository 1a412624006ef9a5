/**
 * What a stranger has written into the log: bytes, through the codec, into the fold. Nothing may stop the partition, and
 * how the log is cut and who dies must not show, hostile records or not.
 */
import { isDeepStrictEqual } from 'node:util';
import { arbitraryRecords } from '@tierflow/codec/arbitrary-records';
import { eventCodec } from '@tierflow/codec/event-codec';
import { InMemoryRegistry } from '@tierflow/codec/in-memory-registry';
import type { LogEvent, LogRecord } from '@tierflow/customer/events';
import fc from 'fast-check';
import { factContent, factOf, firstDay, opening } from '../../oracle/random-log.ts';
import { policyDocument } from '../../oracle/random-policy.ts';
import { RealFold } from '../../oracle/real-fold.ts';
import { alteredBytes, hostileText } from '../hostile-text.ts';
import { policyDocumentText } from '../hostile-yaml.ts';
import type { FuzzSubject } from '../subject.ts';

interface HostileLog {
  readonly opening: readonly LogEvent[];
  readonly values: readonly (readonly [key: string | null, value: Buffer | null])[];
}

const registry = new InMemoryRegistry();
const codec = eventCodec(registry, await registry.register());

const extremeNumber = fc.oneof(
  fc.constantFrom(0, -1, 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31 - 1),
  fc.maxSafeInteger(),
);
const wellFormed = hostileText.map(text => text.toWellFormed());
/** A sane fact, of which one field is extreme. */
const nearlySane = fc
  .tuple(factContent, fc.nat(3), fc.integer({ min: -3, max: 3 }), fc.nat(1000), fc.nat(20), extremeNumber, wellFormed)
  .map(([content, customer, ago, id, which, number, text]): LogEvent => {
    const fact: Record<string, unknown> = { ...factOf(content, `e${id}`, `c${customer}`, firstDay + ago, 1) };
    const field = Object.keys(fact)[which % Object.keys(fact).length]!;
    const old = fact[field];
    if (field === 'businessDay') fact[field] = Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, number));
    else if (typeof old === 'number') fact[field] = number;
    else if (typeof old === 'string' && field !== 'type') fact[field] = text;
    return fact as unknown as LogEvent;
  });
const document = fc.oneof(
  policyDocumentText,
  wellFormed,
  fc.json(),
  policyDocument(1).map(policy => JSON.stringify(policy)),
);
const published = fc.tuple(document, fc.constantFrom(1, 2, 3), hostileText).map(
  ([text, version, odd]): LogEvent => ({
    type: 'PolicyPublished',
    policyId: 'p',
    version,
    hash: `h${text.length}${odd.toWellFormed()}`,
    document: text,
  }),
);
const swept = fc
  .tuple(
    fc.constantFrom(0, 1, 3, -1, 2 ** 31 - 1),
    fc.constantFrom('due' as const, 'all' as const, 'index' as const),
    fc.constantFrom(null, 1, 2, 3),
    fc.constantFrom(null, 1, 2),
    fc.constantFrom(2, 3, 4),
  )
  .map(
    ([slice, mode, policyVersion, calibration, rolloutSeq]): LogEvent => ({
      type: 'SliceSwept',
      fromSlice: 0,
      toSlice: slice,
      mode,
      rolloutSeq: mode === 'all' ? rolloutSeq : null,
      policyId: 'p',
      policyVersion,
      calibration,
    }),
  );
/** A directive of which most things fit those that may be under way. */
const directed = fc.record({
  type: fc.constant('RolloutDirected' as const),
  directiveId: wellFormed,
  rolloutSeq: fc.oneof(fc.constantFrom(2, 3, 4), extremeNumber),
  action: fc.constantFrom('activate', 'rollback', 'seal'),
  policyId: fc.constantFrom('p', 'oracle'),
  policyVersion: fc.constantFrom(0, 1, 2, 3),
  fromVersion: fc.constantFrom(0, 1, 2, 3),
  mode: fc.constantFrom('immediate', 'grandfather', 'lazy'),
  slices: fc.constantFrom(1, 2, 4, 0, -1, 2 ** 31 - 1),
  keepUntilDay: fc.constantFrom(null, firstDay + 3, -1, 2 ** 31 - 1),
  actor: wellFormed,
  reason: wellFormed,
}) as fc.Arbitrary<LogEvent>;
/** Cuts of a version that may be there, whose programs and rankings are hardly ever those of its policy. */
const calibrated = fc
  .tuple(
    arbitraryRecords.ThresholdsCalibrated,
    fc.constantFrom('p', 'oracle'),
    fc.constantFrom(1, 2),
    fc.constantFrom(1, 2, -1),
    fc.constantFrom(firstDay, -1, 2 ** 31 - 1),
    fc.boolean(),
  )
  .map(([record, policyId, policyVersion, calibration, day, isEmpty]): LogEvent => {
    const lists = isEmpty ? { programs: [], rankings: [] } : {};
    return { ...record, policyId, policyVersion, calibration, day, ...lists };
  });
const ticked = fc
  .constantFrom(firstDay, firstDay + 1, firstDay + 40, firstDay + 500, -1, 2 ** 31 - 1)
  .map((day): LogEvent => ({ type: 'ClockTicked', day }));
const anyEvent = fc.oneof(
  ...(
    [
      'PurchaseRecorded',
      'PurchaseRefunded',
      'InteractionRecorded',
      'FeedbackReceived',
      'ProfileUpdated',
      'StandingOverridden',
      'OverrideEnded',
      'CustomerForgotten',
      'LogOpened',
      'SliceSwept',
      'RolloutDirected',
      'ThresholdsCalibrated',
    ] as const
  ).map(type => arbitraryRecords[type] as fc.Arbitrary<LogEvent>),
);
const event = fc.oneof(
  { weight: 8, arbitrary: nearlySane },
  { weight: 3, arbitrary: anyEvent },
  { weight: 2, arbitrary: published },
  { weight: 2, arbitrary: swept },
  { weight: 2, arbitrary: directed },
  { weight: 1, arbitrary: calibrated },
  { weight: 1, arbitrary: ticked },
);

const recordBytesMax = 1_048_576;

const value = event.chain(each => {
  const key = 'customerId' in each ? each.customerId : null;
  // Kafka takes no larger ones, unless it is told to.
  const bytes = codec.encodeEvent(each).subarray(0, recordBytesMax);
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant([key, bytes] as const) },
    { weight: 2, arbitrary: alteredBytes(fc.constant(bytes)).map(altered => [key, altered] as const) },
    { weight: 1, arbitrary: fc.constant([key, null] as const) },
  );
});

export const subject: FuzzSubject<HostileLog> = {
  input: fc.record({
    opening: policyDocument(1).map(opening),
    values: fc.array(value, { minLength: 1, maxLength: 25 }),
  }),
  // Each change tells how every condition of the policy stood.
  sizeOf: log =>
    log.values.reduce(
      (sum, [key, bytes]) => sum + (key?.length ?? 0) + (bytes?.length ?? 0),
      JSON.stringify(log.opening).length,
    ),
  run: async log => {
    const records = await recordsOf(log);
    const whole = await new RealFold(records).run([500]);
    const cut = await new RealFold(records, { cacheCustomersMax: 0 }).runDying([1]);
    const [one, other] = [outcomeOf(whole), outcomeOf(cut)];
    if (!isDeepStrictEqual(one, other)) throw new Error(`How the log was cut shows: ${difference(one, other)}`);
    return [one, whole.rejections.reported];
  },
  growthMax: 500,
};

async function recordsOf({ opening: opened, values }: HostileLog): Promise<LogRecord[]> {
  const decoded = await Promise.all(values.map(async ([key, bytes]) => [key, await codec.read(bytes)] as const));
  return [...opened.map(each => [null, each] as const), ...decoded].map(([key, each], offset) => ({
    offset,
    timestamp: 1.6e12 + offset,
    key,
    event: each,
  }));
}

function outcomeOf(fold: RealFold) {
  return { published: fold.output.published, rejected: fold.rejected, stored: fold.stored };
}

function difference(one: object, other: object): string {
  const differing = Object.entries(one).flatMap(([part, seen]) => {
    const [a, b] = [JSON.stringify(seen), JSON.stringify((other as Record<string, unknown>)[part])];
    const at = [...a].findIndex((character, index) => character !== b[index]);
    return a === b
      ? []
      : [`${part}: ${a.slice(Math.max(0, at - 60), at + 100)} | ${b.slice(Math.max(0, at - 60), at + 100)}`];
  });
  return differing.join('\n');
}
