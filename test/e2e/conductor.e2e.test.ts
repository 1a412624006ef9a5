/**
 * Days pass as they should, whoever opens them: one conductor or two, frozen, killed, or away for a while. Every test goes
 * on where the one before it ended, with other conductors.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { businessDayIn } from '@tierflow/config/business-day';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import { waitUntil } from '@tierflow/local/processes/wait-until';
import { partitionOf } from '@tierflow/processor/partition-of';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { afterEach, expect, test } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { purchaseLine } from './canonical-line.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { changesAmong, type Pipeline } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';

const waitMaxMs = 120_000;
const zone = 'Asia/Shanghai';
const firstDay = parseDay('2024-03-01')!;
const customers = Array.from({ length: 40 }, (_, i) => `customer-${i}`);
const buyers = customers.slice(0, 10);

const policy = join(import.meta.dirname, 'conductor-tiers.yaml');
const pipeline = pipelineUnderTest(
  'conductor',
  async opened => {
    await opened.startTiering('tiering-1');
  },
  policy,
);

const running: Service[] = [];
afterEach(async () => {
  // A frozen one would not hear that it is to stop.
  for (const { process } of running) process.signal('SIGCONT');
  await Promise.all(running.splice(0).map(({ process }) => process.stop()));
});

async function startConductor(name: string, environment: NodeJS.ProcessEnv = {}): Promise<Service> {
  const conductor = await pipeline().startConductor(name, { TIERFLOW_SESSION_TIMEOUT_MS: '2000', ...environment });
  running.push(conductor);
  return conductor;
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  if ((await waitUntil(condition, waitMaxMs)) === null) throw new Error(`Still waiting until ${what}.`);
}

async function setClock(day: EpochDay): Promise<void> {
  await new ManualClock(pipeline().redis, pipeline().namespace).set(day);
}

async function readiness({ metricsUrl }: Service): Promise<{ readonly ready: boolean; readonly detail: string }> {
  const response = await fetch(metricsUrl.replace('/metrics', '/readyz'), { signal: AbortSignal.timeout(10_000) });
  return { ready: response.ok, detail: await response.text() };
}

async function isActive({ metricsUrl }: Service): Promise<boolean> {
  return samplesOf(await scrape(metricsUrl), 'conductor_active')[0]?.value === 1;
}

/** Which of two is active, once one is. */
async function activeOf(one: Service, other: Service): Promise<{ active: Service; standby: Service }> {
  await until('a conductor is active', async () => (await isActive(one)) || (await isActive(other)));
  return (await isActive(one)) ? { active: one, standby: other } : { active: other, standby: one };
}

async function buy(ids: readonly string[], day: EpochDay): Promise<void> {
  const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'shop' };
  for (const id of ids) {
    const parsed = parseCanonicalLine(purchaseLine(id, '5.00', { occurredAt: `${formatDay(day)}T10:00:00Z` }), context);
    if (!parsed.ok) throw new Error(parsed.message.en);
    const value = pipeline().events.encodeEvent(parsed.event);
    await pipeline().appendToLog(partitionOf(id, pipeline().partitions), [{ key: id, value }]);
  }
}

/** The days of each partition as the log has them. */
async function ticks(of: Pipeline): Promise<EpochDay[][]> {
  return (await of.logRecords()).map(records =>
    records.flatMap(({ event }) => (event.type === 'ClockTicked' ? [event.day] : [])),
  );
}

/** A day is one transaction: no marker between its tick and its sweep, and one behind them. */
async function expectTransactionPerDay(): Promise<void> {
  for (const records of await pipeline().logRecords()) {
    records.forEach(({ event, offset, key }, i) => {
      if (event.type !== 'ClockTicked') return;
      expect(key).toBeNull();
      const [sweep, behind] = records.slice(i + 1);
      expect(sweep).toMatchObject({ offset: offset + 1, event: { type: 'SliceSwept', mode: 'due', fromSlice: 0 } });
      expect(behind?.offset).not.toBe(offset + 2);
    });
  }
}

function daysThrough(day: EpochDay): EpochDay[] {
  return Array.from({ length: day - firstDay + 1 }, (_, i) => firstDay + i);
}

async function logDayIs(day: EpochDay): Promise<void> {
  await until(`the log's day is ${formatDay(day)}`, async () => (await ticks(pipeline())).every(t => t.at(-1) === day));
}

/** Every partition has had each day once and in order, and the customers are what the log says. */
async function expectDaysThrough(day: EpochDay): Promise<void> {
  await logDayIs(day);
  expect(await ticks(pipeline())).toEqual(Array.from({ length: pipeline().partitions }, () => daysThrough(day)));
  await pipeline().drained();
  await expectSameAsFold(pipeline());
}

/** `day from → to (cause)` of every change of a customer. */
async function changesOf(customerId: string): Promise<string[]> {
  return changesAmong((await pipeline().tierChanges()).flat())
    .filter(change => change.customerId === customerId)
    .map(({ effectiveDay, from, to, cause }) => `${formatDay(effectiveDay)} ${from} → ${to} (${cause})`);
}

test('the manual clock lets days pass, those that nobody named too; who falls silent is demoted by time, once', async () => {
  await startConductor('conductor-1');
  expect(await pipeline().tierctlJson('clock', 'show')).toMatchObject({ manualClock: null, logDay: null });

  await pipeline().tierctl('clock', 'set', formatDay(firstDay));
  await logDayIs(firstDay);
  await buy(customers, firstDay);
  for (const day of [firstDay + 1, firstDay + 2]) {
    await setClock(day);
    await logDayIs(day);
  }
  await buy(buyers, firstDay + 2);
  await setClock(firstDay + 9);
  await expectDaysThrough(firstDay + 9);

  for (const id of customers) {
    expect(await changesOf(id)).toEqual([
      '2024-03-01 null → active (facts)',
      `${buyers.includes(id) ? '2024-03-06' : '2024-03-04'} active → silent (time)`,
    ]);
  }
});

