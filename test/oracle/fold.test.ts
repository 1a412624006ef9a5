/** The real fold against the naive one, over random logs. */
import { parseDay } from '@tierflow/customer/epoch-day';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NaiveFold } from './naive-fold.ts';
import { oracleTimeoutMs, runs } from './oracle-runs.ts';
import { batchSizes, logOf, logPlan } from './random-log.ts';
import { measuresOf, RealFold } from './real-fold.ts';

test('emissions, rejections and measures are those of the naive fold', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(logPlan, batchSizes, async (plan, sizes) => {
      const log = logOf(plan);
      const real = await new RealFold(log).run(sizes);
      const naive = new NaiveFold(real.whoIsDue).fold(log);
      expect(real.records).toEqual(naive.records);
      expect(real.rejected).toEqual(naive.rejections);
      const { views } = real.store.partition(0);
      expect([...views.keys()].sort()).toEqual([...naive.customers.keys()].sort());
      for (const [id, json] of views) {
        expect(measuresOf(json)).toEqual(naive.measuresOf(id, parseDay(JSON.parse(json).asOf)!));
      }
    }),
    runs(1000),
  );
});

test('a view is current once its slices were swept', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(logPlan, fc.constantFrom(1, 6, 29, 89, 366), async (plan, days) => {
      const swept = { step: 'sweepDue', fromSlice: 0, toSlice: 3 } as const;
      const log = logOf({ ...plan, steps: [...plan.steps, { step: 'tick', days }, swept] });
      const real = await new RealFold(log).run([500]);
      const naive = new NaiveFold(real.whoIsDue).fold(log);
      for (const [id, json] of real.store.partition(0).views) {
        // Days since a fact grow by themselves; every other number is what it is today.
        const today = Object.entries(naive.measuresOf(id, Math.max(naive.logDay!, naive.customers.get(id)!.day)));
        const growsByItself = (name: string) => naive.policyOf(id)?.measures[name]?.op === 'since';
        expect(measuresOf(json)).toMatchObject(Object.fromEntries(today.filter(([name]) => !growsByItself(name))));
      }
    }),
    runs(300),
  );
});
