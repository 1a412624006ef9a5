import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { type CanonicalContext, parseCanonicalLine } from './parse-canonical-line.ts';
import type { CanonicalRejection } from './rejection.ts';

const context: CanonicalContext = {
  zone: 'Europe/Berlin',
  baseCurrency: 'EUR',
  nowMs: Date.UTC(2024, 5, 1),
  bootstrap: false,
  defaultSource: 'shop',
};

const head = { eventId: 'e1', customerId: 'c1', occurredAt: '2024-05-31T23:30:00+02:00' };
const purchase = { type: 'purchase', ...head, amount: '12.50', currency: 'EUR' };
const refund = { ...purchase, type: 'refund' };
const interaction = { type: 'interaction', ...head, kind: 'call' };
const feedback = { type: 'feedback', ...head, score: 4.5, scale: 5 };
const profile = { type: 'profile', ...head, attributes: { region: 'north' } };
const override = {
  type: 'override',
  ...head,
  program: 'value',
  kind: 'floor',
  tier: 'gold',
  actor: 'ann',
  reason: 'r',
};

type Case = readonly [title: string, line: unknown, reason: CanonicalRejection, field: string | null];

const bad: readonly Case[] = [
  ['an empty line', '', 'notJson', null],
  ['half a line', '{"type":"purchase"', 'notJson', null],
  ['a comment', '// purchase', 'notJson', null],
  ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'notUtf8', null],
  ['an overlong encoding', Buffer.from([0xc0, 0xaf]), 'notUtf8', null],
  ['a long line', `{"a":"${'x'.repeat(65_536)}"}`, 'tooLong', null],
  ['a long line of bytes', Buffer.alloc(65_537, 0x20), 'tooLong', null],
  ['few characters but many bytes', `{"a":"${'漢'.repeat(21_900)}"}`, 'tooLong', null],
  ['17 levels', `{"a":${'['.repeat(16)}${']'.repeat(16)}}`, 'tooDeep', null],
  ['a very deep line', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'tooDeep', null],
  ['a very deep list', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'notAnObject', null],
  ['a number', '1', 'notAnObject', null],
  ['null', 'null', 'notAnObject', null],
  ['no type', {}, 'missingField', 'type'],
  ['a type that is no text', { type: 1 }, 'wrongType', 'type'],
  ['a type in the past tense', { ...purchase, type: 'purchased' }, 'unknownType', 'type'],
  ['a type that is a method of objects', { ...purchase, type: 'toString' }, 'unknownType', 'type'],
  ['a misspelt field', { ...purchase, ammount: '1' }, 'unknownField', 'ammount'],
  ['a margin on a refund', { ...refund, margin: '1.00' }, 'unknownField', 'margin'],
  ['contact data', { ...profile, email: 'a@b.c' }, 'unknownField', 'email'],
  ['a business day', { ...purchase, businessDay: 1 }, 'unknownField', 'businessDay'],
  ['__proto__', '{"type":"purchase","__proto__":{"amount":"1"}}', 'forbiddenKey', '__proto__'],
  ['an escaped __proto__', '{"type":"purchase","\\u005f_proto__":1}', 'forbiddenKey', '__proto__'],
  ['constructor in attributes', { ...profile, attributes: { constructor: 1 } }, 'forbiddenKey', 'constructor'],
  ['prototype further down', { ...profile, attributes: { a: [{ prototype: 1 }] } }, 'forbiddenKey', 'prototype'],
  ['no event id', { ...purchase, eventId: undefined }, 'missingField', 'eventId'],
  ['an event id of null', { ...purchase, eventId: null }, 'missingField', 'eventId'],
  ['an event id that is a number', { ...purchase, eventId: 17 }, 'wrongType', 'eventId'],
  ['an empty customer id', { ...purchase, customerId: '' }, 'notAnId', 'customerId'],
  ['a long customer id', { ...purchase, customerId: 'x'.repeat(129) }, 'notAnId', 'customerId'],
  ['a control character in an id', { ...purchase, customerId: 'a\u0000b' }, 'notAnId', 'customerId'],
  ['a line break in an id', { ...purchase, orderId: 'a\nb' }, 'notAnId', 'orderId'],
  ['a lone surrogate', { ...purchase, customerId: '\ud800' }, 'notAnId', 'customerId'],
  ['an empty source', { ...purchase, source: '' }, 'notAnId', 'source'],
  ['no time', { ...purchase, occurredAt: undefined }, 'missingField', 'occurredAt'],
  ['a time as a number', { ...purchase, occurredAt: 1717173000000 }, 'wrongType', 'occurredAt'],
  ['a local time', { ...purchase, occurredAt: '2024-05-31T23:30:00' }, 'noOffset', 'occurredAt'],
  ['a date', { ...purchase, occurredAt: '2024-05-31' }, 'badTime', 'occurredAt'],
  ['a day that is not', { ...purchase, occurredAt: '2023-02-29T00:00:00Z' }, 'badTime', 'occurredAt'],
  ['hour 24', { ...purchase, occurredAt: '2024-05-31T24:00:00Z' }, 'badTime', 'occurredAt'],
  ['a time of 1969', { ...purchase, occurredAt: '1969-12-31T23:59:59Z' }, 'badTime', 'occurredAt'],
  ['1969 by the offset', { ...purchase, occurredAt: '1970-01-01T00:00:00+01:00' }, 'badTime', 'occurredAt'],
  ['a time of 2201', { ...purchase, occurredAt: '2201-01-01T00:00:00Z' }, 'badTime', 'occurredAt'],
  ['two days ahead', { ...purchase, occurredAt: '2024-06-03T00:00:00Z' }, 'inFuture', 'occurredAt'],
  ['no amount', { ...purchase, amount: undefined }, 'missingField', 'amount'],
  ['an amount as a number', { ...purchase, amount: 12.5 }, 'wrongType', 'amount'],
  ['an exponent', { ...purchase, amount: '1e3' }, 'badAmount', 'amount'],
  ['a decimal comma', { ...purchase, amount: '12,50' }, 'badAmount', 'amount'],
  ['a plus sign', { ...purchase, amount: '+12.50' }, 'badAmount', 'amount'],
  ['a leading zero', { ...purchase, amount: '012.50' }, 'badAmount', 'amount'],
  ['no digit before the point', { ...purchase, amount: '.5' }, 'badAmount', 'amount'],
  ['white space', { ...purchase, amount: ' 1' }, 'badAmount', 'amount'],
  ['digits of another script', { ...purchase, amount: '１２' }, 'badAmount', 'amount'],
  ['zero', { ...purchase, amount: '0.00' }, 'amountNotPositive', 'amount'],
  ['a negative refund', { ...refund, amount: '-12.50' }, 'amountNotPositive', 'amount'],
  ['a little less than zero', { ...purchase, amount: '-0.001' }, 'amountNotPositive', 'amount'],
  ['less than half a cent', { ...purchase, amount: '0.0049' }, 'amountRoundsToZero', 'amount'],
  ['2^53 - 1 cents', { ...purchase, amount: '90071992547409.91' }, 'amountTooLarge', 'amount'],
  ['a hundred digits', { ...purchase, amount: '9'.repeat(100) }, 'amountTooLarge', 'amount'],
  ['no currency', { ...purchase, currency: undefined }, 'missingField', 'currency'],
  ['a currency in small letters', { ...purchase, currency: 'eur' }, 'unknownCurrency', 'currency'],
  ['gold', { ...purchase, currency: 'XAU' }, 'unknownCurrency', 'currency'],
  ['another currency', { ...purchase, currency: 'GBP' }, 'currencyWithoutRate', 'currency'],
  ['a margin as a number', { ...purchase, margin: -1 }, 'wrongType', 'margin'],
  ['a margin with an exponent', { ...purchase, margin: '-1e2' }, 'badAmount', 'margin'],
  ['a long channel', { ...purchase, channel: 'x'.repeat(65) }, 'badText', 'channel'],
  ['no kind', { ...interaction, kind: undefined }, 'missingField', 'kind'],
  ['an empty topic', { ...interaction, topic: '' }, 'badText', 'topic'],
  ['a negative response time', { ...interaction, responseSeconds: -1 }, 'negativeValue', 'responseSeconds'],
  ['half a second', { ...interaction, responseSeconds: 0.5 }, 'badNumber', 'responseSeconds'],
  [
    'an infinite response time',
    '{"type":"interaction","eventId":"e","customerId":"c","occurredAt":"2024-05-31T00:00:00Z","kind":"call","responseSeconds":1e999}',
    'badNumber',
    'responseSeconds',
  ],
  ['a negative cost', { ...interaction, cost: '-0.01' }, 'negativeValue', 'cost'],
  ['a score beyond the scale', { ...feedback, score: 5.5 }, 'badScore', 'score'],
  ['a negative score', { ...feedback, score: -1 }, 'badScore', 'score'],
  ['three decimals', { ...feedback, score: 4.125 }, 'badScore', 'score'],
  ['a scale of zero', { ...feedback, score: 0, scale: 0 }, 'badScore', 'scale'],
  ['a huge scale', { ...feedback, scale: 10_000_001 }, 'badScore', 'scale'],
  ['a score as text', { ...feedback, score: '4' }, 'wrongType', 'score'],
  ['a complaint as text', { ...feedback, complaint: 'yes' }, 'wrongType', 'complaint'],
  ['attributes as a list', { ...profile, attributes: [] }, 'wrongType', 'attributes'],
  ['an attribute that is an object', { ...profile, attributes: { a: {} } }, 'wrongType', 'attributes.a'],
  ['an empty key', { ...profile, attributes: { '': 1 } }, 'badText', 'attributes'],
  ['a long attribute', { ...profile, attributes: { a: 'x'.repeat(257) } }, 'badText', 'attributes.a'],
  ['a number that lost digits', { ...profile, attributes: { account: 1e20 } }, 'badNumber', 'attributes.account'],
  [
    '51 attributes',
    { ...profile, attributes: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i])) },
    'tooManyAttributes',
    'attributes',
  ],
  ['an unknown kind of override', { ...override, kind: 'fix' }, 'badChoice', 'kind'],
  ['a date with a time', { ...override, until: '2024-05-31T00:00:00Z' }, 'badDate', 'until'],
  ['the 31st of June', { ...override, until: '2024-06-31' }, 'badDate', 'until'],
  ['no actor', { ...override, actor: undefined }, 'missingField', 'actor'],
  ['a long reason', { ...override, reason: 'x'.repeat(257) }, 'badText', 'reason'],
  ['a forget without a reason', { type: 'forget', ...head, actor: 'ann' }, 'missingField', 'reason'],
];

