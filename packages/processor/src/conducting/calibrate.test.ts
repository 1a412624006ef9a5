import type { ThresholdsCalibrated } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import { cutRanksOf, cutsOf } from '@tierflow/customer/population/calibration';
import { topShares } from '@tierflow/customer/population/top-shares';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrate } from './calibrate.ts';
import { compiledPopulation, pyramidNeeds, rfmNeeds } from './population-policy.ts';
import { RankIndexesUnderTest } from './rank-indexes-under-test.ts';
import { surveyPrograms } from './shortfall.ts';

const policy = compiledPopulation(1);
const day = 19_100;
const longHistory = { day, historyDays: 400, former: null };

/** By the name of the measure, in each partition. */
type Values = Readonly<Record<'spend' | 'orders' | 'silent', readonly (readonly number[])[]>>;

function indexesOf(values: Values, of: Policy = policy): RankIndexesUnderTest {
  const measures = new Map(of.rankings.map(({ key, measure }) => [key, measure as keyof Values]));
  return new RankIndexesUnderTest(key => values[measures.get(key)!]);
}

/** So many customers, in two partitions; the n-th has spent n × 10. */
function customers(count: number, factor = 1): Values {
  const numbers = Array.from({ length: count }, (_, n) => n + 1);
  const inPartitions = (value: (n: number) => number) =>
    [0, 1].map(partition => numbers.filter(n => n % 2 === partition).map(value));
  return {
    spend: inPartitions(n => n * 1000 * factor),
    orders: inPartitions(n => n),
    silent: inPartitions(n => day - n),
  };
}

/** Also shows that what is published compiles. */
async function calibrated(values: Values, former: ThresholdsCalibrated | null): Promise<ThresholdsCalibrated | null> {
  const record = await calibrate(indexesOf(values), policy, { ...longHistory, former });
  if (record !== null) compiledPopulation(1, record);
  return record;
}

const partitioned = (value: fc.Arbitrary<number>) =>
  fc.array(fc.array(value, { minLength: 3, maxLength: 20 }), { minLength: 3, maxLength: 4 });
const arbitraryValues: fc.Arbitrary<Values> = fc.record({
  spend: partitioned(fc.integer({ min: -2_000, max: 90_000 })),
  orders: partitioned(fc.integer({ min: 0, max: 4 })),
  silent: partitioned(fc.integer({ min: day - 100, max: day })),
});

test('the cuts are those of the sorted values of all partitions, and so are the values of the top shares', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryValues, async values => {
      const record = (await calibrated(values, null))!;
      expect(record).toMatchObject({ policyId: 'population', policyVersion: 1, calibration: 1, day });
      const measures = new Map(policy.rankings.map(({ key, measure }) => [key, measure as keyof Values]));
      const sortedOf = (ranking: string) => values[measures.get(ranking)!].flat().sort((a, b) => a - b);
      const expected = policy.programs.map(({ name, population }) => ({
        program: name,
        size: Math.min(...population!.axes.map(({ ranking }) => sortedOf(ranking).length)),
        axes: population!.axes.map(axis => {
          const sorted = sortedOf(axis.ranking);
          const sum = sorted.reduce((total, value) => total + BigInt(value), 0n);
          const asked = new Set(cutRanksOf(axis, sorted.length));
          const valueAt = (rank: number) => (asked.has(rank) ? sorted[rank]! : Number.NaN);
          return { axis: axis.axis, cuts: cutsOf(axis, { size: sorted.length, valueAt, sum }, day) };
        }),
      }));
      expect(record.programs).toEqual(expected);
      for (const { ranking, size, topValues } of record.rankings) {
        const descending = sortedOf(ranking).reverse();
        expect(size).toBe(descending.length);
        expect(topValues).toEqual(topShares.map(share => descending[Math.ceil((size * share) / 1000) - 1]));
      }
    }),
    { numRuns: 200 },
  );
});

describe('nothing is published', () => {
  test('while the population stands', async () => {
    const values = customers(40);
    const first = await calibrated(values, null);
    expect(await calibrated(values, first)).toBeNull();
  });

  test('while every cut is within the dead band', async () => {
    const first = await calibrated(customers(40), null);
    expect(await calibrated(customers(40, 1.05), first)).toBeNull();
    expect(await calibrated(customers(40, 1.06), first)).not.toBeNull();
  });

  test('for a population that is too small, or a history that is too short', async () => {
    const { minCustomers, minDays } = pyramidNeeds;
    const small = indexesOf(customers(minCustomers - 1));
    expect(await calibrate(small, policy, longHistory)).toBeNull();
    const enough = indexesOf(customers(minCustomers));
    expect(await calibrate(enough, policy, { ...longHistory, historyDays: minDays - 1 })).toBeNull();
    expect(await calibrate(enough, policy, { ...longHistory, historyDays: minDays })).not.toBeNull();
    expect(await surveyPrograms(small, policy, 400)).toMatchObject([
      { program: 'pyramid', size: 4, shortfall: { kind: 'customers', size: 4, minCustomers } },
      { program: 'shape', size: 4, shortfall: { kind: 'customers', size: 4, minCustomers: rfmNeeds.minCustomers } },
    ]);
    expect(await surveyPrograms(indexesOf(customers(9)), policy, 5)).toMatchObject([
      { shortfall: null },
      { shortfall: { kind: 'days', historyDays: 5, minDays: rfmNeeds.minDays } },
    ]);
  });
});

test('a program is listed once its population is large enough, and no longer than it is', async () => {
  const programsOf = (record: ThresholdsCalibrated | null) => record?.programs.map(({ program }) => program);
  const one = await calibrated(customers(6), null);
  expect(programsOf(one)).toEqual(['pyramid']);
  const both = await calibrated(customers(8), one);
  expect(programsOf(both)).toEqual(['pyramid', 'shape']);
  expect(both!.calibration).toBe(2);
  const none = await calibrated(customers(2), both);
  expect(programsOf(none)).toEqual([]);
  expect(await calibrated(customers(2), none)).toBeNull();
});

test('with the cuts of one program that have moved, those of the other are told as they were', async () => {
  const first = (await calibrated(customers(40), null))!;
  // Orders move the frequency of rfm alone.
  const orders = customers(40).orders.map(counts => counts.map(count => count * 9));
  const second = (await calibrated({ ...customers(40), orders }, first))!;
  expect(second.programs[0]).toEqual(first.programs[0]);
  expect(second.programs[1]).not.toEqual(first.programs[1]);
});
