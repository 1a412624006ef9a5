/**
 * What fails around intake stalls it, and no more: in the end every record is in the log, counts once, and stands where
 * its topic has it. Nothing is rejected for a fault, and nothing of it needs a restart.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { decodeHead } from '@tierflow/customer/customer-codec';
import type { CustomerEvent } from '@tierflow/customer/events';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { repositoryDir } from '@tierflow/local/paths';
import { loopback, randomPort } from '@tierflow/local/servers/ports';
import { type RunningServers, startServers } from '@tierflow/local/servers/start-servers';
import { partitionOf } from '@tierflow/processor/partition-of';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import avsc from 'avsc';
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { ForeignRegistry, framed } from './foreign-registry.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { Pipeline } from './pipeline.ts';
import { RegistryLink } from './registry-link.ts';
import { nodeOptions, type Service } from './service.ts';
import { type ForeignRecord, SourceTopic } from './source-topic.ts';

const timeoutMs = 300_000;
const patience = { timeout: 60_000, interval: 20 };
const sourcePartitions = 3;
const customers = 60;
/** Every so many records, one has an amount that is none. */
const badEvery = 100;
/** Some thousand records a second. */
const flowStep = 60;
const flowStepMs = 15;

let dataDir: string;
let servers: RunningServers;
let link: RegistryLink;
let pipeline: Pipeline;

vi.setConfig({ testTimeout: timeoutMs });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tierflow-intake-faults-'));
  servers = await startServers({ dataDir, reuse: false, registry: false });
  const schemaRegistryUrl = inject('schemaRegistryUrl');
  link = await RegistryLink.open(schemaRegistryUrl);
  const { kafkaBrokers, redisUrl } = servers;
  pipeline = await Pipeline.open({ kafkaBrokers, redisUrl, schemaRegistryUrl }, 'intake-faults');
  await pipeline.startTiering('tiering-1');
}, timeoutMs);

beforeEach(({ onTestFailed }) => onTestFailed(() => pipeline?.keepFolder()));

