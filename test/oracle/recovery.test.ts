/** Whatever is lost or fails, the output ends as that of an undisturbed run: ids, payloads and order, nothing twice. */
import { CursorMoved, Fenced, PortFailure } from '@tierflow/processor/errors';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import type { PartitionTask } from '@tierflow/processor/partition-task';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Crashes } from './crashes.ts';
import { oracleTimeoutMs, runs } from './oracle-runs.ts';
import { logPlan as anyPlan, batchSizes, logOf, rolloutPlan } from './random-log.ts';
import { RealFold } from './real-fold.ts';

const logPlan = fc.oneof(anyPlan, rolloutPlan);

type Stored = ReturnType<InMemoryStateStore['partition']>;

function backupOf(store: InMemoryStateStore): Stored {
  return structuredClone(store.partition(0));
}

function restore(store: InMemoryStateStore, backup: Stored | null): void {
  const empty = new InMemoryStateStore().partition(0);
  Object.assign(store.partition(0), structuredClone(backup ?? empty));
}

/** Folds on, in batches of the given sizes, but not past so many records. */
async function foldUpTo(real: RealFold, task: PartitionTask, sizes: readonly number[], until: number): Promise<void> {
  const end = real.log.records[until]?.offset ?? real.log.end;
  for (let i = 0; task.position < end; i++) {
    const { records, nextOffset } = real.next(task, sizes[i % sizes.length]!);
    const inTime = records.filter(({ offset }) => offset < end);
    await task.process(inTime, Math.min(nextOffset, end));
  }
}

const somewhere = fc.nat(60);

test('a store that was lost or rolled back heals', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(
      logPlan,
      batchSizes,
      somewhere,
      somewhere,
      fc.boolean(),
      async (plan, sizes, first, more, isLost) => {
        const log = logOf(plan);
        const undisturbed = await new RealFold(log).run([500]);
        const real = new RealFold(log);
        const task = await real.takeOver();
        await foldUpTo(real, task, sizes, first);
        await task.drain();
        const backup = isLost ? null : backupOf(real.store);
        await foldUpTo(real, task, sizes, first + more);
        await task.drain();
        await task.close();
        restore(real.store, backup);
        await real.run(sizes);
        expect(real.output.published).toEqual(undisturbed.output.published);
        expect(real.stored).toEqual(undisturbed.stored);
      },
    ),
    runs(300),
  );
});

test('a running owner notices that its store was rolled back', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(logPlan, batchSizes, somewhere, somewhere, async (plan, sizes, first, more) => {
      const log = logOf(plan);
      const undisturbed = await new RealFold(log).run([500]);
      const real = new RealFold(log, { cacheCustomersMax: 2 });
      const task = await real.takeOver();
      await foldUpTo(real, task, sizes, first);
      await task.drain();
      const backup = backupOf(real.store);
      await foldUpTo(real, task, sizes, first + more);
      await task.drain();
      const hasMoved = backup.cursor !== real.store.partition(0).cursor;
      restore(real.store, backup);
      const rest = foldUpTo(real, task, sizes, log.length).then(() => task.drain());
      if (hasMoved && task.position < real.log.end) await expect(rest).rejects.toThrow(CursorMoved);
      else await rest;
      await task.close();
      await real.run(sizes);
      expect(real.output.published).toEqual(undisturbed.output.published);
      expect(real.stored).toEqual(undisturbed.stored);
    }),
    runs(100),
  );
});

const crashes = fc.array(fc.record({ afterCalls: fc.nat(25), isDone: fc.boolean() }), { minLength: 1, maxLength: 8 });

test('a crash at any call loses nothing and doubles nothing', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(logPlan, batchSizes, crashes, fc.boolean(), async (plan, sizes, planned, isIdling) => {
      const log = logOf(plan);
      const undisturbed = await new RealFold(log).run([500]);
      const real = new RealFold(log);
      const faults = new Crashes(planned);
      let failures = 0;
      for (let isDone = false; !isDone; ) {
        let task: PartitionTask | null = null;
        try {
          task = await real.takeOver(ports => faults.over(ports));
          while (task.position < real.log.end) {
            const { records, nextOffset } = real.next(task, sizes[failures % sizes.length]!);
            await task.process(records, nextOffset);
            if (isIdling) await task.idle();
          }
          await task.drain();
          await task.idle();
          isDone = true;
        } catch (error) {
          // A lost answer leaves the store ahead of the task, which the next call meets as a cursor that moved.
          if (!(error instanceof PortFailure || error instanceof CursorMoved)) throw error;
          failures++;
        } finally {
          await task?.close();
        }
      }
      expect(failures).toBeLessThanOrEqual(planned.length);
      expect(real.output.published).toEqual(undisturbed.output.published);
      expect(real.stored).toEqual(undisturbed.stored);
      expect(new Set(real.rejected)).toEqual(new Set(undisturbed.rejected));
      expect(real.output.openPublishers).toBe(0);
    }),
    runs(300),
  );
});

test('an owner that thaws after its successor took over is fenced', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(logPlan, batchSizes, somewhere, somewhere, async (plan, sizes, first, more) => {
      const log = logOf(plan);
      const undisturbed = await new RealFold(log).run([500]);
      const real = new RealFold(log);
      const frozen = await real.takeOver();
      await foldUpTo(real, frozen, sizes, first);
      const successor = await real.takeOver();
      await foldUpTo(real, successor, sizes, first + more);
      if (frozen.position < real.log.end) {
        const thawed = foldUpTo(real, frozen, sizes, log.length).then(() => frozen.drain());
        await expect(thawed).rejects.toThrow(Fenced);
      }
      await frozen.close();
      await foldUpTo(real, successor, sizes, log.length);
      await successor.drain();
      await successor.idle();
      await successor.close();
      expect(real.output.published).toEqual(undisturbed.output.published);
      expect(real.stored).toEqual(undisturbed.stored);
    }),
    runs(100),
  );
});
