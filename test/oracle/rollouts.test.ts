/** Policies that come and go slice by slice, and cuts that move: the real fold against the naive one. */
import type { RolloutMode } from '@tierflow/customer/events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NaiveFold } from './naive-fold.ts';
import { oracleTimeoutMs, runs } from './oracle-runs.ts';
import { batchSizes, fact, type LogPlan, logOf, logPlanOf, type Step, tick } from './random-log.ts';
import { type RolloutStep, sliceCount, swept } from './random-rollouts.ts';
import { RealFold } from './real-fold.ts';
import { customersIn, placesIn, standingsIn, told } from './stored-standings.ts';

const plan = logPlanOf(10, 60, 35).map(drawn => ({ ...drawn, opensWithPolicy: true, publishesAll: true }));

async function bothOf(drawn: LogPlan, sizes: readonly number[] = [500]): Promise<[RealFold, NaiveFold]> {
  const log = logOf(drawn);
  const real = await new RealFold(log).run(sizes);
  return [real, new NaiveFold(real.whoIsDue).fold(log)];
}

test('records, rejections and standings are those of the naive fold', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, batchSizes, async (drawn, sizes) => {
      const [real, naive] = await bothOf(drawn, sizes);
      expect(real.records).toEqual(naive.records);
      expect(real.rejected).toEqual(naive.rejections);
      expect(standingsIn(real)).toEqual(told(naive));
    }),
    runs(500),
  );
});

test('the partition knows of roll-outs, cuts and rankings what the naive one knows', {
  timeout: oracleTimeoutMs,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async drawn => {
      const [real, { control }] = await bothOf(drawn);
      const { state } = real;
      expect(state.slices).toEqual(control.slices);
      expect([state.firstDay, state.rankingGeneration]).toEqual([
        control.firstDay ?? state.firstDay,
        control.generation,
      ]);
      for (const { version } of state.versions()) {
        expect(state.latestCalibration(version)?.calibration ?? 0).toBe(control.latest(version).calibration);
      }
    }),
    runs(500),
  );
});

test('customers have their places, and days are closed, as the facts give it', {
  timeout: oracleTimeoutMs,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plan, batchSizes, async (drawn, sizes) => {
      const [real, naive] = await bothOf(drawn, sizes);
      const { counters } = naive;
      const { flow, stock, headline, closings } = real.store.partition(0);
      expect(flow).toEqual(counters.flow);
      expect(stock).toEqual(counters.stock);
      expect(headline).toEqual(counters.headline);
      expect(new Map([...closings].map(([day, json]) => [day, JSON.parse(json)]))).toEqual(counters.closings);
      const { expected, found } = placesIn(real, naive);
      expect(found).toEqual(expected);
    }),
    runs(500),
  );
});

test('stock is what has flowed, and how many customers are in the tier', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async drawn => {
      const real = await new RealFold(logOf(drawn)).run([500]);
      const { flow, stock } = real.store.partition(0);
      const flowed = new Map<string, number>();
      for (const [key, count] of flow) {
        const [program, from, to] = key.split('|');
        for (const [tier, by] of [[from, -count] as const, [to, count] as const]) {
          if (tier !== 'none') flowed.set(`${program}|${tier}`, (flowed.get(`${program}|${tier}`) ?? 0) + by);
        }
      }
      expect(flowed).toEqual(stock);
      const held = new Map([...stock.keys()].map(key => [key, 0]));
      for (const standings of Object.values(standingsIn(real))) {
        for (const [program, { tier }] of Object.entries(standings)) {
          if (tier !== null) held.set(`${program}|${tier}`, held.get(`${program}|${tier}`)! + 1);
        }
      }
      expect(stock).toEqual(held);
    }),
    runs(500),
  );
});

test('a sweep that comes twice changes nothing the second time', { timeout: oracleTimeoutMs }, async () => {
  const again = fc.constantFrom<'due' | 'all' | 'index'>('due', 'all', 'index');
  await fc.assert(
    fc.asyncProperty(plan, again, async (drawn, mode) => {
      const log = logOf(drawn);
      const { offset, timestamp } = log.at(-1)!;
      const sweeps = [1, 2].map(after => ({
        offset: offset + after,
        timestamp: timestamp + after,
        key: null,
        event: swept(mode, 0, 3),
      }));
      const once = await new RealFold([...log, sweeps[0]!]).run([500]);
      const twice = await new RealFold([...log, ...sweeps]).run([500]);
      expect(twice.records).toEqual(once.records);
      expect(twice.storedOfCustomers).toEqual(once.storedOfCustomers);
    }),
    runs(500),
  );
});

const sweepDue: Step = { step: 'sweepDue', fromSlice: 0, toSlice: sliceCount - 1 };
const carriedOut = (slice: number): RolloutStep => ({
  step: 'carryOut',
  fromSlice: slice,
  toSlice: slice,
  isCalibrated: false,
});
const meanwhileStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fact },
  { weight: 2, arbitrary: tick },
  { weight: 2, arbitrary: fc.constant(sweepDue) },
);

/** A life under one policy, and the same life with roll-outs in it that were all taken back. */
const takenBack = fc.record({
  before: logPlanOf(3, 15, 0),
  rounds: fc.array(
    fc.record({
      mode: fc.constantFrom<RolloutMode>('immediate', 'grandfather', 'lazy'),
      version: fc.constantFrom(2, 3),
      slices: fc.integer({ min: 1, max: sliceCount }),
      swept: fc.shuffledSubarray([0, 1, 2, 3]),
      keepUntilIn: fc.constantFrom(0, 5, 400),
      meanwhile: fc.array(meanwhileStep, { maxLength: 12 }),
      sweptBack: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  after: fc.array(fc.constantFrom<Step>({ step: 'tick', days: 1 }, { step: 'tick', days: 30 }, sweepDue), {
    maxLength: 3,
  }),
});

test('after a rollback it is as if the roll-out had never been, for whom nothing has happened to', {
  timeout: oracleTimeoutMs,
}, async () => {
  await fc.assert(
    fc.asyncProperty(takenBack, async ({ before, rounds, after }) => {
      const settled: Step[] = [...before.steps.filter(({ step }) => step !== 'sweepAll'), sweepDue];
      const withRollouts: Step[] = [...settled];
      const without: Step[] = [...settled];
      const touched = new Set<string>();
      for (const { mode, version, slices, swept: first, keepUntilIn, meanwhile, sweptBack } of rounds) {
        const directive = { step: 'direct', version, mode, slices, keepUntilIn, fault: 'none' } as const;
        withRollouts.push({ ...directive, action: 'activate' }, ...first.map(carriedOut));
        for (const step of meanwhile) {
          withRollouts.push(step);
          without.push(step);
          if ('customer' in step) touched.add(`c${step.customer}`);
        }
        withRollouts.push({ ...directive, action: 'rollback' }, ...sweptBack.map(carriedOut));
      }
      const [taken, never] = await Promise.all(
        [withRollouts, without].map(steps => {
          const whole = [...steps, ...after, sweepDue];
          return new RealFold(logOf({ ...before, opensWithPolicy: true, publishesAll: true, steps: whole })).run([500]);
        }),
      );
      const untouched = (real: RealFold) => [...customersIn(real)].filter(([id]) => !touched.has(id)).sort();
      expect(untouched(taken!)).toEqual(untouched(never!));
    }),
    runs(500),
  );
});