function lineOf(line: unknown): string | Buffer {
  return typeof line === 'string' || Buffer.isBuffer(line) ? line : JSON.stringify(line);
}

describe('a line that is refused', () => {
  test.each(bad)('%s', (_title, line, reason, field) => {
    const result = parseCanonicalLine(lineOf(line), context);
    expect(result).toMatchObject({ ok: false, reason, field });
    if (result.ok) return;
    const { en, zh } = result.message;
    expect(en).toMatch(/\.$|\?$|…$/);
    expect(zh).toMatch(/[\u4e00-\u9fff]/);
    expect(en.length).toBeLessThan(400);
    if (field !== null && reason !== 'unknownType') {
      expect(en).toContain(field);
      expect(zh).toContain(field);
    }
  });

  test('says what a misspelt field was meant to be', () => {
    const result = parseCanonicalLine(lineOf({ ...purchase, ammount: '1' }), context);
    expect(result).toMatchObject({ message: { en: expect.stringContaining('Did you mean amount?') } });
  });

  test('leaves the prototype of objects alone', () => {
    parseCanonicalLine('{"type":"profile","attributes":{"__proto__":{"polluted":true}}}', context);
    parseCanonicalLine('{"type":"profile","constructor":{"prototype":{"polluted":true}}}', context);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a line that is accepted', () => {
  function accepted(line: unknown, changed: Partial<CanonicalContext> = {}) {
    const result = parseCanonicalLine(lineOf(line), { ...context, ...changed });
    if (!result.ok) throw new Error(result.message.en);
    return result.event;
  }

  test('becomes the event, with its day in the zone', () => {
    expect(accepted({ ...purchase, orderId: 'o1', margin: '-1.005', channel: 'web' })).toEqual({
      type: 'PurchaseRecorded',
      eventId: 'e1',
      source: 'shop',
      customerId: 'c1',
      occurredAt: Date.UTC(2024, 4, 31, 21, 30),
      businessDay: Date.UTC(2024, 4, 31) / 86_400_000,
      bootstrap: false,
      orderId: 'o1',
      amountMinor: 1250,
      currency: 'EUR',
      amountBaseMinor: 1250,
      marginBaseMinor: -101,
      channel: 'web',
    });
  });

  test.each([
    ['feedback', feedback, { scoreHundredths: 450, scaleHundredths: 500, complaint: false, topic: null }],
    ['a score of 4.35', { ...feedback, score: 4.35 }, { scoreHundredths: 435 }],
    ['an interaction', { ...interaction, responseSeconds: 0, cost: '0.005' }, { responseSeconds: 0, costBaseMinor: 1 }],
    [
      'a profile',
      { ...profile, attributes: { a: null, b: true, c: -0, d: '' } },
      { attributes: { a: null, b: true, c: 0, d: '' } },
    ],
    [
      'an override',
      { ...override, until: '2024-12-31' },
      { kind: 'floor', untilDay: Date.UTC(2024, 11, 31) / 86_400_000 },
    ],
    ['optional fields of null', { ...purchase, orderId: null, margin: null }, { orderId: null, marginBaseMinor: null }],
    [
      'a lower-case time',
      { ...purchase, occurredAt: '2024-05-31t21:30:00.9999z' },
      { occurredAt: Date.UTC(2024, 4, 31, 21, 30, 0, 999) },
    ],
    [
      'an end of an override',
      { type: 'overrideEnd', ...head, program: 'value', actor: 'ann', reason: 'r' },
      { type: 'OverrideEnded' },
    ],
    ['a forget', { type: 'forget', ...head, actor: 'ann', reason: 'art. 17' }, { type: 'CustomerForgotten' }],
  ])('%s', (_title, line, expected) => {
    expect(accepted(line)).toMatchObject(expected);
  });

  test('a byte order mark and a carriage return are tolerated', () => {
    const line = `\ufeff${JSON.stringify(purchase)}\r`;
    expect(accepted(line)).toEqual(accepted(purchase));
    expect(accepted(Buffer.from(line))).toEqual(accepted(purchase));
  });

  test('of a repeated key the last one counts, as everywhere in JSON', () => {
    expect(accepted(JSON.stringify(purchase).replace('"amount"', '"amount":"1.00","amount"'))).toEqual(
      accepted(purchase),
    );
  });

  test('the greatest amount', () => {
    expect(accepted({ ...purchase, amount: '90071992547409.90' })).toMatchObject({ amountMinor: 2 ** 53 - 2 });
  });

  test('yen have no decimals, dinars three', () => {
    expect(accepted({ ...purchase, amount: '0.5', currency: 'JPY' }, { baseCurrency: 'JPY' })).toMatchObject({
      amountMinor: 1,
    });
    expect(accepted({ ...purchase, amount: '1.2345', currency: 'KWD' }, { baseCurrency: 'KWD' })).toMatchObject({
      amountMinor: 1235,
    });
  });

  test('a bootstrap import is not held against the clock where none is given', () => {
    const line = { ...purchase, occurredAt: '2150-01-01T00:00:00Z' };
    expect(accepted(line, { nowMs: null, bootstrap: true })).toMatchObject({ bootstrap: true });
  });
});
