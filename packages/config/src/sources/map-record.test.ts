import { readFileSync } from 'node:fs';
import type { CustomerEvent } from '@tierflow/customer/events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFileProblems } from '../yaml/format-file-problems.ts';
import { parseSources } from './parse-sources.ts';
import type { Source, SourceRecord } from './source.ts';

const context = { zone: 'Asia/Shanghai', baseCurrency: 'CNY' };
const nowMs = Date.UTC(2025, 0, 1);
const dayOf = (text: string): number => Date.parse(text) / 86_400_000;

function sourcesOf(text: string): readonly Source[] {
  const parsed = parseSources(text, context);
  if (!parsed.ok) throw new Error(formatFileProblems('sources.yaml', parsed.problems));
  return parsed.sources;
}

/** One source with one purchase mapping, some of whose fields are given otherwise. */
function purchaseSource(fields: Readonly<Record<string, string>>, zone: string | null = null): Source {
  const mapping = {
    eventId: 'id',
    customerId: 'customer',
    occurredAt: 'at',
    amount: 'total',
    currency: '{ const: CNY }',
    ...fields,
  };
  const lines = Object.entries(mapping).map(([field, value]) => `        ${field}: ${value}`);
  return sourcesOf(`
rates: { USD: [{ from: 2024-01-01, rate: "7.1" }], JPY: [{ from: 2024-01-01, rate: "0.05" }] }
sources:
  shop:
    topic: orders
    format: json
${zone === null ? '' : `    zone: ${zone}`}
    events:
      - type: purchase
${lines.join('\n')}
`)[0]!;
}

const recordOf = (value: unknown, rest: Partial<SourceRecord> = {}): SourceRecord => ({
  origin: 'orders/3@1042',
  key: null,
  timestamp: Date.UTC(2024, 4, 31, 16),
  value,
  ...rest,
});
const order = { id: 17, customer: 'c1', at: '2024-05-31T18:30:00+08:00', total: 12.5 };

function purchaseOf(source: Source, value: unknown, rest?: Partial<SourceRecord>) {
  const [event, ...more] = source.map(recordOf(value, rest), nowMs);
  expect(more).toEqual([]);
  if (!event?.ok) throw new Error(event?.message.en ?? 'There is no event.');
  return event.event as Extract<CustomerEvent, { type: 'PurchaseRecorded' }>;
}

function rejectionOf(source: Source, value: unknown) {
  const [event] = source.map(recordOf(value), nowMs);
  if (event === undefined || event.ok) throw new Error('It was accepted.');
  return event;
}

