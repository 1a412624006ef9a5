import type { CustomerEvent, LogRecord } from '@tierflow/customer/events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessDayIn } from '../business-day.ts';
import { formatCanonical } from './format-canonical.ts';
import { formatLogLine, parseLogLine } from './log-line.ts';
import { minorUnitsMax } from './minor-units.ts';
import { parseCanonicalLine } from './parse-canonical-line.ts';

const zone = 'America/New_York';
const dayOf = businessDayIn(zone);
const context = { zone, baseCurrency: 'KWD', nowMs: null, bootstrap: false, defaultSource: 'elsewhere' };
const digits = 3;

const printable = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength })
    .filter(text => text.length <= maxLength && !/\p{Cc}/u.test(text));
const id = printable(128);
const label = printable(64);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const amount = fc.integer({ min: 1, max: minorUnitsMax });
const forbidden = ['__proto__', 'constructor', 'prototype'];
const attributes = fc.dictionary(
  label.filter(key => !forbidden.includes(key)),
  fc.oneof(
    printable(256),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).map(value => value + 0),
  ),
  { maxKeys: 50, noNullPrototype: true },
);

function withBase<T extends object>(body: fc.Arbitrary<T>): fc.Arbitrary<T & { occurredAt: number }> {
  const base = fc.record({
    eventId: id,
    source: id,
    customerId: id,
    occurredAt: fc.integer({ min: 86_400_000, max: Date.UTC(2200, 11, 30) }),
    bootstrap: fc.constant(false),
  });
  return fc.tuple(base, body).map(([head, rest]) => ({ ...head, businessDay: dayOf(head.occurredAt), ...rest }));
}

const money = amount.map(amountMinor => ({ amountMinor, currency: 'KWD', amountBaseMinor: amountMinor }));
const customerEvent = fc.oneof(
  withBase(
    fc
      .tuple(money, orNull(id), orNull(fc.integer({ min: -minorUnitsMax, max: minorUnitsMax })), orNull(label))
      .map(([paid, orderId, marginBaseMinor, channel]) => ({
        type: 'PurchaseRecorded' as const,
        orderId,
        ...paid,
        marginBaseMinor: marginBaseMinor === 0 ? 0 : marginBaseMinor,
        channel,
      })),
  ),
  withBase(
    fc
      .tuple(money, orNull(id), orNull(label))
      .map(([paid, orderId, channel]) => ({ type: 'PurchaseRefunded' as const, orderId, ...paid, channel })),
  ),
  withBase(
    fc.record({
      type: fc.constant('InteractionRecorded' as const),
      kind: label,
      topic: orNull(label),
      responseSeconds: orNull(fc.integer({ min: 0, max: 1e9 })),
      costBaseMinor: orNull(fc.integer({ min: 0, max: minorUnitsMax })),
    }),
  ),
  withBase(
    fc
      .tuple(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), orNull(label), fc.boolean())
      .map(([scaleHundredths, share, topic, complaint]) => ({
        type: 'FeedbackReceived' as const,
        scoreHundredths: Math.floor(scaleHundredths * share) + 0,
        scaleHundredths,
        topic,
        complaint,
      })),
  ),
  withBase(fc.record({ type: fc.constant('ProfileUpdated' as const), attributes })),
  withBase(
    fc.record({
      type: fc.constant('StandingOverridden' as const),
      program: label,
      kind: fc.constantFrom('pin', 'floor', 'cap'),
      tier: label,
      untilDay: orNull(fc.integer({ min: 0, max: 84_000 })),
      actor: id,
      reason: printable(256),
    }),
  ),
  withBase(
    fc.record({ type: fc.constant('OverrideEnded' as const), program: label, actor: id, reason: printable(256) }),
  ),
  withBase(fc.record({ type: fc.constant('CustomerForgotten' as const), actor: id, reason: printable(256) })),
) as fc.Arbitrary<CustomerEvent>;

