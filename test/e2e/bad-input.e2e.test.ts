/**
 * What should never come and does: lines that no source should write, and records that strangers put into the log
 * itself. Each is told of once, with its place and its reason; what is good around it counts, and no process minds.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { parseDay } from '@tierflow/customer/epoch-day';
import type {
  CalibratedProgram,
  FeedbackReceived,
  LogEvent,
  LogOpened,
  PurchaseRecorded,
  RolloutDirected,
  ThresholdsCalibrated,
} from '@tierflow/customer/events';
import { partitionOf } from '@tierflow/processor/partition-of';
import { expect, inject, test } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { line, purchaseLine } from './canonical-line.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';

let tiering: Service[];
let pids: number[];

const pipeline = pipelineUnderTest('bad-input', async opened => {
  tiering = await Promise.all(['tiering-1', 'tiering-2'].map(name => opened.startTiering(name)));
  pids = tiering.map(({ process }) => process.pid);
});

const good = () => purchaseLine('steady', '10.00');
const twice = purchaseLine('steady', '10.00');
const bad = (fields: Readonly<Record<string, unknown>>) => purchaseLine('bad', '10.00', fields);
const attributes = (value: unknown) => line('profile', 'bad', { attributes: value });
const feedback = (score: unknown, scale: unknown) => line('feedback', 'bad', { score, scale });
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** null: the line is accepted, or no line at all. */
const lines: readonly (readonly [what: string, line: string | Buffer, reason: string | null])[] = [
  ['a byte order mark before an event', `\ufeff${good()}`, null],
  ['half an object', '{"type":"purchase","eventId":', 'notJson'],
  ['no JSON', 'customer;amount;currency', 'notJson'],
  ['a NUL byte', bad({ channel: 'a?b' }).replace('?', '\u0000'), 'notJson'],
  ['a list', '[1,2,3]', 'notAnObject'],
  ['null', 'null', 'notAnObject'],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), 'notUtf8'],
  ['a string of a megabyte', bad({ channel: 'x'.repeat(1_048_576) }), 'tooLong'],
  ['a depth of 1,000', `{"type":"purchase","a":${nested(1000)}}`, 'tooDeep'],
  ['an unknown type', line('purchased', 'bad', {}), 'unknownType'],
  ['an unknown field', bad({ email: 'ann@example.com' }), 'unknownField'],
  ['__proto__', `${bad({}).slice(0, -1)},"__proto__":{"isAdmin":true}}`, 'forbiddenKey'],
  ['constructor among attributes', attributes({ constructor: 'x' }), 'forbiddenKey'],
  ['no customer', bad({ customerId: undefined }), 'missingField'],
  ['an empty customer', bad({ customerId: '' }), 'notAnId'],
  ['a customer with an escaped NUL', bad({ customerId: 'a\u0000b' }), 'notAnId'],
  ['a customer with half a character', bad({ customerId: 'a\ud800' }), 'notAnId'],
  ['a customer that is a number', bad({ customerId: 17 }), 'wrongType'],
  ['no time', bad({ occurredAt: undefined }), 'missingField'],
  ['a time without an offset', bad({ occurredAt: '2024-03-01T10:00:00' }), 'noOffset'],
  ['a day that is none', bad({ occurredAt: '2024-02-30T10:00:00Z' }), 'badTime'],
  ['a time to come', bad({ occurredAt: '2150-01-01T00:00:00Z' }), 'inFuture'],
  ['an amount as a number', bad({ amount: 10 }), 'wrongType'],
  ['an amount of zero', bad({ amount: '0.00' }), 'amountNotPositive'],
  ['a negative amount', bad({ amount: '-10.00' }), 'amountNotPositive'],
  ['an amount beyond 2^53', bad({ amount: '90071992547409.93' }), 'amountTooLarge'],
  ['an amount with an exponent', bad({ amount: '1e3' }), 'badAmount'],
  ['an amount that rounds to nothing', bad({ amount: '0.001' }), 'amountRoundsToZero'],
  ['a currency that is none', bad({ currency: 'XXQ' }), 'unknownCurrency'],
  ['a currency without a rate', bad({ currency: 'JPY', amount: '1000' }), 'currencyWithoutRate'],
  ['a score beyond its scale', feedback(6, 5), 'badScore'],
  ['a scale of zero', feedback(0, 0), 'badScore'],
  ['an attribute that is an object', attributes({ a: {} }), 'wrongType'],
  ['an event', twice, null],
  ['the same event again', twice, null],
  ['an empty line', '', null],
  ['a line of blanks', '  \t ', null],
];