describe('amounts', () => {
  test.each([
    ['a number', 'total', 12.5, 1250],
    ['a number that binary fractions blur', 'total', 0.1 + 0.2, 30],
    ['half a unit', 'total', 1.005, 101],
    ['text', 'total', '12.50', 1250],
    ['a 64-bit integer', 'total', 12n, 1200],
    ['minor units', '{ path: total, unit: minor }', 1250, 1250],
    ['minor units as text', '{ path: total, unit: minor }', '1250', 1250],
    ['minor units below one', '{ path: total, unit: minor }', 5, 5],
    ['a decimal comma', '{ path: total, decimal: "," }', '1.234,50', 123450],
    ['a decimal comma without groups', '{ path: total, decimal: "," }', '1234,5', 123450],
    ['a decimal comma with narrow blanks', '{ path: total, decimal: "," }', '1\u202f234,50', 123450],
    ['a decimal point with groups', '{ path: total, decimal: "." }', '1,234,567.89', 123456789],
    ['no sign', '{ path: total, absolute: true }', -12.5, 1250],
    ['no sign of text', '{ path: total, absolute: true, unit: minor }', '-1250', 1250],
  ])('%s', (_title, amount, total, minor) => {
    expect(purchaseOf(purchaseSource({ amount }), { ...order, total }).amountMinor).toBe(minor);
  });

  test.each([
    ['a fraction of a minor unit', '{ path: total, unit: minor }', 12.5, 'badNumber'],
    ['a point where groups end in a comma', '{ path: total, decimal: "," }', '1.5', 'badAmount'],
    ['groups that nothing declares', 'total', '1,234.50', 'badAmount'],
    ['groups of two', '{ path: total, decimal: "." }', '12,34.50', 'badAmount'],
    ['a very small number', 'total', 1e-9, 'amountRoundsToZero'],
    ['a very large number', 'total', 1e300, 'amountTooLarge'],
  ])('%s is refused', (_title, amount, total, reason) => {
    expect(rejectionOf(purchaseSource({ amount }), { ...order, total }).reason).toBe(reason);
  });

  test('of any size, as a number, as text and in minor units, are the same', () => {
    const sources = ['total', '{ path: total, unit: minor }'].map(amount => purchaseSource({ amount }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000_000 }), minor => {
        const major = minor / 100;
        for (const total of [major, String(major), major.toFixed(2)]) {
          expect(purchaseOf(sources[0]!, { ...order, total }).amountMinor).toBe(minor);
        }
        expect(purchaseOf(sources[1]!, { ...order, total: minor }).amountMinor).toBe(minor);
      }),
    );
  });

  test('are converted by the rate of their business day, the margin with them', () => {
    const source = purchaseSource({ currency: 'currency', margin: 'margin' });
    const usd = purchaseOf(source, { ...order, currency: 'USD', margin: -1.5 });
    expect(usd).toMatchObject({ amountMinor: 1250, currency: 'USD', amountBaseMinor: 8875, marginBaseMinor: -1065 });
    const jpy = purchaseOf(purchaseSource({ currency: 'currency', amount: '{ path: total, unit: minor }' }), {
      ...order,
      currency: 'JPY',
      total: 1000,
    });
    expect(jpy).toMatchObject({ amountMinor: 1000, amountBaseMinor: 5000 });
    // 00:30 of 1 January in Shanghai: the day of the deployment's zone has a rate, the day in UTC had none.
    expect(purchaseOf(source, { ...order, currency: 'USD', at: '2023-12-31T16:30:00Z' }).amountBaseMinor).toBe(8875);
    const before = { ...order, currency: 'USD', at: '2023-12-31T15:30:00Z' };
    expect(rejectionOf(source, before).reason).toBe('currencyWithoutRate');
  });
});

describe('times', () => {
  test.each([
    ['an offset', 'at', '2024-05-31T18:30:00+08:00', '2024-05-31T10:30:00Z'],
    ['a local time', 'at', '2024-05-31T18:30:00', '2024-05-31T22:30:00Z'],
    ['an offset in spite of the zone', 'at', '2024-05-31T18:30:00.123-03:00', '2024-05-31T21:30:00.123Z'],
    ['a zone of its own', '{ path: at, zone: Europe/Berlin }', '2024-05-31T18:30:00', '2024-05-31T16:30:00Z'],
    ['epoch seconds', '{ path: at, unit: epochSeconds }', 1_717_149_600, '2024-05-31T10:00:00Z'],
    [
      'epoch seconds with a fraction',
      '{ path: at, unit: epochSeconds }',
      1_717_149_600.123,
      '2024-05-31T10:00:00.123Z',
    ],
    ['epoch milliseconds', '{ path: at, unit: epochMillis }', 1_717_149_600_123, '2024-05-31T10:00:00.123Z'],
    [
      'epoch milliseconds of 64 bits',
      '{ path: at, unit: epochMillis }',
      1_717_149_600_123n,
      '2024-05-31T10:00:00.123Z',
    ],
    ['epoch seconds as text', '{ path: at, unit: epochSeconds }', '1717149600', '2024-05-31T10:00:00Z'],
    ['a date', '{ path: at, unit: date }', '2024-05-31', '2024-05-31T04:00:00Z'],
    ['a format', '{ path: at, format: "dd.MM.yyyy HH:mm" }', '31.05.2024 18:30', '2024-05-31T22:30:00Z'],
    ['a format of a date', '{ path: at, format: dd.MM.yyyy }', '31.05.2024', '2024-05-31T04:00:00Z'],
    [
      'a format with an offset',
      '{ path: at, format: "yyyy/MM/dd HH:mm ZZ" }',
      '2024/05/31 18:30 +02:00',
      '2024-05-31T16:30:00Z',
    ],
    ["the record's timestamp", '{ path: $timestamp, unit: epochMillis }', null, '2024-05-31T16:00:00Z'],
  ])('%s', (_title, occurredAt, at, instant) => {
    const { occurredAt: ms } = purchaseOf(purchaseSource({ occurredAt }, 'America/New_York'), { ...order, at });
    expect(new Date(ms).toISOString()).toBe(new Date(instant).toISOString());
  });

  test('a date without a zone is a day of the deployment', () => {
    const source = purchaseSource({ occurredAt: '{ path: at, unit: date }' });
    const event = purchaseOf(source, { ...order, at: '2024-05-31' });
    expect(event).toMatchObject({ occurredAt: Date.UTC(2024, 4, 30, 16), businessDay: dayOf('2024-05-31') });
  });
});

