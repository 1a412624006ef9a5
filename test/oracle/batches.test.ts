/** The same log gives the same emissions and the same stored bytes, however it is cut, cached and handed over. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oracleTimeoutMs, runs } from './oracle-runs.ts';
import { batchSizes, logOf, logPlan, rolloutPlan } from './random-log.ts';
import { RealFold } from './real-fold.ts';

test('batches do not show', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(logPlan, rolloutPlan), batchSizes, async (plan, sizes) => {
      const log = logOf(plan);
      const whole = await new RealFold(log).run([500]);
      const cuts = [
        await new RealFold(log).run([1]),
        await new RealFold(log).run([7]),
        await new RealFold(log).run(sizes),
        await new RealFold(log, { cacheCustomersMax: 2 }).run(sizes),
        await new RealFold(log, { cacheCustomersMax: 0 }).run([1]),
        await new RealFold(log, { unpublishedBytesMax: 0 }).run(sizes, true),
        await new RealFold(log).run([1], true),
      ];
      for (const cut of cuts) {
        expect(cut.output.published).toEqual(whole.output.published);
        expect(cut.rejected).toEqual(whole.rejected);
        expect(cut.stored).toEqual(whole.stored);
        expect(cut.store.partition(0).outbox).toEqual([]);
        expect(cut.output.openPublishers).toBe(0);
      }
    }),
    runs(100),
  );
});