afterAll(async () => {
  try {
    await pipeline?.close();
    await link?.close();
  } finally {
    await servers?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

function sourcesFile(name: string, text: string): string {
  const file = join(pipeline.folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** A record is a purchase, known by its number, and a profile that has no id but its place. */
function orderSource(topic: SourceTopic, source: string): string {
  const text = `sources:
  ${source}:
    topic: ${topic.name}
    format: json
    key: customerId
    events:
      - type: purchase
        eventId: number
        customerId: customer
        occurredAt: at
        amount: { path: total, unit: major }
        currency: { const: GBP }
      - type: profile
        customerId: customer
        occurredAt: at
        attributes: { latest: number }
`;
  return sourcesFile(source, text);
}

const customerOf = (source: string, number: number) => `${source}-${number % customers}`;
const isBad = (number: number) => number % badEvery === badEvery - 1;

function order(source: string, number: number): ForeignRecord {
  const customer = customerOf(source, number);
  const total = isBad(number) ? 'ten' : '1.00';
  const value = JSON.stringify({ number: String(number), customer, total, at: '2024-03-01T10:00:00Z' });
  return { key: customer, value, partition: (number % customers) % sourcePartitions };
}

/** Orders without an end, until it is told to stop. What a broker did not acknowledge is written again. */
class OrderFlow {
  sent = 0;
  readonly #topic: SourceTopic;
  readonly #source: string;
  readonly #flowing: Promise<void>;
  #isStopping = false;

  constructor(topic: SourceTopic, source: string) {
    this.#topic = topic;
    this.#source = source;
    this.#flowing = this.#flow();
  }

  async stop(): Promise<number> {
    this.#isStopping = true;
    await this.#flowing;
    return this.sent;
  }

  async #flow(): Promise<void> {
    while (!this.#isStopping) {
      const messages = Array.from({ length: flowStep }, (_, n) => order(this.#source, this.sent + n));
      const written = this.#topic.write(messages).then(() => true);
      if (await written.catch(() => false)) this.sent += flowStep;
      await delay(flowStepMs);
    }
  }
}

/** The numbers of the orders that a topic holds, one that was written twice included. */
async function numbersIn(topic: SourceTopic): Promise<number[]> {
  const reader = await RecordReader.open({ brokers: [servers.kafkaBrokers], clientId: 'test', log: () => {} });
  const numbers: number[] = [];
  for (let partition = 0; partition < sourcePartitions; partition++) {
    for await (const records of reader.readAll(topic.name, partition, 0)) {
      for (const { value } of records) numbers.push(Number(JSON.parse(value!.toString()).number));
    }
  }
  await reader.close();
  return numbers;
}

async function factsOf(source: string): Promise<CustomerEvent[]> {
  const events = (await pipeline.logRecords()).flat().map(({ event }) => event as CustomerEvent);
  return events.filter(event => event.source === source);
}

async function rejectedOf(topic: SourceTopic): Promise<RejectedEvent[]> {
  const ofTopic = (await pipeline.rejectedEvents()).filter(({ origin }) => origin.startsWith(`${topic.name}/`));
  return [...new Map(ofTopic.map(rejected => [rejected.id, rejected])).values()];
}

async function latestOf(customer: string): Promise<unknown> {
  const states = new RedisStateReader(pipeline.redis, pipeline.namespace);
  const names = { indexOf: () => 0, nameAt: String };
  const head = (bytes: Uint8Array) => decodeHead(customer, bytes, names);
  const partition = partitionOf(customer, pipeline.partitions);
  const found = await states.readCustomer(partition, customer, bytes => head(bytes).chunkSequences);
  return found === null ? null : head(found.stored.head).customer.attributes.latest;
}

/** Every order that was sent is there and counts once, in its order; gives how many facts were written again. */
async function expectExactly(sent: number, topic: SourceTopic, source: string): Promise<number> {
  await topic.takenIn();
  await pipeline.drained();
  const records = await numbersIn(topic);
  const numbers = Array.from({ length: sent }, (_, number) => number);
  const good = numbers.filter(number => !isBad(number));
  expect(new Set(records)).toEqual(new Set(numbers));

  const facts = await factsOf(source);
  const distinct = new Set(facts.map(({ type, eventId }) => `${type} ${eventId}`));
  const purchases = [...distinct].filter(identity => identity.startsWith('PurchaseRecorded '));
  expect(new Set(purchases)).toEqual(new Set(good.map(number => `PurchaseRecorded ${number}`)));
  // Their ids are their places, so a record that its sender repeated is another one.
  expect(distinct.size - purchases.length).toBe(records.length);

  const rejected = await rejectedOf(topic);
  expect(rejected.filter(({ reason }) => reason !== 'badAmount')).toEqual([]);
  expect(rejected.length).toBe(records.filter(isBad).length);

  const spent = Map.groupBy(good, number => customerOf(source, number));
  const last = new Map(numbers.map(number => [customerOf(source, number), String(number)]));
  const views = await pipeline.views();
  for (const [customer, latest] of last) {
    expect(views.get(customer)?.measures.spend365).toBe(`${spent.get(customer)?.length ?? 0}.00`);
    expect(await latestOf(customer)).toBe(latest);
  }
  return facts.length - distinct.size;
}

async function readiness({ metricsUrl }: Service): Promise<string> {
  const response = await fetch(metricsUrl.replace('/metrics', '/readyz'), { signal: AbortSignal.timeout(10_000) });
  return `${response.status} ${await response.text()}`;
}

async function counted(intake: Service, metric: string): Promise<number> {
  const samples = samplesOf(await scrape(intake.metricsUrl), metric);
  return samples.reduce((sum, { value }) => sum + value, 0);
}

function logOf(name: string): string {
  const files = readdirSync(pipeline.folder).filter(file => file.endsWith(`-${name}.log`));
  return files.map(file => readFileSync(join(pipeline.folder, file), 'utf8')).join('');
}

const timesIn = (text: string, part: string) => text.split(part).length - 1;

test('the broker is killed and comes back: the same process says that it is not ready, then goes on', async ({
  onTestFinished,
}) => {
  onTestFinished(async () => {
    if (!servers.kafka!.isRunning) await servers.kafka!.start();
  });
  const topic = new SourceTopic(pipeline, 'broker');
  await topic.create(sourcePartitions);
  const intake = await pipeline.startIntake('broker', orderSource(topic, 'broker'));
  const flow = new OrderFlow(topic, 'broker');
  await expect.poll(() => counted(intake, 'intake_events_total'), patience).toBeGreaterThan(2000);
  await servers.kafka!.kill();
  await expect.poll(() => readiness(intake), patience).toMatch(/^503 /);
  await servers.kafka!.start();
  await expect.poll(() => readiness(intake), patience).toMatch(/^200 .*0 reading, 1 reading, 2 reading/);
  const taken = await counted(intake, 'intake_records_total');
  await expect.poll(() => counted(intake, 'intake_records_total'), patience).toBeGreaterThan(taken + 2000);

  await expectExactly(await flow.stop(), topic, 'broker');
  expect(intake.process.exit).toBeNull();
  await intake.process.stop();
});

test('the registry is away when a new schema comes: it waits, says for what, and writes nothing twice', async () => {
  const topic = new SourceTopic(pipeline, 'schemas');
  await topic.create(1);
  const foreign = new ForeignRegistry(pipeline);
  const text = (name: string) => ({ name, type: 'string' });
  const first = { type: 'record', name: 'Order', fields: ['id', 'customer', 'at', 'total'].map(text) };
  const second = { ...first, fields: [...first.fields, { ...text('channel'), default: '' }] };
  const [firstId, secondId] = [await foreign.register('v1', first), await foreign.register('v2', second)];
  const avro = (schemaId: number, schema: object, id: number): ForeignRecord => {
    const value = { id: String(id), customer: 'avro', at: '2024-03-01T10:00:00Z', total: '1.00', channel: 'web' };
    return { value: framed(schemaId, avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value)) };
  };
  const file = sourcesFile(
    'schemas',
    `sources:
  schemas:
    topic: ${topic.name}
    format: avro
    events:
      - type: purchase
        eventId: id
        customerId: customer
        occurredAt: at
        amount: { path: total, unit: major }
        currency: { const: GBP }
`,
  );
  const before = 5000;
  await topic.write([avro(firstId, first, 0)]);
  const intake = await pipeline.startIntake('schemas', file, { SCHEMA_REGISTRY_URL: link.url });
  await topic.takenIn();
  link.cut();
  await topic.write(Array.from({ length: before - 1 }, (_, n) => avro(firstId, first, n + 1)));
  await topic.write([avro(secondId, second, before), avro(firstId, first, before + 1)]);

  await expect
    .poll(() => readiness(intake), patience)
    .toMatch(/^503 .*0 stalled \(Schema registry: GET \/schemas\/ids/);
  expect(await counted(intake, 'intake_stalled_partitions')).toBe(1);
  await expect.poll(() => timesIn(logOf('schemas'), 'partition stalls'), patience).toBeGreaterThanOrEqual(3);
  expect((await factsOf('schemas')).length).toBeLessThanOrEqual(before);
  link.mend();
  await topic.takenIn();
  await expect.poll(() => readiness(intake), patience).toMatch(/^200 /);
  await pipeline.drained();

  const ids = (await factsOf('schemas')).map(({ eventId }) => eventId);
  expect(ids).toEqual(Array.from({ length: before + 2 }, (_, id) => String(id)));
  expect(await rejectedOf(topic)).toEqual([]);
  expect((await pipeline.views()).get('avro')?.measures.spend365).toBe(`${before + 2}.00`);
  await intake.process.stop();
});

/**
 * The frozen one wakes up with a piece half written, which its successor wrote long ago. What it adds are repetitions of
 * records that stand in the log already, each after its predecessors: for whoever drops repetitions the order holds.
 */
test('of two, one is frozen for longer than its session and thawed: the other has all, and the order holds', async () => {
  const topic = new SourceTopic(pipeline, 'frozen');
  await topic.create(sourcePartitions);
  const file = orderSource(topic, 'frozen');
  const session = { TIERFLOW_SESSION_TIMEOUT_MS: '3000' };
  const flow = new OrderFlow(topic, 'frozen');
  const first = await pipeline.startIntake('first', file, session);
  const second = await pipeline.startIntake('second', file, session);
  await expect.poll(() => readiness(second), patience).toMatch(/^200 .*: \d reading/);
  await expect.poll(() => readiness(first), patience).toMatch(/^200 .*: \d reading, \d reading\n/);

  first.process.signal('SIGSTOP');
  await expect.poll(() => readiness(second), patience).toMatch(/^200 .*0 reading, 1 reading, 2 reading/);
  const takenBy = await counted(second, 'intake_records_total');
  await expect.poll(() => counted(second, 'intake_records_total'), patience).toBeGreaterThan(takenBy + 1000);
  const assignments = timesIn(logOf('first'), 'partition assigned');
  first.process.signal('SIGCONT');
  await expect.poll(() => timesIn(logOf('first'), 'partition assigned'), patience).toBeGreaterThan(assignments);
  await expect.poll(() => readiness(first), patience).toMatch(/^200 .*: \d reading/);
  const sent = await flow.stop();

  await expectExactly(sent, topic, 'frozen');
  await Promise.all([first.process.stop(), second.process.stop()]);
});

test('records deleted unread are lost loudly; a topic made anew is read from its start', async () => {
  const topic = new SourceTopic(pipeline, 'retention');
  await topic.create(1);
  const write = (from: number, to: number) =>
    topic.write(Array.from({ length: to - from }, (_, n) => ({ ...order('retention', from + n), partition: 0 })));
  /** The log has them by the partition of their customer. */
  const numbers = async () => {
    const purchases = (await factsOf('retention')).filter(({ type }) => type === 'PurchaseRecorded');
    return purchases.map(({ eventId }) => Number(eventId)).sort((a, b) => a - b);
  };
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
  const file = orderSource(topic, 'retention');

  await write(0, 10);
  const before = await pipeline.startIntake('before', file);
  await topic.takenIn();
  await before.process.stop();
  await write(10, 30);
  await topic.forgetBefore(20);
  const intake = await pipeline.startIntake('retention', file);
  await topic.takenIn();
  expect(await numbers()).toEqual([...range(0, 10), ...range(20, 30)]);
  expect(await counted(intake, 'intake_lost_records_total')).toBe(10);
  expect(logOf('retention')).toMatch(/"level":50.*"lost":10.*records were deleted before they were read/);

  await topic.drop();
  await topic.create(1);
  await write(30, 35);
  await expect.poll(numbers, patience).toEqual([...range(0, 10), ...range(20, 35)]);
  await topic.takenIn();
  expect(await counted(intake, 'intake_lost_records_total')).toBe(10);
  expect(await rejectedOf(topic)).toEqual([]);
  await intake.process.stop();
});

test('told to stop under load it ends in order, and the next one goes on where it stopped', async () => {
  const topic = new SourceTopic(pipeline, 'stopped');
  await topic.create(sourcePartitions);
  const file = orderSource(topic, 'stopped');
  const flow = new OrderFlow(topic, 'stopped');
  const first = await pipeline.startIntake('stopped', file);
  await expect.poll(() => counted(first, 'intake_events_total'), patience).toBeGreaterThan(2000);
  const toldAt = performance.now();
  first.process.signal('SIGTERM');
  expect(await first.process.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - toldAt).toBeLessThan(10_000);

  const second = await pipeline.startIntake('stopped', file);
  await expect.poll(() => counted(second, 'intake_events_total'), patience).toBeGreaterThan(2000);
  expect(await expectExactly(await flow.stop(), topic, 'stopped')).toBe(0);
  await second.process.stop();
});

test('without a broker or a registry at the start it ends, and says what it did not reach', async () => {
  const main = join(repositoryDir, 'services/intake/src/main.ts');
  const nobody = `${loopback}:${await randomPort()}`;
  const startWith = (environment: NodeJS.ProcessEnv) => {
    const env = { ...pipeline.environment, METRICS_PORT: '0', ...environment };
    return spawnSync(process.execPath, [...nodeOptions, main], { env, encoding: 'utf8' });
  };
  const withoutBroker = startWith({ KAFKA_BROKERS: nobody });
  expect(withoutBroker.status).toBe(1);
  expect(withoutBroker.stderr).toMatch(/"level":60.*connecting to .*intake cannot start/);
  const withoutRegistry = startWith({ SCHEMA_REGISTRY_URL: `http://${nobody}/apis/ccompat/v7` });
  expect(withoutRegistry.status).toBe(1);
  expect(withoutRegistry.stderr).toMatch(/"level":60.*Schema registry: .*intake cannot start/);
});
