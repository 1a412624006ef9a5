/**
 * Exactly once, under fire, for four minutes: processes are killed, frozen and drained, Redis is flushed, rolled back, killed
 * and failed over, the broker is killed and frozen, the network loses, delays and cuts, EndTxn comes twice, and what flows
 * is partly hostile. Afterwards the output has to be what the fold of the same log gives without any fault.
 *
 * Which faults come in which order follows from TIERFLOW_SEED. Which instruction a fault hits does not, so a repetition is
 * the same plan, not the same run.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type CarriedOut, carryOut } from './carry-out.ts';
import { compareChanges, type Published } from './comparison.ts';
import { type FaultKind, faultKinds } from './fault-kinds.ts';
import { describeReport } from './report.ts';

const seed = Number(process.env.TIERFLOW_SEED ?? 1);
const minutes = 4;
const repeat = `Repeat: npm run chaos -- --minutes ${minutes} --seed ${seed}\n`;
const runTimeoutMs = 1_200_000;
const workerKillGapSecondsMax = 15;

describe(`under faults, seed ${seed}`, () => {
  let done: CarriedOut;

  beforeAll(async () => {
    try {
      const kinds = Object.keys(faultKinds) as FaultKind[];
      const settings = { minutes, seed, kinds, duplicatedShare: 0.15, faultMsMax: 5000 };
      done = await carryOut(settings, true, inject('schemaRegistryUrl'));
      process.stderr.write(`${describeReport(done.report)}\n`);
    } catch (error) {
      process.stderr.write(repeat);
      throw error;
    }
  }, runTimeoutMs);

  beforeEach(({ onTestFailed }) =>
    onTestFailed(() => {
      done.run.pipeline.keepFolder();
      process.stderr.write(repeat);
    }),
  );

  afterAll(() => done?.close(), 120_000);

  test('every kind of fault comes, and meets processes at work', () => {
    expect(done.report.notCovered).toEqual([]);
    expect(done.run.done.filter(({ hitWork }) => !hitWork)).toEqual([]);
    expect(done.verdict.halted).toEqual([]);
  });

  test('every change is published once and in order, as the fold of the log gives it', () => {
    expect(done.verdict.expectedChanges).toBeGreaterThan(5000);
    expect(done.verdict.differences).toEqual([]);
  });

  test('whoever reads the output while it happens sees ids increase, and nothing vanish', () => {
    expect(done.verdict.violations).toEqual([]);
  });

  test('views, standings, counters and outbox are those of the fold, and no transaction is left open', () => {
    expect(done.verdict.stateDifferences).toEqual([]);
  });

  test('whatever is hostile is rejected for its reason, and nothing else is', () => {
    expect(done.verdict.rejects.wrong).toEqual([]);
    expect(done.verdict.rejects.found).toBeGreaterThan(0);
  });

  test('a worker that is killed is replaced in time', () => {
    const gap = done.report.kinds.find(({ kind }) => kind === 'killWorker')!.longestGapSeconds;
    expect(gap).toBeLessThanOrEqual(workerKillGapSecondsMax);
  });

  test('the comparison finds what is lost, doubled, changed and out of order, and nothing else', () => {
    const changes: Published[] = done.verdict.changes[0]!.map(({ id, record }) => ({ id, record }));
    const [first, second] = [changes[100]!, changes[101]!];
    const compare = (...middle: readonly Published[]) =>
      compareChanges(changes, [...changes.slice(0, 100), ...middle, ...changes.slice(102)]);
    expect(compare(first, second)).toEqual([]);
    expect(compare(second)).toEqual([{ what: 'lost', id: first.id }]);
    expect(compare(first, second, second)).toEqual([{ what: 'doubled', id: second.id }]);
    expect(compare(second, first)).toEqual([{ what: 'outOfOrder', id: first.id }]);
    expect(compare(first, { ...second, record: {} })).toEqual([{ what: 'different', id: second.id }]);
    expect(compare(first, { ...second, id: '0-0-0' }, second)).toEqual([{ what: 'unexpected', id: '0-0-0' }]);
  });
});
