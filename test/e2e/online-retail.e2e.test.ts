/** A year of a real shop through two tiering processes, compared with an oracle and with a fold of the same log. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TierChanged } from '@tierflow/customer/changes';
import { repositoryDir } from '@tierflow/local/paths';
import { openProgress } from '@tierflow/local/progress';
import { ensurePromtool } from '@tierflow/local/servers/install-servers';
import { describe, expect, test } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { asOfLater, backtest, type FoldedCustomer } from './folded.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { changesAmong, samplePolicy } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';

const sample = join(repositoryDir, 'deploy/samples/online-retail');
const events = join(sample, 'events.jsonl.gz');
const lastDay = '2011-12-09';
const eventCount = 22_186;
const customerCount = 4_371;

let tiering: Service[];
let exporter: Service;
let imported: unknown;
let report: Report;

/** What `tierctl report` tells once everything is folded. */
interface Report {
  readonly changes: number;
  readonly programs: Readonly<
    Record<string, { transitions: { from: string | null; to: string | null; cause: string; count: number }[] }>
  >;
}

const pipeline = pipelineUnderTest('online-retail', async opened => {
  tiering = await Promise.all(['tiering-1', 'tiering-2'].map(name => opened.startTiering(name)));
  exporter = await opened.startExporter();
  imported = await opened.tierctlJson('import', '--mode', 'history', events);
  report = await opened.tierctlJson('report');
});

test('every event is read, written and folded, by both processes', async () => {
  expect(imported).toMatchObject({ read: eventCount, written: eventCount, rejected: {} });
  expect(report).toMatchObject({
    events: { read: eventCount, accepted: eventCount, duplicate: 0, rejected: 0 },
  });
  expect(await pipeline().rejectedEvents()).toEqual([]);
  expect((await pipeline().views()).size).toBe(customerCount);
  for (const { metricsUrl } of tiering) {
    const owned = samplesOf(await scrape(metricsUrl), 'tier_partitions_owned');
    expect(owned.map(({ value }) => value)).toEqual([2]);
  }
});

describe('the numbers of every customer are those of the oracle', () => {
  test('in Redis', async () => {
    const views = [...(await pipeline().views()).values()].map(view => asOfLater(view, lastDay));
    expect(Object.fromEntries(views.map(numbersOf))).toEqual(oracle());
  });

  test('in a backtest of the file', async () => {
    const { customers } = await backtest(
      pipeline(),
      ...['--events', events, '--policy', samplePolicy, '--as-of', lastDay],
    );
    expect(Object.fromEntries([...customers.values()].map(numbersOf))).toEqual(oracle());
  });
});

interface OracleNumbers {
  readonly spend: string;
  readonly gross: string;
  readonly refunds: string;
  readonly orders: number;
  readonly lastPurchase: number | null;
}

function oracle(): Record<string, OracleNumbers> {
  const rows = readFileSync(join(sample, 'oracle-2011-12-10.csv'), 'utf8').trim().split('\n').slice(1);
  expect(rows).toHaveLength(customerCount);
  return Object.fromEntries(
    rows.map(row => {
      const [id, last, orders, gross, refunds, spend] = row.split(',') as [string, ...string[]];
      const numbers: OracleNumbers = {
        spend: pounds(Number(spend)),
        gross: pounds(Number(gross)),
        // The oracle's refunds are negative, a measure of refunds is what was given back.
        refunds: pounds(-Number(refunds)),
        orders: Number(orders),
        lastPurchase: last === '' ? null : Date.parse(last!),
      };
      return [id, numbers];
    }),
  );
}

