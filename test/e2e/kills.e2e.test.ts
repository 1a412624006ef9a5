/**
 * Exactly once, under fire: processes are killed, also between the commit and the end of the transaction, frozen and
 * thawed; Redis is flushed, killed, rolled back and cut off; the broker is killed. Afterwards the output has to be what
 * the fold of the same log gives without any fault.
 *
 * The order of the faults follows from TIERFLOW_SEED. Which instruction a fault hits does not, so a repetition is the
 * same plan, not the same run.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDay } from '@tierflow/customer/epoch-day';
import { type RunningServers, startServers } from '@tierflow/local/servers/start-servers';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { compareChanges, type Published } from './kills-comparison.ts';
import { planFaults } from './kills-plan.ts';
import { KillRun, processes } from './kills-run.ts';
import { describeRun } from './kills-table.ts';
import type { CustomerView, PublishedChange } from './pipeline.ts';

const seed = Number(process.env.TIERFLOW_SEED ?? 1);
const repeat = `Repeat: TIERFLOW_SEED=${seed} npm test -- test/e2e/kills.e2e.test.ts\n`;
const runTimeoutMs = 900_000;

type BacktestCustomer = Pick<CustomerView, 'customerId' | 'asOf' | 'standings' | 'measures'>;

describe(`under faults, seed ${seed}`, () => {
  let dataDir: string;
  let servers: RunningServers;
  let run: KillRun;
  /** By partition: what the backtest of the run's own log emits, and what is on the topic. */
  let expected: readonly Published[][];
  let actual: readonly (readonly PublishedChange[])[];
  let customers: ReadonlyMap<string, BacktestCustomer>;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'tierflow-kills-'));
    try {
      servers = await startServers({ dataDir, reuse: false, registry: false });
      run = await KillRun.open(servers, inject('schemaRegistryUrl'));
      const startedAt = performance.now();
      await run.carryOut(planFaults(seed, processes));
      process.stderr.write(`${describeRun(run, seed, (performance.now() - startedAt) / 1000)}\n`);
      ({ expected, customers } = await backtest(run));
      actual = (await run.pipeline.tierChanges()).map(changes => changes.map(each => plain(each)));
    } catch (error) {
      run?.pipeline.keepFolder();
      process.stderr.write(repeat);
      throw error;
    }
  }, runTimeoutMs);

  beforeEach(({ onTestFailed }) =>
    onTestFailed(() => {
      run.pipeline.keepFolder();
      process.stderr.write(repeat);
    }),
  );

  afterAll(async () => {
    try {
      await run?.close();
    } finally {
      await servers?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('faults meet processes at work', () => {
    const deaths = run.supervisors.flatMap(supervisor => supervisor.deaths);
    const killed = deaths.filter(({ how }) => how === 'SIGKILL');
    expect(killed.length).toBeGreaterThanOrEqual(20);
    expect(killed.filter(({ failpoint }) => failpoint !== null).length).toBeGreaterThanOrEqual(5);
    expect(run.done.filter(({ hitWork }) => !hitWork)).toEqual([]);
    expect(run.logged(/halted/)).toEqual([]);
  });

  test('every change is published once and in order, as the fold of the log gives it', () => {
    expect(expected.flat().length).toBeGreaterThan(10_000);
    expect(expected.flatMap((changes, p) => compareChanges(changes, actual[p]!))).toEqual([]);
  });

  test('whoever reads the output while it happens sees ids increase', () => {
    expect(run.audit.violations).toEqual([]);
    expect(run.audit.total).toBe(actual.flat().length);
  });

  test('the views in Redis are those of the fold', async () => {
    const views = await run.pipeline.views();
    expect(views.size).toBe(customers.size);
    const differing = [...customers.values()].filter(customer => {
      const view = views.get(customer.customerId);
      return view === undefined || !isSame(view, customer);
    });
    expect(differing).toEqual([]);
  });

  test('customer-tiers has the last standings of everybody', async () => {
    const tiers = await run.pipeline.customerTiers();
    const revisions = new Map(actual.flat().map(({ change }) => [change.customerId, change.revision]));
    expect(tiers.size).toBe(customers.size);
    for (const { customerId, standings } of customers.values()) {
      const last = tiers.get(customerId);
      expect(last?.revision).toBe(revisions.get(customerId));
      expect(last?.standings.map(plain)).toEqual(
        Object.entries(standings).map(([program, { tier, since }]) => ({ program, tier, sinceDay: parseDay(since) })),
      );
    }
  });

  test('flow is what was published, stock is what flowed in less what flowed out, and nothing waits', async () => {
    const states = new RedisStateReader(run.pipeline.redis, run.pipeline.namespace);
    for (const [partition, changes] of actual.entries()) {
      const { counters, outboxEntries } = await states.readPartition(partition);
      const flow = new Map<string, number>();
      const stock = new Map<string, number>();
      const add = (table: Map<string, number>, key: string, count: number) =>
        table.set(key, (table.get(key) ?? 0) + count);
      for (const { change } of changes) {
        const { program, from, to, cause } = change;
        add(flow, `${program}|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
        if (from !== null) add(stock, `${program}|${from}`, -1);
        if (to !== null) add(stock, `${program}|${to}`, 1);
      }
      expect(outboxEntries).toBe(0);
      expect(Object.fromEntries(counters.flow)).toEqual(Object.fromEntries(flow));
      expect(Object.fromEntries(counters.stock)).toEqual(Object.fromEntries(stock));
    }
  });

  test('no transaction is left open', async () => {
    const { customerEvents, tierChanges, customerTiers } = run.pipeline.topics;
    for (const topic of [customerEvents, tierChanges, customerTiers]) {
      for (const partition of actual.keys()) {
        const { highWatermark } = await run.reader.bounds(topic, partition);
        expect(await run.reader.read({ topic, partition, offset: highWatermark })).toMatchObject({
          status: 'read',
          lastStableOffset: highWatermark,
        });
      }
    }
  });

  test('the comparison finds what is lost, doubled, changed and out of order, and nothing else', () => {
    const [changes] = expected as [Published[]];
    const [first, second] = [changes[100]!, changes[101]!];
    const compare = (...middle: readonly Published[]) =>
      compareChanges(changes, [...changes.slice(0, 100), ...middle, ...changes.slice(102)]);
    expect(compare(first, second)).toEqual([]);
    expect(compare(second)).toEqual([{ what: 'lost', id: first.id }]);
    expect(compare(first, second, second)).toEqual([{ what: 'doubled', id: second.id }]);
    expect(compare(second, first)).toEqual([{ what: 'outOfOrder', id: first.id }]);
    expect(compare(first, { ...second, change: {} })).toEqual([{ what: 'different', id: second.id }]);
    expect(compare(first, { ...second, id: '0-0-0' }, second)).toEqual([{ what: 'unexpected', id: '0-0-0' }]);
  });
});

/** What the run's own log gives without faults. */
async function backtest({ pipeline }: KillRun): Promise<{
  expected: Published[][];
  customers: Map<string, BacktestCustomer>;
}> {
  const log = join(pipeline.folder, 'log.jsonl.gz');
  const out = join(pipeline.folder, 'backtest');
  await pipeline.tierctl('export', '--out', log);
  await pipeline.tierctl('backtest', '--events', log, '--out', out);
  const lines = (file: string) => readFileSync(join(out, file), 'utf8').trimEnd().split('\n');
  const expected: Published[][] = Array.from({ length: pipeline.partitions }, () => []);
  for (const line of lines('tier-changes.jsonl')) {
    const { id, ...change } = JSON.parse(line);
    expected[Number.parseInt(id, 10)]!.push({ id, change });
  }
  const customers = lines('customers.jsonl').map((line): BacktestCustomer => JSON.parse(line));
  return { expected, customers: new Map(customers.map(customer => [customer.customerId, customer])) };
}

/** Decoded records have classes of their own, parsed lines have none. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** A view is of the day on which its customer was last evaluated. Days `since` something grow from then on. */
function isSame(view: CustomerView, customer: BacktestCustomer): boolean {
  const daysLater = parseDay(customer.asOf)! - parseDay(view.asOf)!;
  const measures = Object.fromEntries(
    Object.entries(view.measures).map(([name, value]) =>
      name.startsWith('daysSince') && typeof value === 'number' ? [name, value + daysLater] : [name, value],
    ),
  );
  return (
    JSON.stringify(view.standings) === JSON.stringify(customer.standings) &&
    JSON.stringify(measures) === JSON.stringify(customer.measures)
  );
}
