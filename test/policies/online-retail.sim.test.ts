/**
 * The pyramid and the eight RFM types on the year of a real shop. What everybody must be on the last day is taken from the
 * sample's oracle, which was computed without tierflow: its classes, its scores, and the numbers behind them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { parseDecimal } from '@tierflow/customer/decimal';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { CustomerEvent } from '@tierflow/customer/events';
import { cutsOf } from '@tierflow/customer/population/calibration';
import { type Population, populationOf } from '@tierflow/customer/population/order-statistics';
import { pyramidClass, pyramidCuts } from '@tierflow/customer/population/pyramid';
import { tiesCuts } from '@tierflow/customer/population/quintiles-by-ties';
import { meanCut, rfmSegmentOf } from '@tierflow/customer/population/rfm-segments';
import { reaches, scoreByCuts } from '@tierflow/customer/population/score-by-cuts';
import { repositoryDir } from '@tierflow/local/paths';
import { beforeAll, expect, test } from 'vitest';
import { type CustomerThen, type Folded, foldUnderPolicy } from './fold-under-policy.ts';

const sample = join(repositoryDir, 'deploy/samples/online-retail');
const place = { zone: 'UTC', baseCurrency: 'GBP' };
const lastDay = parseDay('2011-12-09')!;
const activeCustomers = 4264;

interface OracleRow {
  readonly id: string;
  readonly daysSincePurchase: number | null;
  readonly orders: number;
  readonly spendMinor: number;
  /** Quintiles among the active: recency, frequency, monetary; null for those who are not. */
  readonly scores: readonly [number, number, number] | null;
  /** 1, the top, to 4; null likewise. */
  readonly pyramidClass: number | null;
}

const rows = readOracle();
const active = rows.filter(({ scores }) => scores !== null);
let events: readonly CustomerEvent[];