function pounds(pence: number): string {
  const digits = String(Math.abs(pence)).padStart(3, '0');
  return `${pence < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function numbersOf({ customerId, measures }: FoldedCustomer): [string, OracleNumbers] {
  const { spend365, gross365, refunds365, orders365, lastPurchase } = measures;
  return [
    customerId,
    {
      spend: spend365 as string,
      gross: gross365 as string,
      refunds: refunds365 as string,
      orders: orders365 as number,
      lastPurchase: lastPurchase === null ? null : Date.parse(lastPurchase as string),
    },
  ];
}

test('what is published and stored is what a fold of the exported log gives', async () => {
  await expectSameAsFold(pipeline());
});

describe('metrics', () => {
  /** Transitions by program, from, to and cause, counted over the topic. */
  async function countedTransitions(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { program, from, to, cause } of changesAmong((await pipeline().tierChanges()).flat())) {
      const key = `${program} ${from ?? 'none'} → ${to ?? 'none'} (${cause})`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  /** The exporter reads once a second; what it shows is complete when it no longer lags. */
  async function settledMetrics(): Promise<string> {
    let text = '';
    const isSettled = async () => {
      text = await scrape(exporter.metricsUrl);
      const lags = samplesOf(text, 'tier_log_lag_records').map(({ value }) => value);
      return lags.length === pipeline().partitions && lags.every(lag => lag === 0);
    };
    await expect.poll(isSettled, { timeout: 60_000 }).toBe(true);
    return text;
  }

  test('the transition counters are a count over the topic', async () => {
    const counters = samplesOf(await settledMetrics(), 'tier_transitions_total').map(({ labels, value }) => [
      `${labels.program} ${labels.from} → ${labels.to} (${labels.cause})`,
      value,
    ]);
    expect(Object.fromEntries(counters)).toEqual(await countedTransitions());
  });

  test('flow balances, and the stock is the population of the views', async () => {
    const text = await settledMetrics();
    const residuals = samplesOf(text, 'tier_flow_residual').map(({ value }) => value);
    expect(residuals.length).toBeGreaterThan(0);
    expect(residuals.filter(value => value !== 0)).toEqual([]);

    const population: Record<string, number> = {};
    for (const { standings } of (await pipeline().views()).values()) {
      for (const [program, { tier }] of Object.entries(standings)) {
        if (tier !== null) population[`${program} ${tier}`] = (population[`${program} ${tier}`] ?? 0) + 1;
      }
    }
    const stock = samplesOf(text, 'tier_customers')
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => [`${labels.program} ${labels.tier}`, value]);
    expect(Object.fromEntries(stock)).toEqual(population);
  });

  test('the report says the same', async () => {
    const { programs, changes } = report;
    const reported = Object.entries(programs).flatMap(([program, { transitions }]) =>
      transitions.map(({ from, to, cause, count }) => [
        `${program} ${from ?? 'none'} → ${to ?? 'none'} (${cause})`,
        count,
      ]),
    );
    const counted = await countedTransitions();
    expect(Object.fromEntries(reported)).toEqual(counted);
    expect(changes).toBe(Object.values(counted).reduce((sum, count) => sum + count, 0));
  });

  test('promtool finds nothing to mend', async () => {
    const promtool = await ensurePromtool(openProgress());
    for (const { process, metricsUrl } of [...tiering, exporter]) {
      const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
        input: await scrape(metricsUrl),
        encoding: 'utf8',
      });
      expect({ name: process.name, status, output: stdout + stderr }).toEqual({
        name: process.name,
        status: 0,
        output: '',
      });
    }
  });
});

describe('explain', () => {
  async function lastOf(isWanted: (change: TierChanged) => boolean): Promise<string> {
    const last = new Map<string, TierChanged>();
    for (const change of changesAmong((await pipeline().tierChanges()).flat())) {
      if (change.program === 'value') last.set(change.customerId, change);
    }
    return [...last.values()].find(isWanted)!.customerId;
  }

  test('tells of a platinum customer in English and Chinese', async () => {
    const id = await lastOf(({ to }) => to === 'platinum');
    const spend = (await pipeline().views()).get(id)!.measures.spend365 as string;
    const whole = new RegExp(Number(spend.split('.')[0]).toLocaleString('en').replaceAll(',', ',?'));
    const en = await pipeline().tierctl('explain', id);
    expect(en).toContain(id);
    expect(en).toMatch(/platinum/i);
    expect(en).toMatch(whole);
    const zh = await pipeline().tierctl('explain', id, '--lang', 'zh');
    expect(zh).toContain(id);
    expect(zh).toContain('白金');
    expect(zh).toMatch(whole);
  });

  test('tells whom time has moved down, and that it was time', async () => {
    const id = await lastOf(({ cause, to }) => cause === 'time' && to === 'bronze');
    expect(await pipeline().tierctl('explain', id)).toMatch(/value .+: bronze.*\n +since .+, because of time/);
    expect(await pipeline().tierctl('explain', id, '--lang', 'zh')).toContain('时间');
  });

  test('says that a customer is not known, and what to check', async () => {
    const { code, stderr } = await pipeline().tryTierctl('explain', 'nobody');
    expect(code).toBe(1);
    expect(stderr).toMatch(/customer "nobody" is not known .+ — check the id/);
  });
});

test('the same file once more changes nothing: every event is a duplicate', async () => {
  const before = { changes: await pipeline().tierChanges(), views: await pipeline().views() };
  expect(await pipeline().tierctlJson('import', events)).toMatchObject({ written: eventCount, days: 0 });
  await pipeline().drained();
  expect(await pipeline().tierctlJson('report')).toMatchObject({
    events: { read: 2 * eventCount, accepted: eventCount, duplicate: eventCount },
  });
  expect(await pipeline().tierChanges()).toEqual(before.changes);
  expect(await pipeline().views()).toEqual(before.views);
});