const blank = 2;
const accepted = lines.filter(([, , reason]) => reason === null).length - blank;
const rejectedReasons = lines.flatMap(([, , reason]) => reason ?? []);

/** A good line stands behind every line of the table. */
function lineNumber(index: number): number {
  return 2 * index + 1;
}

function tally(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** Rejections are reported at least once: the same id is the same rejection. */
async function distinctRejections(): Promise<RejectedEvent[]> {
  return [...new Map((await pipeline().rejectedEvents()).map(rejected => [rejected.id, rejected])).values()];
}

async function spendOf(customerId: string): Promise<unknown> {
  return (await pipeline().views()).get(customerId)?.measures.spend365;
}

function file(): string {
  return join(pipeline().folder, 'events.jsonl');
}

test('bad lines are told of by place and reason, and the good lines between them count', async () => {
  const newline = Buffer.from('\n');
  writeFileSync(
    file(),
    Buffer.concat(lines.flatMap(([, text]) => [Buffer.from(text), newline, Buffer.from(good()), newline])),
  );

  expect(await pipeline().tierctlJson('import', file())).toMatchObject({
    read: 2 * lines.length - blank,
    written: accepted + lines.length,
    rejected: tally(rejectedReasons),
  });
  await pipeline().drained();

  const rejected = await pipeline().rejectedEvents();
  const expected = lines.flatMap(([, , reason], index) =>
    reason === null ? [] : [{ origin: `${file()}:${lineNumber(index)}`, reason }],
  );
  expect(rejected.map(({ origin, reason }) => ({ origin, reason }))).toEqual(expected);
  expect(new Set(rejected.map(({ id }) => id)).size).toBe(rejected.length);
  for (const { message, messageZh } of rejected) {
    expect(message).toMatch(/[.?]$/);
    expect(messageZh).toMatch(/\p{Script=Han}/u);
  }
  // One of the two equal lines is a duplicate.
  expect(await spendOf('steady')).toBe(`${(lines.length + accepted - 1) * 10}.00`);
  expect((await pipeline().views()).has('bad')).toBe(false);
});

test('the same file again gives the same rejections and no other numbers', async () => {
  const before = { rejected: await distinctRejections(), spend: await spendOf('steady') };
  await pipeline().tierctl('import', file());
  await pipeline().drained();
  expect(await distinctRejections()).toEqual(before.rejected);
  expect(await spendOf('steady')).toBe(before.spend);
});

const partition = 0;
const logDay = parseDay('2024-03-01')!;
let writtenFacts = 0;

/** A customer who lives in the partition, or does not. */
function customerIn(isAtHome: boolean, name: string): string {
  for (let n = 0; ; n++) {
    const id = `${name}-${n}`;
    if ((partitionOf(id, pipeline().partitions) === partition) === isAtHome) return id;
  }
}

function purchase(customerId: string, fields: Partial<PurchaseRecorded> = {}): PurchaseRecorded {
  return {
    type: 'PurchaseRecorded',
    eventId: `f${++writtenFacts}`,
    source: 'stranger',
    customerId,
    occurredAt: (fields.businessDay ?? logDay) * 86_400_000,
    businessDay: logDay,
    bootstrap: false,
    orderId: null,
    amountMinor: 1000,
    currency: 'GBP',
    amountBaseMinor: 1000,
    marginBaseMinor: null,
    channel: null,
    ...fields,
  };
}

function scoreWithoutScale(customerId: string): FeedbackReceived {
  return {
    type: 'FeedbackReceived',
    eventId: 'score',
    source: 'stranger',
    customerId,
    occurredAt: logDay * 86_400_000,
    businessDay: logDay,
    bootstrap: false,
    scoreHundredths: 100,
    scaleHundredths: 0,
    topic: null,
    complaint: false,
  };
}

const anotherGenesis: LogOpened = {
  type: 'LogOpened',
  logId: 'another',
  namespace: 'another',
  partitions: 9,
  slices: 9,
  zone: 'Europe/Berlin',
  baseCurrency: 'EUR',
  baseCurrencyDigits: 2,
  horizonDays: 99,
};

/** A schema that the registry knows and the log does not. */
async function registerForeignSchema(): Promise<number> {
  const schema = JSON.stringify({ type: 'record', name: 'Invoice', fields: [{ name: 'total', type: 'string' }] });
  const subject = `${pipeline().namespace}-foreign`;
  const response = await fetch(`${inject('schemaRegistryUrl')}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  return ((await response.json()) as { id: number }).id;
}

function framed(schemaId: number, body: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(schemaId, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

const strangeProgram: CalibratedProgram = {
  program: 'pyramid',
  size: 500,
  axes: [{ axis: 'value', cuts: ['100.00'] }],
};

test('bad records in the log itself are told of, and the facts between them are folded', async () => {
  const at = customerIn(true, 'home');
  const away = customerIn(false, 'away');
  const encode = (event: LogEvent) => pipeline().events.encodeEvent(event);
  const fact = encode(purchase(at));
  const foreign = await registerForeignSchema();
  const sweep = (fromSlice: number, toSlice: number, policyVersion: number | null = null) => {
    const policyId = policyVersion === null ? null : 'retail-ladder';
    const rollout = { rolloutSeq: policyVersion, policyId, policyVersion, calibration: null };
    return encode({ type: 'SliceSwept', fromSlice, toSlice, mode: 'all', ...rollout });
  };
  const policy = (version: number, document: string) =>
    encode({ type: 'PolicyPublished', policyId: 'retail-ladder', version, hash: 'sha256:0', document });
  const direct = (more: Partial<RolloutDirected>) =>
    encode({
      ...{ type: 'RolloutDirected', directiveId: 'd1', rolloutSeq: 2, action: 'activate', policyId: 'retail-ladder' },
      ...{ policyVersion: 1, fromVersion: 1, mode: 'immediate', slices: 64, keepUntilDay: null, actor: 'somebody' },
      ...{ reason: 'because', ...more },
    });
  const cuts = (more: Partial<ThresholdsCalibrated>) =>
    encode({
      ...{ type: 'ThresholdsCalibrated', policyId: 'retail-ladder', policyVersion: 1, calibration: 1, day: logDay },
      ...{ programs: [], rankings: [], ...more },
    });
  const later = (days: number) => encode(purchase(at, { businessDay: logDay + days }));
  const records: readonly (readonly [what: string, key: string | null, value: Buffer | null, reason: string | null])[] =
    [
      ['no value', at, null, 'unreadable'],
      ['an empty value', at, Buffer.alloc(0), 'unreadable'],
      ['JSON', at, Buffer.from('{"type":"purchase"}'), 'unreadable'],
      ['another magic byte', at, Buffer.concat([Buffer.from([1]), fact.subarray(1)]), 'unreadable'],
      ['a schema that nobody knows', at, framed(999_999, 'x'), 'unreadable'],
      ['a schema of somebody else', at, framed(foreign, '\u0002x'), 'unreadable'],
      ['half a fact', at, fact.subarray(0, -3), 'unreadable'],
      ['a fact and more', at, Buffer.concat([fact, Buffer.from([0])]), 'unreadable'],
      [
        'noise behind the id of a schema',
        at,
        Buffer.concat([fact.subarray(0, 5), Buffer.alloc(64, 0xff)]),
        'unreadable',
      ],
      ['a customer of another partition', away, encode(purchase(away)), 'misrouted'],
      ['another key than the customer', 'somebody', encode(purchase(at)), 'misrouted'],
      ['no key', null, encode(purchase(at)), 'misrouted'],
      ['a second genesis', null, encode(anotherGenesis), 'invalidControl'],
      ['a sweep of slices that are not', null, sweep(0, 64), 'invalidControl'],
      ['a sweep backwards', null, sweep(3, 2), 'invalidControl'],
      ['a roll-out of a policy that is not', null, sweep(0, 63, 9), 'invalidControl'],
      ['a policy of noise', null, policy(2, '{{{'), 'invalidControl'],
      ['a policy without programs', null, policy(2, '{"policy":"retail-ladder","version":2}'), 'invalidControl'],
      ['another policy as version 1', null, policy(1, '{}'), 'invalidControl'],
      ['a roll-out directed to a policy that is not', null, direct({ policyVersion: 9 }), 'invalidControl'],
      ['a roll-out of more slices than there are', null, direct({ slices: 65 }), 'invalidControl'],
      ['a roll-out with a long reason', null, direct({ reason: 'x'.repeat(5_000) }), 'invalidControl'],
      ['a rollback of nothing', null, direct({ action: 'rollback', rolloutSeq: 3 }), 'invalidControl'],
      ['a seal of nothing', null, direct({ action: 'seal' }), 'invalidControl'],
      ['cuts of a policy that is not', null, cuts({ policyVersion: 9 }), 'invalidControl'],
      ['cuts of another policy', null, cuts({ policyId: 'elsewhere' }), 'invalidControl'],
      ['cuts that are not the next ones', null, cuts({ calibration: 2 }), 'invalidControl'],
      ['cuts of a program that has none', null, cuts({ programs: [strangeProgram] }), 'invalidControl'],
      ['cuts of a day that is not', null, cuts({ day: 2_000_000_000 }), 'invalidControl'],
      ['a clock that goes back', null, encode({ type: 'ClockTicked', day: logDay - 30 }), null],
      ['a clock beyond the calendar', null, encode({ type: 'ClockTicked', day: 2_000_000_000 }), 'invalidControl'],
      ['a fact of the day after tomorrow', at, later(2), 'inFuture'],
      ['a fact of a day that is not', at, later(2_000_000), 'inFuture'],
      ['a fact behind the horizon', at, later(-800), 'tooLate'],
      ['a score on a scale of zero', at, encode(scoreWithoutScale(at)), 'invalidFact'],
      ['an instant beyond the calendar', at, encode(purchase(at, { occurredAt: 9e15 })), 'invalidFact'],
      ['a negative amount', at, encode(purchase(at, { amountMinor: -1, amountBaseMinor: -1 })), 'invalidFact'],
    ];

  const known = new Set((await distinctRejections()).map(({ id }) => id));
  const first = await pipeline().appendToLog(
    partition,
    records.flatMap(([, key, value]) => [
      { key, value },
      { key: at, value: encode(purchase(at)) },
    ]),
  );
  await pipeline().drained();

  const rejected = (await distinctRejections()).filter(({ id }) => !known.has(id));
  const expected = records.flatMap(([what, , , reason], index) =>
    reason === null
      ? []
      : [{ what, id: `${pipeline().topics.customerEvents}/${partition}@${first + 2 * index}`, reason }],
  );
  const told = new Map(rejected.map(({ id, reason }) => [id, reason]));
  expect(expected.map(each => ({ ...each, reason: told.get(each.id) }))).toEqual(expected);
  expect(rejected).toHaveLength(expected.length);
  expect(await spendOf(at)).toBe(`${records.length * 10}.00`);
  expect((await pipeline().views()).has(away)).toBe(false);

  const { events } = await pipeline().tierctlJson<{ events: { rejectedByReason: unknown } }>('report');
  expect(events.rejectedByReason).toEqual(tally([...rejectedReasons, ...expected.map(({ reason }) => reason)]));
});

test('all that time the processes went on', async () => {
  for (const [index, { process, metricsUrl }] of tiering.entries()) {
    expect(process.exit).toBeNull();
    expect(process.pid).toBe(pids[index]);
    const takeovers = samplesOf(await scrape(metricsUrl), 'tier_takeovers_total');
    expect(takeovers.filter(({ labels }) => labels.after !== 'assignment')).toEqual([]);
  }
});

test('a fold of that log gives the same', async () => {
  await expectSameAsFold(pipeline());
});