beforeAll(() => {
  const context = { ...place, nowMs: null, bootstrap: false, defaultSource: 'online-retail' };
  const lines = gunzipSync(readFileSync(join(sample, 'events.jsonl.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  events = lines.map(line => {
    const read = parseCanonicalLine(line, context);
    if (!read.ok) throw new SyntaxError(read.message.en);
    return read.event;
  });
});

test('under the written cuts the pyramid is that of the oracle, class by class', async () => {
  const { customers } = await foldAsWritten('pyramid.yaml');
  const classes = ['top', 'large', 'medium', 'small'];
  const others = rows.filter(({ scores }) => scores === null);
  expect(new Set(tiersOf(customers, others, 'pyramid'))).toEqual(new Set(['inactive']));
  expect(tiersOf(customers, active, 'pyramid')).toEqual(active.map(({ pyramidClass }) => classes[pyramidClass! - 1]));
  expect([1, 2, 3, 4].map(wanted => active.filter(({ pyramidClass }) => pyramidClass === wanted).length)).toEqual([
    43, 171, 639, 3411,
  ]);
});

test('under the written numbers scores are the oracle’s quintiles, and types are high and low as it gives', async () => {
  const { customers } = await foldAsWritten('rfm-eight.yaml');
  const scores = active.map(({ id }) => {
    const { measures } = customers.get(id)!;
    return ['r', 'f', 'm'].map(axis => measures[`rfm-by-score.${axis}`]);
  });
  expect(scores).toEqual(active.map(row => row.scores));

  const typeOf = (isHigh: readonly boolean[]): string => `rfm.${isHigh.map(high => (high ? '1' : '0')).join('')}`;
  expect(tiersOf(customers, active, 'rfm-by-score')).toEqual(
    active.map(row => typeOf(row.scores!.map(score => score >= 4))),
  );

  const mean = (numberOf: (row: OracleRow) => number): number =>
    active.reduce((sum, row) => sum + numberOf(row), 0) / active.length;
  const meanDays = mean(row => row.daysSincePurchase!);
  const meanOrders = mean(row => row.orders);
  const meanSpend = mean(row => row.spendMinor);
  expect([meanDays, meanOrders, meanSpend / 100].map(value => value.toFixed(2))).toEqual(['87.24', '4.16', '1877.45']);
  expect(tiersOf(customers, active, 'rfm')).toEqual(
    active.map(({ daysSincePurchase, orders, spendMinor }) =>
      typeOf([daysSincePurchase! <= meanDays, orders >= meanOrders, spendMinor >= meanSpend]),
    ),
  );
});

test.each([
  ['pyramid.yaml', 'pyramid'],
  ['pyramid.yaml', 'account-care'],
  ['rfm-eight.yaml', 'rfm-by-score'],
])('the cuts that %s is written with for %s are those of the shop on that day', (file, name) => {
  const parsed = parsePolicy(textOf(file), { baseCurrencyDigits: 2, horizonDays: 800 });
  if (!parsed.ok) throw new SyntaxError(JSON.stringify(parsed.problems));
  const numbers = {
    spend365: (row: OracleRow) => row.spendMinor,
    orders365: (row: OracleRow) => row.orders,
    daysSincePurchase: (row: OracleRow) => lastDay - row.daysSincePurchase!,
  };
  const { rankings, programs } = parsed.policy;
  const { axes } = programs.find(program => program.name === name)!.population!;
  const taken = axes.map(axis => {
    const { measure } = rankings.find(({ key }) => key === axis.ranking)!;
    const values = active.map(numbers[measure as keyof typeof numbers]).sort((a, b) => a - b);
    return cutsOf(axis, { ...populationOf(values), sum: 0n }, lastDay);
  });
  expect(axes.map(({ cuts }) => cuts)).toEqual(taken);
});

test('who bought nothing for a year is low on every axis, and who never bought has no type', async () => {
  const { customers } = await foldAsWritten('rfm-eight.yaml');
  const others = rows.filter(({ scores }) => scores === null);
  expect(others).toHaveLength(rows.length - activeCustomers);
  expect(tiersOf(customers, others, 'rfm')).toEqual(
    others.map(({ daysSincePurchase }) => (daysSincePurchase === null ? null : 'rfm.000')),
  );
});

test('in the morning everybody is in the class that the shop as a whole gives', async () => {
  const { customers } = await foldToTheMorning('pyramid.yaml');
  const buyers = buyersAmong(customers);
  const cuts = pyramidCuts(
    populationBy(buyers, ({ spend365 }) => minorOf(spend365)),
    [100, 500, 2000],
  );
  const classes = ['top', 'large', 'medium', 'small'];
  expect(buyers.map(({ standings }) => standings.pyramid!.tier)).toEqual(
    buyers.map(({ measures }) => classes[pyramidClass(minorOf(measures.spend365), cuts) - 1]),
  );
  expect(buyers.length).toBeGreaterThan(4000);
  for (const { standings } of buyers) expect(standings.pyramid!.cuts).not.toBe('fixed');
});

test('in the morning everybody has the scores and types that the shop as a whole gives', async () => {
  const { customers } = await foldToTheMorning('rfm-eight.yaml');
  const buyers = buyersAmong(customers);
  const axes = [
    { better: 'less', numberOf: ({ daysSincePurchase }: Measures) => daysSincePurchase as number },
    { better: 'more', numberOf: ({ orders365 }: Measures) => orders365 as number },
    { better: 'more', numberOf: ({ spend365 }: Measures) => minorOf(spend365) },
  ] as const;
  const cuts = axes.map(({ better, numberOf }) => tiesCuts(populationBy(buyers, numberOf), better));
  const means = axes.map(({ better, numberOf }) =>
    meanCut(
      buyers.reduce((sum, { measures }) => sum + BigInt(numberOf(measures)), 0n),
      buyers.length,
      better,
    ),
  );
  for (const { measures, standings } of buyers) {
    const scores = axes.map(({ better, numberOf }, at) => scoreByCuts(numberOf(measures), cuts[at]!, better));
    expect(['r', 'f', 'm'].map(axis => measures[`rfm-by-score.${axis}`])).toEqual(scores);
    const [recency, frequency, monetary] = axes.map(({ better, numberOf }, at) =>
      reaches(numberOf(measures), means[at]!, better),
    );
    expect(standings.rfm!.tier).toBe(rfmSegmentOf(recency!, frequency!, monetary!));
    expect(standings['rfm-by-score']!.tier).toBe(rfmSegmentOf(scores[0]! >= 4, scores[1]! >= 4, scores[2]! >= 4));
  }
});

type Measures = CustomerThen['measures'];

/** As a policy has it that no population is large enough for. */
function foldAsWritten(policy: string): Promise<Folded> {
  return foldUnderPolicy(withPopulation(policy, 'minCustomers: 1000000'), events, lastDay, place);
}

/** To where cuts were just taken, before anything else happens on the day: without a dead band, and on the last days only. */
function foldToTheMorning(policy: string): Promise<Folded> {
  const before = events.filter(({ businessDay }) => businessDay < lastDay);
  return foldUnderPolicy(withPopulation(policy, 'deadBandPercent: 0, minDays: 370'), before, lastDay, place);
}

function withPopulation(policy: string, setting: string): string {
  const text = textOf(policy);
  const changed = text.replaceAll('population: {', `population: { ${setting},`);
  expect(changed).not.toBe(text);
  return changed;
}

function buyersAmong(customers: Folded['customers']): CustomerThen[] {
  return [...customers.values()].filter(({ measures }) => measures.orders365 !== 0);
}

function populationBy(customers: readonly CustomerThen[], numberOf: (measures: Measures) => number): Population {
  return populationOf(customers.map(({ measures }) => numberOf(measures)).sort((a, b) => a - b));
}

function minorOf(money: unknown): number {
  return parseDecimal(money as string, 2)!;
}

function textOf(policy: string): string {
  return readFileSync(join(repositoryDir, 'deploy/policies', policy), 'utf8');
}

function tiersOf(customers: Folded['customers'], of: readonly OracleRow[], program: string) {
  return of.map(({ id }) => customers.get(id)!.standings[program]?.tier ?? null);
}

function readOracle(): OracleRow[] {
  const lines = readFileSync(join(sample, 'oracle-2011-12-10.csv'), 'utf8').trim().split('\n').slice(1);
  return lines.map(line => {
    const [id, last, orders, , , spend, r, f, m, pyramidClass] = line.split(',') as [string, ...string[]];
    return {
      id,
      daysSincePurchase: last === '' ? null : lastDay - parseDay(last!.slice(0, 10))!,
      orders: Number(orders),
      spendMinor: Number(spend),
      scores: r === '' ? null : [Number(r), Number(f), Number(m)],
      pyramidClass: pyramidClass === '' ? null : Number(pyramidClass),
    };
  });
}
