/**
 * The front door: foreign topics to facts of the log. What is right counts once, what is wrong is told of once, and
 * neither bad data nor a crash changes the sums.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import type { LogEvent } from '@tierflow/customer/events';
import { repositoryDir } from '@tierflow/local/paths';
import avsc from 'avsc';
import { afterAll, expect, test } from 'vitest';
import { ForeignRegistry, framed } from './foreign-registry.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import { nodeOptions, type Service } from './service.ts';
import { SourceTopic } from './source-topic.ts';

const sourcePartitions = 3;
const topics: SourceTopic[] = [];

const pipeline = pipelineUnderTest('intake', async opened => {
  await opened.startTiering('tiering-1');
});

afterAll(async () => {
  for (const topic of topics) await topic.drop();
});

function sourceTopic(name: string): SourceTopic {
  const topic = new SourceTopic(pipeline(), name);
  topics.push(topic);
  return topic;
}

function sourcesFile(name: string, text: string): string {
  const file = join(pipeline().folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

function logOf(name: string): string {
  const { folder } = pipeline();
  const files = readdirSync(folder).filter(file => file.endsWith(`-${name}.log`));
  return files.map(file => readFileSync(join(folder, file), 'utf8')).join('');
}

/** A source whose records are baskets of several purchases. */
function basketSource(source: string, topic: SourceTopic, more = ''): string {
  return `sources:
  ${source}:
    topic: ${topic.name}
    format: json
    key: customerId
${more}    events:
      - type: purchase
        forEach: baskets
        eventId: id
        customerId: ^.household
        occurredAt: { path: at }
        orderId: id
        amount: { path: total, unit: major }
        currency: { const: GBP }
`;
}

function basket(id: string, total: number | string): object {
  return { id, total, at: '2024-03-01T10:00:00Z' };
}

function record(
  household: string,
  baskets: readonly object[],
  partition = 0,
): { key: string; value: string; partition: number } {
  return { key: household, value: JSON.stringify({ household, baskets }), partition };
}

async function factsOf(source: string): Promise<LogEvent[]> {
  const events = (await pipeline().logRecords()).flat().map(({ event }) => event as LogEvent);
  return events.filter(event => 'source' in event && event.source === source);
}

async function rejectedOf(topic: SourceTopic): Promise<RejectedEvent[]> {
  const all = await pipeline().rejectedEvents();
  const ofTopic = all.filter(({ origin }) => origin.startsWith(`${topic.name}/`));
  return [...new Map(ofTopic.map(rejected => [rejected.id, rejected])).values()];
}

async function counted(intake: Service, metric: string): Promise<number> {
  const samples = samplesOf(await scrape(intake.metricsUrl), metric);
  return samples.reduce((sum, { value }) => sum + value, 0);
}

test('records give one event for each element, and bad ones between them are told of by place and reason', async () => {
  const topic = sourceTopic('baskets');
  await topic.create(sourcePartitions);
  await topic.write([
    record('h1', [basket('a', '10.00'), basket('b', 5.5)]),
    { key: 'h1', value: '{"household":' },
    { key: 'h1', value: null },
    { key: 'h1', value: '"text"' },
    { key: 'h1', value: Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]) },
    record('h1', [basket('c', '1.00'), basket('d', 'ten'), basket('e', '2.00')]),
    { ...record('h1', [basket('f', '3.00')]), key: 'h9' },
    record('h2', [], 1),
    record('h2', [basket('g', '4.00')], 1),
  ]);
  const intake = await pipeline().startIntake('intake-1', sourcesFile('baskets', basketSource('shop', topic)));
  await topic.takenIn();

  const facts = await factsOf('shop');
  expect(facts.map(fact => 'eventId' in fact && fact.eventId).sort()).toEqual(['a', 'b', 'c', 'e', 'g']);
  const told = (await rejectedOf(topic)).map(({ id, reason }) => `${id.slice(topic.name.length)} ${reason}`);
  expect(told.sort()).toEqual([
    '/0@1 notJson',
    '/0@2 nullValue',
    '/0@3 notAnObject',
    '/0@4 notUtf8',
    '/0@5#1 badAmount',
    '/0@6#0 keyDiffers',
  ]);
  for (const { message, messageZh } of await rejectedOf(topic)) {
    expect(message).toMatch(/[.?)]$/);
    expect(messageZh).toMatch(/\p{Script=Han}/u);
  }
  expect(await counted(intake, 'intake_records_total')).toBe(9);
  expect(await counted(intake, 'intake_events_total')).toBe(5);
  expect(await counted(intake, 'intake_rejected_total')).toBe(6);
  expect(await counted(intake, 'intake_lag_records')).toBe(0);
  await pipeline().drained();
  expect((await pipeline().views()).get('h1')?.measures.spend365).toBe('18.50');

  await intake.process.stop();
  expect(intake.process.exit).toEqual({ code: 0, signal: null });
});

const money: avsc.Schema = {
  type: 'record',
  name: 'Money',
  namespace: 'shop',
  fields: [
    { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
    { name: 'currency', type: { type: 'enum', name: 'Currency', symbols: ['GBP', 'EUR'] } },
  ],
};

const order: avsc.Schema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: ['null', 'string'], default: null },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'total', type: 'shop.Money' },
    { name: 'signature', type: 'bytes' },
  ],
};