describe('values', () => {
  test('are found by paths of any kind', () => {
    const source = purchaseSource({
      eventId: '{ join: ["ids[1].no", $key, "[\\"Order No.\\"]"], with: / }',
      customerId: 'a.b.c[0]',
      orderId: 'missing.there',
      channel: '{ path: channel, map: { 1: web, true: shop }, otherwise: other, default: none }',
    });
    const value = { ...order, ids: [{}, { no: 5 }], 'Order No.': 'x', a: { b: { c: ['c9'] } } };
    expect(purchaseOf(source, { ...value, channel: 1 }, { key: 'k' })).toMatchObject({
      eventId: '5/k/x',
      customerId: 'c9',
      orderId: null,
      channel: 'web',
    });
    expect(purchaseOf(source, { ...value, channel: true }, { key: 'k' }).channel).toBe('shop');
    expect(purchaseOf(source, { ...value, channel: 'z' }, { key: 'k' }).channel).toBe('other');
    expect(purchaseOf(source, { ...value, channel: null }, { key: 'k' }).channel).toBe('none');
  });

  test('that objects and texts only inherit are not there', () => {
    expect(rejectionOf(purchaseSource({ customerId: 'toString' }), order).reason).toBe('missingField');
    expect(rejectionOf(purchaseSource({ customerId: 'customer.length' }), order).reason).toBe('missingField');
  });

  test('of tables are text where others have numbers', () => {
    const [source] = sourcesOf(`sources:
  survey:
    format: csv
    events:
      - { type: feedback, customerId: 客户, occurredAt: { path: Day, unit: date }, score: Score, scale: { const: 5 }, complaint: Complaint }
      - { type: interaction, customerId: 客户, occurredAt: { path: Day, unit: date }, kind: { const: call }, responseSeconds: { path: Wait, unit: minutes } }
`);
    const row = { 客户: '007', Day: '2024-05-31', Score: '4.5', Complaint: 'true', Wait: '1.5' };
    const [feedback, interaction] = source!.map(recordOf(row, { origin: 'survey.csv:2' }), nowMs);
    const expected = { customerId: '007', eventId: 'survey.csv:2#0', scoreHundredths: 450, complaint: true };
    expect(feedback).toMatchObject({ ok: true, event: expected });
    expect(interaction).toMatchObject({ ok: true, event: { eventId: 'survey.csv:2#1', responseSeconds: 90 } });
  });
});