describe('a canonical line', () => {
  test('reads back to the event that it was written from', () => {
    fc.assert(
      fc.property(customerEvent, event => {
        const line = JSON.stringify(formatCanonical(event, digits));
        expect(parseCanonicalLine(line, context)).toEqual({ ok: true, event });
      }),
      { numRuns: 500 },
    );
  });

  test('cannot be written for a time beyond the calendar or a currency that is none', () => {
    const [event] = fc.sample(
      customerEvent.filter(({ type }) => type === 'PurchaseRefunded'),
      { numRuns: 1, seed: 1 },
    );
    expect(formatCanonical({ ...event!, occurredAt: 1e300 } as CustomerEvent, digits)).toBeNull();
    expect(formatCanonical({ ...event!, currency: '???' } as CustomerEvent, digits)).toBeNull();
  });
});

/** Whatever the log's wire format can carry, sensible or not. */
const anyString = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '__proto__', 'toString', '\u0000', '\ud800'),
);
const anyNumber = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.constantFrom(0, -0, Number.NaN));
const anyAttributes = fc
  .array(fc.tuple(anyString, fc.oneof(anyString, anyNumber, fc.boolean(), fc.constant(null))))
  .map(entries => Object.fromEntries(entries));
const anyBase = {
  eventId: anyString,
  source: anyString,
  customerId: anyString,
  occurredAt: anyNumber,
  businessDay: anyNumber,
  bootstrap: fc.boolean(),
};
const anyMoney = {
  orderId: orNull(anyString),
  amountMinor: anyNumber,
  currency: fc.oneof(anyString, fc.constant('JPY')),
  amountBaseMinor: anyNumber,
};
const anyRecord = <T extends string>(type: T, fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ type: fc.constant(type), ...fields }, { noNullPrototype: true });

/** On the wire the numbers within lists are integers. */
const exactly = { noNullPrototype: true } as const;
const axis = fc.constantFrom('value', 'recency', 'frequency', 'monetary');
const calibratedPrograms = fc.array(
  fc.record(
    {
      program: anyString,
      size: fc.integer(),
      axes: fc.array(fc.record({ axis, cuts: fc.array(anyString) }, exactly)),
    },
    exactly,
  ),
);

const foreignEvent = fc.oneof(
  anyRecord('PurchaseRecorded', {
    ...anyBase,
    ...anyMoney,
    marginBaseMinor: orNull(anyNumber),
    channel: orNull(anyString),
  }),
  anyRecord('PurchaseRefunded', { ...anyBase, ...anyMoney, channel: orNull(anyString) }),
  anyRecord('InteractionRecorded', {
    ...anyBase,
    kind: anyString,
    topic: orNull(anyString),
    responseSeconds: orNull(anyNumber),
    costBaseMinor: orNull(anyNumber),
  }),
  anyRecord('FeedbackReceived', {
    ...anyBase,
    scoreHundredths: anyNumber,
    scaleHundredths: anyNumber,
    topic: orNull(anyString),
    complaint: fc.boolean(),
  }),
  anyRecord('ProfileUpdated', { ...anyBase, attributes: anyAttributes }),
  anyRecord('StandingOverridden', {
    ...anyBase,
    program: anyString,
    kind: anyString,
    tier: anyString,
    untilDay: orNull(anyNumber),
    actor: anyString,
    reason: anyString,
  }),
  anyRecord('OverrideEnded', { ...anyBase, program: anyString, actor: anyString, reason: anyString }),
  anyRecord('CustomerForgotten', { ...anyBase, actor: anyString, reason: anyString }),
  anyRecord('LogOpened', {
    logId: anyString,
    namespace: anyString,
    partitions: anyNumber,
    slices: anyNumber,
    zone: anyString,
    baseCurrency: anyString,
    baseCurrencyDigits: anyNumber,
    horizonDays: anyNumber,
  }),
  anyRecord('ClockTicked', { day: anyNumber }),
  anyRecord('PolicyPublished', { policyId: anyString, version: anyNumber, hash: anyString, document: anyString }),
  anyRecord('SliceSwept', {
    fromSlice: anyNumber,
    toSlice: anyNumber,
    mode: fc.constantFrom('due', 'all', 'index'),
    rolloutSeq: orNull(anyNumber),
    policyId: orNull(anyString),
    policyVersion: orNull(anyNumber),
    calibration: orNull(anyNumber),
  }),
  anyRecord('RolloutDirected', {
    directiveId: anyString,
    rolloutSeq: anyNumber,
    action: fc.constantFrom('activate', 'rollback', 'seal'),
    policyId: anyString,
    policyVersion: anyNumber,
    fromVersion: anyNumber,
    mode: fc.constantFrom('immediate', 'grandfather', 'lazy'),
    slices: anyNumber,
    keepUntilDay: orNull(anyNumber),
    actor: anyString,
    reason: anyString,
  }),
  anyRecord('ThresholdsCalibrated', {
    policyId: anyString,
    policyVersion: anyNumber,
    calibration: anyNumber,
    day: anyNumber,
    programs: calibratedPrograms,
    rankings: fc.array(
      fc.record({ ranking: anyString, size: fc.integer(), topValues: fc.array(fc.maxSafeInteger()) }, exactly),
    ),
  }),
  anyRecord('Unreadable', { reason: fc.constantFrom('nullValue', 'notAvro'), detail: anyString }),
);