test('Avro of somebody else: a schema with a reference, a nullable union, a decimal; and what is no such Avro', async () => {
  const topic = sourceTopic('orders');
  const foreign = new ForeignRegistry(pipeline());
  await foreign.register('money', money);
  const id = await foreign.register('order', order, [{ name: 'shop.Money', subject: 'money' }]);
  const types = {};
  avsc.Type.forSchema(money, { registry: types });
  const type = avsc.Type.forSchema(order, { registry: types });
  const at = Date.parse('2024-03-01T10:00:00Z');
  const avro = (n: number, customer: string | null, cents: Buffer) =>
    framed(
      id,
      type.toBuffer({ id: n, customer, at, total: { amount: cents, currency: 'GBP' }, signature: Buffer.alloc(64) }),
    );
  const good = avro(1, 'a1', Buffer.from([0x04, 0xd2]));
  await topic.create(1);
  await topic.write([
    { value: good },
    { value: avro(2, null, Buffer.from([0x01])) },
    { value: avro(3, 'a1', Buffer.from([0xff])) },
    { value: '{"id":4}' },
    { value: framed(999_999, good.subarray(5)) },
    { value: good.subarray(0, -3) },
    { value: null },
    { value: Buffer.concat([good, Buffer.alloc(5000)]) },
    { value: avro(5, 'a1', Buffer.from([0x64])) },
  ]);
  const file = sourcesFile(
    'orders',
    `sources:
  orders:
    topic: ${topic.name}
    format: avro
    recordBytesMax: 4096
    events:
      - type: purchase
        eventId: id
        customerId: customer
        occurredAt: at
        amount: total.amount
        currency: total.currency
`,
  );
  const intake = await pipeline().startIntake('intake-5', file);
  await topic.takenIn();

  expect(await factsOf('orders')).toMatchObject([
    { eventId: '1', customerId: 'a1', occurredAt: at, amountMinor: 1234, currency: 'GBP' },
    { eventId: '5', customerId: 'a1', amountMinor: 100 },
  ]);
  const told = (await rejectedOf(topic)).map(({ id, reason }) => `${id.slice(topic.name.length)} ${reason}`);
  expect(told).toEqual([
    expect.stringMatching(/^\/0@1(#0)? missingField$/),
    expect.stringMatching(/^\/0@2(#0)? amountNotPositive$/),
    '/0@3 notAvro',
    '/0@4 unknownSchema',
    '/0@5 undecodable',
    '/0@6 nullValue',
    '/0@7 tooLong',
  ]);
  await intake.process.stop();
});

test('a batch that unpacks to more than anybody should is one rejection, and the records around it count', async () => {
  const topic = sourceTopic('bombs');
  await topic.create(1);
  await topic.write([record('b1', [basket('before', '1.00')])]);
  await topic.write([{ value: Buffer.alloc(65 * 1024 * 1024, ' ') }], true);
  await topic.write([record('b1', [basket('after', '2.00')])]);
  const intake = await pipeline().startIntake('intake-2', sourcesFile('bombs', basketSource('bombs', topic)));
  await topic.takenIn();

  expect((await factsOf('bombs')).map(fact => 'eventId' in fact && fact.eventId)).toEqual(['before', 'after']);
  expect((await rejectedOf(topic)).map(({ id, reason }) => ({ id, reason }))).toEqual([
    { id: `${topic.name}/0@1`, reason: 'undecodableBatch' },
  ]);
  expect(intake.process.exit).toBeNull();
  await intake.process.stop();
});

test('killed in the middle and started again, every event is in the log and counts once', async () => {
  const topic = sourceTopic('kills');
  await topic.create(sourcePartitions);
  const records = Array.from({ length: 30_000 }, (_, n) =>
    record(`k${n % 100}`, [basket(`k-${n}`, '1.00')], n % sourcePartitions),
  );
  for (let from = 0; from < records.length; from += 3000) await topic.write(records.slice(from, from + 3000));
  const file = sourcesFile('kills', basketSource('kills', topic));
  const first = await pipeline().startIntake('intake-3', file);
  await expect
    .poll(() => counted(first, 'intake_events_total'), { timeout: 30_000, interval: 5 })
    .toBeGreaterThan(2000);
  await first.process.kill();
  const second = await pipeline().startIntake('intake-3', file);
  await topic.takenIn();
  await pipeline().drained();

  const ids = new Set((await factsOf('kills')).map(fact => 'eventId' in fact && fact.eventId));
  expect(ids.size).toBe(records.length);
  const views = await pipeline().views();
  for (let k = 0; k < 100; k++) expect(views.get(`k${k}`)?.measures.spend365).toBe('300.00');
  await second.process.stop();
});

test('a topic that is missing is waited for, and named', async () => {
  const topic = sourceTopic('late');
  const starting = pipeline().startIntake('intake-4', sourcesFile('late', basketSource('late', topic)));
  await expect.poll(() => logOf('intake-4'), { timeout: 30_000 }).toContain('the topic does not exist');
  await topic.create(1);
  await topic.write([record('l1', [basket('late', '7.00')])]);
  const intake = await starting;
  await topic.takenIn();
  expect(await factsOf('late')).toHaveLength(1);
  await intake.process.stop();
});

test('a sources file that is wrong ends the start, with every problem in its place', () => {
  const text = basketSource('bad', sourceTopic('bad')).replace('currency: { const: GBP }', 'curency: { const: GBP }');
  const file = sourcesFile('bad', text.replace('type: purchase', 'type: purchases'));
  const main = join(repositoryDir, 'services/intake/src/main.ts');
  const env = { ...pipeline().environment, TIERFLOW_SOURCES: file, METRICS_PORT: '0' };
  const { status, stderr } = spawnSync(process.execPath, [...nodeOptions, main], { env, encoding: 'utf8' });
  expect(status).toBe(2);
  const problems = stderr.trimEnd().split('\n');
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).toMatch(/bad\.yaml:\d+:\d+ {2}.+ — .+/);
});