test('a day before the log’s day is refused', async () => {
  const refused = await pipeline().tryTierctl('clock', 'set', '2024-03-02');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('2024-03-02 is before 2024-03-10, the present day of the log');
  expect((await pipeline().tryTierctl('clock', 'set', '2024-02-30')).code).toBe(2);
  expect(await pipeline().tierctlJson('clock', 'show')).toMatchObject({
    manualClock: '2024-03-10',
    logDay: '2024-03-10',
  });
});

test('of two conductors one writes; frozen in the middle of its work and thawed, it adds nothing', async () => {
  const one = await startConductor('conductor-1', { TIERFLOW_CATCH_UP_DAYS_MAX: '100' });
  const two = await startConductor('conductor-2', { TIERFLOW_CATCH_UP_DAYS_MAX: '100' });
  const { active, standby } = await activeOf(one, two);
  expect((await readiness(standby)).detail).toContain('standing by');

  const before = firstDay + 9;
  await buy(buyers, before);
  await setClock(before + 60);
  await until('some of the days are opened', async () => (await ticks(pipeline()))[0]!.at(-1)! >= before + 5);
  active.process.signal('SIGSTOP');
  await until('the standby takes over', () => isActive(standby));
  await logDayIs(before + 60);

  // It wakes up together with the next day, which it may want to open too.
  active.process.signal('SIGCONT');
  await setClock(before + 61);
  await logDayIs(before + 61);
  // Which of them the group then seats is its own affair.
  await until('one is active and the other stands by', async () => {
    const details = await Promise.all([readiness(active), readiness(standby)]);
    return ['active', 'standing by'].every(state => details.some(({ detail }) => detail.startsWith(state)));
  });
  await setClock(before + 62);
  await expectDaysThrough(before + 62);
  await expectTransactionPerDay();
  for (const id of buyers) {
    expect((await changesOf(id)).slice(2)).toEqual([
      '2024-03-10 silent → active (facts)',
      '2024-03-13 active → silent (time)',
    ]);
  }
});

test('killed in the middle of a catch-up, the other one finishes it', async () => {
  const one = await startConductor('conductor-1', { TIERFLOW_CATCH_UP_DAYS_MAX: '100' });
  const two = await startConductor('conductor-2', { TIERFLOW_CATCH_UP_DAYS_MAX: '100' });
  const { active, standby } = await activeOf(one, two);
  const before = firstDay + 9 + 62;
  await buy(buyers, before);
  await setClock(before + 40);
  await until('some of the days are opened', async () => (await ticks(pipeline()))[0]!.at(-1)! >= before + 3);
  await active.process.kill();
  expect((await ticks(pipeline()))[0]!.at(-1)).toBeLessThan(before + 40);

  await expectDaysThrough(before + 40);
  expect(await isActive(standby)).toBe(true);
  for (const id of buyers) expect(await changesOf(id)).toHaveLength(6);
});

test('too far behind, it opens nothing and says how to go on', async () => {
  const before = firstDay + 9 + 62 + 40;
  const careful = await startConductor('conductor-1');
  await until('it is active', () => isActive(careful));
  await setClock(before + 60);
  await until('it stands still', async () => !(await readiness(careful)).ready);
  const { detail } = await readiness(careful);
  expect(detail).toContain(`the log's day is ${formatDay(before)} and today is ${formatDay(before + 60)}`);
  expect(detail).toContain('60 days are missing');
  expect(detail).toContain('TIERFLOW_CATCH_UP_DAYS_MAX=60');
  expect(samplesOf(await scrape(careful.metricsUrl), 'conductor_days_behind')[0]?.value).toBe(60);
  await logDayIs(before);
  await careful.process.stop();
  expect(careful.process.exit).toEqual({ code: 0, signal: null });

  await startConductor('conductor-1', { TIERFLOW_CATCH_UP_DAYS_MAX: '60' });
  await expectDaysThrough(before + 60);
});

test('an import that opens missing days fences the conductor, which goes on behind it', async () => {
  const before = firstDay + 9 + 62 + 40 + 60;
  const conductor = await startConductor('conductor-1');
  await until('it is active', () => isActive(conductor));
  await setClock(before + 50);
  await until('it stands still', async () => !(await readiness(conductor)).ready);

  const file = join(pipeline().folder, 'history.jsonl');
  writeFileSync(file, purchaseLine('newcomer', '5.00', { occurredAt: `${formatDay(before + 30)}T10:00:00Z` }));
  await pipeline().tierctl('import', file);
  await expectDaysThrough(before + 50);
  expect(await changesOf('newcomer')).toHaveLength(2);
});

test('by the system clock, a new log begins with today in its zone', async () => {
  await pipeline().tierctl('init', '--policy', policy, '--zone', zone, '--partitions', '4', '--fresh', '--yes');
  const today = businessDayIn(zone);
  const earliest = today(Date.now());
  await startConductor('conductor-1', { TIERFLOW_CLOCK: 'system' });
  await until('a day is opened', async () => (await ticks(pipeline())).every(({ length }) => length > 0));
  const [days, ...others] = await ticks(pipeline());
  expect(others).toEqual(others.map(() => days));
  // The test itself may run over a midnight.
  expect([earliest, today(Date.now())]).toContain(days![0]);
});