const converted = customerEvent.map(event =>
  'amountBaseMinor' in event
    ? { ...event, currency: 'JPY', amountBaseMinor: 7, bootstrap: true }
    : { ...event, bootstrap: true },
);

const record = fc.record(
  {
    offset: fc.nat(),
    timestamp: fc.nat(),
    key: orNull(anyString),
    event: fc.oneof(customerEvent, converted, foreignEvent),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<LogRecord>;

describe('a log line', () => {
  test('loses nothing of any record', () => {
    fc.assert(
      fc.property(record, fc.nat(1023), (written, partition) => {
        const line = formatLogLine(written, partition, digits);
        expect(line).not.toContain('\n');
        const read = parseLogLine(line, digits);
        expect(read).toStrictEqual({ ok: true, partition, record: written });
      }),
      { numRuns: 2000 },
    );
  });

  test('is canonical where the canonical form can say it, and names its place', () => {
    fc.assert(
      fc.property(customerEvent, event => {
        const line = JSON.parse(formatLogLine({ offset: 5, timestamp: 6, key: 'k', event }, 2, digits));
        expect(line).toEqual({
          partition: 2,
          offset: 5,
          timestamp: 6,
          key: 'k',
          businessDay: event.businessDay,
          ...formatCanonical(event, digits),
        });
      }),
    );
  });

  test.each([
    ['no place', '{"type":"clockTicked","day":1}', 'missingField', 'partition'],
    ['no day', '{"partition":0,"offset":1,"timestamp":2,"key":null,"type":"clockTicked"}', 'missingField', 'day'],
    [
      'a day as text',
      '{"partition":0,"offset":1,"timestamp":2,"key":null,"type":"clockTicked","day":"1"}',
      'wrongType',
      'day',
    ],
    [
      'a stranger',
      '{"partition":0,"offset":1,"timestamp":2,"key":null,"type":"clockTicked","day":1,"x":1}',
      'unknownField',
      'x',
    ],
    [
      'an unknown type',
      '{"partition":0,"offset":1,"timestamp":2,"key":null,"type":"tick","businessDay":1}',
      'unknownType',
      'type',
    ],
    [
      'half an offset',
      '{"partition":0,"offset":1.5,"timestamp":2,"key":null,"type":"clockTicked","day":1}',
      'badNumber',
      'offset',
    ],
  ])('with %s is refused', (_title, line, reason, field) => {
    expect(parseLogLine(line, digits)).toMatchObject({ ok: false, reason, field });
  });

  describe('of calibrated cuts', () => {
    const axis = { axis: 'value', cuts: ['1500.00', '320.00'] };
    const program = { program: 'pyramid', size: 4264, axes: [axis] };
    const ranking = { ranking: 'spend-0123456789abcdef', size: 4264, topValues: [150000, 32000] };
    const lineOf = (changes: object) =>
      JSON.stringify({
        ...{ partition: 0, offset: 1, timestamp: 2, key: null, type: 'thresholdsCalibrated', policyId: 'retail' },
        ...{ policyVersion: 2, calibration: 1, day: 15_000, programs: [program], rankings: [ranking], ...changes },
      });

    test('is read', () => {
      expect(parseLogLine(lineOf({}), digits)).toMatchObject({
        record: { event: { type: 'ThresholdsCalibrated', programs: [program], rankings: [ranking] } },
      });
    });

    test.each<[string, object, string]>([
      ['no list of programs', { programs: {} }, 'programs'],
      ['a program that is none', { programs: [null] }, 'programs'],
      ['a list for a program', { programs: [['pyramid', 4264, []]] }, 'programs'],
      ['a program without axes', { programs: [{ program: 'pyramid', size: 1 }] }, 'programs'],
      ['a program with more than that', { programs: [{ ...program, note: 'x' }] }, 'programs'],
      ['a size as text', { programs: [{ ...program, size: '1' }] }, 'programs'],
      ['an unknown axis', { programs: [{ ...program, axes: [{ ...axis, axis: 'age' }] }] }, 'programs'],
      ['a cut as a number', { programs: [{ ...program, axes: [{ ...axis, cuts: [1500] }] }] }, 'programs'],
      ['an axis with more than that', { programs: [{ ...program, axes: [{ ...axis, tier: 'top' }] }] }, 'programs'],
      ['a ranking without a key', { rankings: [{ size: 1, topValues: [] }] }, 'rankings'],
      ['values as text', { rankings: [{ ...ranking, topValues: ['1'] }] }, 'rankings'],
      ['a value that is missing', { rankings: [{ ...ranking, topValues: [null] }] }, 'rankings'],
      ['a calibration as text', { calibration: '1' }, 'calibration'],
    ])('with %s is refused', (_title, changes, field) => {
      expect(parseLogLine(lineOf(changes), digits)).toMatchObject({ ok: false, reason: 'wrongType', field });
    });

    test('without its rankings is refused', () => {
      const line = lineOf({ rankings: undefined });
      expect(parseLogLine(line, digits)).toMatchObject({ ok: false, reason: 'missingField', field: 'rankings' });
    });
  });

  describe('of a roll-out', () => {
    const lineOf = (changes: object) =>
      JSON.stringify({
        ...{ partition: 0, offset: 1, timestamp: 2, key: null, type: 'rolloutDirected', directiveId: 'd1' },
        ...{ rolloutSeq: 2, action: 'activate', policyId: 'retail', policyVersion: 2, fromVersion: 1 },
        ...{ mode: 'grandfather', slices: 4, keepUntilDay: 15_000, actor: 'ann', reason: 'spring', ...changes },
      });

    test.each<[string, object, string, string]>([
      ['an unknown action', { action: 'pause' }, 'badChoice', 'action'],
      ['an unknown mode', { mode: 'all' }, 'badChoice', 'mode'],
      ['no action', { action: undefined }, 'missingField', 'action'],
      ['slices as text', { slices: '4' }, 'wrongType', 'slices'],
      ['a day as text', { keepUntilDay: '2017-03-05' }, 'wrongType', 'keepUntilDay'],
      ['a stranger', { percent: 5 }, 'unknownField', 'percent'],
    ])('with %s is refused', (_title, changes, reason, field) => {
      expect(parseLogLine(lineOf({}), digits)).toMatchObject({ ok: true });
      expect(parseLogLine(lineOf(changes), digits)).toMatchObject({ ok: false, reason, field });
    });
  });

  test('of release 0.1.0 has no calibration, and is read as what it meant', () => {
    const swept = { fromSlice: 0, toSlice: 3, mode: 'all', rolloutSeq: 1, policyId: 'retail', policyVersion: 1 };
    const line = { partition: 0, offset: 2, timestamp: 3, key: null, type: 'sliceSwept', ...swept };
    expect(parseLogLine(JSON.stringify(line), digits)).toEqual({
      ok: true,
      partition: 0,
      record: { offset: 2, timestamp: 3, key: null, event: { type: 'SliceSwept', ...swept, calibration: null } },
    });
  });
});
