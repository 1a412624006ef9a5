/**
 * Tiers that are relative to everybody, through the real pipeline, on a year of a real shop: the conductor takes the cuts
 * from the rank indexes, and everybody stands where the sample's oracle, which was computed without tierflow, has them.
 */
import { join } from 'node:path';
import type { TierChanged } from '@tierflow/customer/changes';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { LogEvent, SliceSwept, ThresholdsCalibrated } from '@tierflow/customer/events';
import { repositoryDir } from '@tierflow/local/paths';
import { waitUntil } from '@tierflow/local/processes/wait-until';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { describe, expect, test } from 'vitest';
import { publishedTable } from '../oracle/published-table.ts';
import { expectSameAsFold } from './backtest.ts';
import { followLatestCuts, partitionStates } from './partition-states.ts';
import { type CustomerView, changesAmong, type Pipeline } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import { storedContent } from './stored-content.ts';

const sample = 'deploy/samples/online-retail';
const lastDay = '2011-12-09';
const waitMaxMs = 120_000;

interface OracleRow {
  readonly id: string;
  readonly days: number | null;
  readonly orders: number;
  readonly spendMinor: number;
  /** Quintiles: recency, frequency, monetary; null for who bought nothing within the year. */
  readonly scores: readonly [number, number, number] | null;
  /** 1, the top, to 4; null likewise. */
  readonly pyramidClass: number | null;
}

const rows = readOracle();
const active = rows.filter(({ scores }) => scores !== null);
const others = rows.filter(({ scores }) => scores === null);
const classes = ['top', 'large', 'medium', 'small'];

/** A year of events, then a conductor that finds all of them folded on the last day. */
async function importTheYear(pipeline: Pipeline): Promise<void> {
  await Promise.all(['tiering-1', 'tiering-2'].map(name => pipeline.startTiering(name)));
  await pipeline.tierctl('import', '--mode', 'history', join(repositoryDir, sample, 'events.jsonl.gz'));
  await pipeline.drained();
}

async function startConducting(pipeline: Pipeline): Promise<void> {
  await pipeline.startConductor('conductor-1');
  await setClock(pipeline);
  await calibrated(pipeline);
}

async function setClock({ redis, namespace }: Pipeline): Promise<void> {
  await new ManualClock(redis, namespace).set(parseDay(lastDay)!);
}

/** Everybody is judged by the cuts that were taken of everybody, and that is published. */
async function calibrated(pipeline: Pipeline): Promise<void> {
  const isSettled = async () => {
    const states = await partitionStates(pipeline);
    if (states === null) return false;
    return states.every(state => state.latestCalibration(1) !== null) && followLatestCuts(states);
  };
  if ((await waitUntil(isSettled, waitMaxMs)) === null) throw new Error('No cuts were taken, or not all follow them.');
  await pipeline.drained();
}