describe('a record that gives several events', () => {
  const [source] = sourcesOf(`sources:
  lines:
    topic: lines
    format: json
    events:
      - type: purchase
        forEach: $
        when: [{ path: total, above: 0 }, { path: kind, notIn: [draft] }]
        customerId: customer
        occurredAt: at
        amount: total
        currency: { const: CNY }
`);

  test('has an id for each of them, that a condition on others does not move', () => {
    const value = [order, { ...order, total: 0 }, { ...order, kind: 'draft' }, order];
    const events = source!.map(recordOf(value), nowMs);
    expect(events.map(event => event.ok && event.event.eventId)).toEqual(['orders/3@1042#0', 'orders/3@1042#3']);
  });

  test('says which element is wrong, in the words of the record and with the line that asks for it', () => {
    const [first, second, third] = source!.map(
      recordOf([
        { ...order, total: 'much' },
        { ...order, customer: '' },
        { ...order, at: null },
      ]),
      nowMs,
    );
    expect(first).toMatchObject({ reason: 'wrongType', field: '[0].total', part: 0 });
    expect(second).toMatchObject({ reason: 'notAnId', field: '[1].customer', part: 1 });
    expect(third).toMatchObject({
      field: '[2].at',
      message: {
        en: 'Field occurredAt is missing. Add it. ([2].at, mapped in line 10)',
        zh: '缺少字段 occurredAt。请补上。（[2].at，映射见第 10 行）',
      },
    });
  });
});

test('whatever a record holds, mapping it ends in events or rejections', () => {
  const source = purchaseSource({ channel: '{ path: channel, map: { a: b } }', margin: 'margin' });
  const keys = fc.constantFrom('id', 'customer', 'at', 'total', 'channel', 'margin');
  fc.assert(
    fc.property(fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.double(), fc.bigInt())), noise => {
      for (const value of [noise, { ...order, ...noise }]) {
        for (const event of source.map(recordOf(value), nowMs)) {
          if (!event.ok) expect(event.message.en).toMatch(/in line \d+\)$/);
        }
      }
    }),
  );
});

test('the sources of the sample year', () => {
  const file = new URL('../../../../deploy/samples/complete-journey/sources.yaml', import.meta.url);
  const parsed = parseSources(readFileSync(file, 'utf8'), { zone: 'America/New_York', baseCurrency: 'USD' });
  expect(parsed.ok ? parsed.sources.map(({ topic }) => topic) : parsed.problems).toEqual([
    'purchases',
    'interactions',
    'profiles',
    'feedback',
  ]);
});

test('a defect that one record meets rejects that record and stops nothing', () => {
  const source = purchaseSource({});
  const poison = {
    ...order,
    get total() {
      throw new TypeError('not foreseen');
    },
  };
  const rejected = rejectionOf(source, poison);
  expect(rejected).toMatchObject({ reason: 'mappingFailed', field: null, part: null });
  expect(rejected.message.en).toContain('not foreseen');
  expect(purchaseOf(source, order).eventId).toBe('17');
});

describe('what would take for ever', () => {
  test.each([`yyyy-MM-dd${"z'a'".repeat(9)}`, `yyyy-MM-dd${'Hms'.repeat(9)}`, `yyyy-MM-dd${"H'1'".repeat(40)}`])(
    'a format that could share a text between its fields in many ways: %s',
    format => {
      const occurredAt = `{ path: at, format: ${JSON.stringify(format)} }`;
      expect(() => purchaseSource({ occurredAt }, 'UTC')).toThrow('which does not say year, month and day');
    },
  );

  test('a long time is refused before it is looked at', () => {
    const source = purchaseSource({ occurredAt: '{ path: at, format: "yyyy-MM-dd HH:mm" }' }, 'UTC');
    expect(rejectionOf(source, { ...order, at: '1'.repeat(1_000_000) })).toMatchObject({ reason: 'badTime' });
  });

  test('a thousand parts that are refused for the same megabyte', () => {
    const [source] = sourcesOf(`
sources:
  visits:
    topic: visits
    format: json
    events:
      - { type: interaction, forEach: list, customerId: ^.customer, occurredAt: at, kind: { const: visit } }
`);
    const list = Array.from({ length: 1000 }, () => ({ at: order.at }));
    const startedAt = process.cpuUsage();
    for (const customer of [{ text: 'x'.repeat(1_000_000) }, 'x'.repeat(1_000_000)]) {
      const mapped = source!.map(recordOf({ list, customer }), nowMs);
      expect(mapped).toHaveLength(1000);
      expect(JSON.stringify(mapped).length).toBeLessThan(2_000_000);
    }
    expect(process.cpuUsage(startedAt).user).toBeLessThan(1_000_000);
  });
});