describe('classes, scores and types of everybody', () => {
  let before: { readonly changes: number; readonly views: ReadonlyMap<string, CustomerView> };
  const pipeline = pipelineUnderTest(
    'population',
    async opened => {
      await importTheYear(opened);
      before = { changes: (await opened.tierChanges()).flat().length, views: await opened.views() };
      await startConducting(opened);
    },
    join(import.meta.dirname, 'population-tiers.yaml'),
  );

  /** One record for all partitions, as all of them have it. */
  async function controls<T extends LogEvent>(type: T['type']): Promise<T[]> {
    const [first, ...rest] = (await pipeline().logRecords()).map(records =>
      records.flatMap(({ event }) => (event.type === type ? [event as T] : [])),
    );
    for (const other of rest) expect(other).toEqual(first);
    return first!;
  }

  async function populationChanges(): Promise<TierChanged[]> {
    return changesAmong((await pipeline().tierChanges()).flat()).filter(({ cause }) => cause === 'population');
  }

  test('until there are cuts of the population, everybody stands by the written ones', () => {
    const written = [20_000_00, 8_000_00, 1_000_00];
    expect(tiersOf(before.views, rows, 'pyramid')).toEqual(
      rows.map(({ pyramidClass, spendMinor }) => {
        if (pyramidClass === null) return 'inactive';
        return classes[written.filter(cut => spendMinor < cut).length];
      }),
    );
  });

  test('cuts are taken once, of all active customers on the last day', async () => {
    const found = await controls<ThresholdsCalibrated>('ThresholdsCalibrated');
    expect(found).toHaveLength(1);
    const { calibration, day, policyVersion, programs } = found[0]!;
    expect({ calibration, day, policyVersion }).toEqual({ calibration: 1, day: parseDay(lastDay), policyVersion: 1 });
    expect(programs.map(({ program, size }) => [program, size])).toEqual([
      ['average', active.length],
      ['pyramid', active.length],
      ['scored', active.length],
    ]);
    const cutsOf = (name: string) => programs.find(({ program }) => program === name)!.axes.map(({ cuts }) => cuts);
    expect(cutsOf('pyramid')).toEqual([['16989.52', '5613.08', '1983.58']]);
    // The means are 87.24 days, 4.16 orders and 1,877.452…: of whole days, orders and pence, at most 87, and at least 5 and
    // 1,877.46, are on their better side.
    expect(cutsOf('average')).toEqual([['87'], ['5'], ['1877.46']]);
  });

  test('the pyramid is that of the oracle, customer by customer', async () => {
    const views = await pipeline().views();
    expect(tiersOf(views, active, 'pyramid')).toEqual(active.map(({ pyramidClass }) => classes[pyramidClass! - 1]));
    expect(tiersOf(views, others, 'pyramid')).toEqual(others.map(() => 'inactive'));
    const sizes = classes.map(name => tiersOf(views, rows, 'pyramid').filter(tier => tier === name).length);
    expect([active.length, ...sizes, others.length]).toEqual([4264, 43, 171, 639, 3411, 107]);
  });

  test('scores are the oracle’s quintiles, and types are what is high by them', async () => {
    const views = await pipeline().views();
    const scoresOf = ({ id }: OracleRow) => ['r', 'f', 'm'].map(axis => views.get(id)!.measures[`scored.${axis}`]);
    expect(active.map(scoresOf)).toEqual(active.map(({ scores }) => scores));
    expect(tiersOf(views, active, 'scored')).toEqual(
      active.map(({ scores }) => typeOf(scores!.map(score => score >= 4))),
    );
    expect(others.map(row => scoresOf(row)[0])).toEqual(others.map(() => null));
    expect(tiersOf(views, others, 'scored')).toEqual(others.map(() => null));
  });

  test('types against the mean are those of the oracle’s means', async () => {
    const mean = (numberOf: (row: OracleRow) => number): number =>
      active.reduce((sum, row) => sum + numberOf(row), 0) / active.length;
    const [meanDays, meanOrders, meanSpend] = [mean(row => row.days!), mean(row => row.orders), mean(spendOf)];
    const views = await pipeline().views();
    expect(tiersOf(views, active, 'average')).toEqual(
      active.map(({ days, orders, spendMinor }) =>
        typeOf([days! <= meanDays, orders >= meanOrders, spendMinor >= meanSpend]),
      ),
    );
    expect(tiersOf(views, others, 'average')).toEqual(others.map(() => null));
  });

  test('whoever moved with the cuts moved once, because of the population', async () => {
    const after = await pipeline().views();
    const moved = [...after].flatMap(([id, { standings }]) =>
      Object.entries(standings).flatMap(([program, { tier }]) => {
        const from = before.views.get(id)!.standings[program]!.tier;
        return from === tier ? [] : [`${id} ${program} ${from} → ${tier}`];
      }),
    );
    expect(moved.length).toBeGreaterThan(1000);
    const published = (await populationChanges()).map(
      ({ customerId, program, from, to }) => `${customerId} ${program} ${from} → ${to}`,
    );
    expect(published.sort()).toEqual(moved.sort());
    expect((await pipeline().tierChanges()).flat()).toHaveLength(before.changes + moved.length);
    await expectSameAsFold(pipeline());
  });

  test('every slice comes to the cuts by sweeps that follow them', async () => {
    const sweeps = (await controls<SliceSwept>('SliceSwept')).filter(({ calibration }) => calibration !== null);
    const swept = sweeps.flatMap(({ fromSlice, toSlice }) => {
      return Array.from({ length: toSlice - fromSlice + 1 }, (_, i) => fromSlice + i);
    });
    expect(swept).toEqual(Array.from({ length: 64 }, (_, slice) => slice));
  });

  test('Redis loses everything: the log is folded again, nothing is published twice, and all is as it was', async () => {
    const changes = await pipeline().tierChanges();
    const log = (await pipeline().logRecords()).map(({ length }) => length);
    const stored = await storedContent(pipeline());
    const kinds = new Set([...stored.keys()].map(key => key.replace(/^.*\}:/, '').replace(/:.*$/, '')));
    expect([...kinds]).toEqual(expect.arrayContaining(['view', 'state', 'due', 'rank', 'closing', 'headline']));

    await pipeline().redis.flushall();
    await setClock(pipeline());
    await calibrated(pipeline());
    const again = await storedContent(pipeline());
    expect([...again.keys()]).toEqual([...stored.keys()]);
    expect([...again].filter(([key, text]) => stored.get(key) !== text).map(([key]) => key)).toEqual([]);
    expect(await pipeline().tierChanges()).toEqual(changes);
    expect((await pipeline().logRecords()).map(({ length }) => length)).toEqual(log);
    await expectSameAsFold(pipeline());
  });
});

function tiersOf(views: ReadonlyMap<string, CustomerView>, of: readonly OracleRow[], program: string) {
  return of.map(({ id }) => views.get(id)!.standings[program]?.tier ?? null);
}

function typeOf(isHigh: readonly boolean[]): string {
  return `rfm.${isHigh.map(high => (high ? '1' : '0')).join('')}`;
}

function spendOf({ spendMinor }: OracleRow): number {
  return spendMinor;
}

function readOracle(): OracleRow[] {
  const columns = ['customer_id', 'last_purchase_ts', 'freq_365', 'spend_365_minor', 'r_cd', 'f_cd', 'm_cd'] as const;
  return publishedTable(`${sample}/oracle-2011-12-10.csv`, [...columns, 'pyramid_active']).map(row => {
    const { customer_id: id, last_purchase_ts: last, r_cd, f_cd, m_cd, pyramid_active } = row;
    return {
      id,
      days: last === '' ? null : parseDay(lastDay)! - parseDay(last.slice(0, 10))!,
      orders: Number(row.freq_365),
      spendMinor: Number(row.spend_365_minor),
      scores: r_cd === '' ? null : [Number(r_cd), Number(f_cd), Number(m_cd)],
      pyramidClass: pyramid_active === '' ? null : Number(pyramid_active),
    };
  });
}
