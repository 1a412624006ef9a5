/**
 * A policy is changed on a living base of 50,000 customers under load: rolled out slice by slice, taken back half-way,
 * rolled out whole and sealed; once undisturbed and once while conductors and workers are killed. `npm run rollout` does the
 * same at greater length.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { describeReport, reportOf } from './report.ts';
import { RolloutRun } from './rollout-run.ts';
import { judge, type Verdict } from './verdict.ts';

const seed = Number(process.env.TIERFLOW_SEED ?? 1);
const runTimeoutMs = 600_000;

describe.each([
  { title: 'undisturbed', kills: false, customers: 50_000, eventsPerSecond: 1000, calmSeconds: 3 },
  { title: 'with kills', kills: true, customers: 20_000, eventsPerSecond: 300, calmSeconds: 1 },
])('a roll-out $title', settings => {
  let run: RolloutRun;
  let verdict: Verdict;

  beforeAll(async () => {
    const servers = {
      kafkaBrokers: inject('kafkaBrokers'),
      redisUrl: inject('redisUrl'),
      schemaRegistryUrl: inject('schemaRegistryUrl'),
    };
    run = await RolloutRun.open(servers, { ...settings, seed });
    try {
      await run.carryOut();
      verdict = await judge(run);
      process.stderr.write(`${describeReport(reportOf(run, verdict))}\n`);
    } catch (error) {
      run.pipeline.keepFolder();
      throw error;
    }
  }, runTimeoutMs);

  afterAll(() => run?.close(), 120_000);

  test('the output is the fold of the log: nothing is lost, doubled or out of order', () => {
    expect(verdict.differences).toEqual([]);
    expect(verdict.violations).toEqual([]);
    expect(verdict.byCause.policy).toBeGreaterThan(1000);
  });

  test('views, standings and counters are those of the fold', () => {
    expect(verdict.stateDifferences).toEqual([]);
  });

  test('taken back, whoever did nothing stands exactly as before', () => {
    expect(verdict.notRestored).toEqual([]);
    expect(verdict.untouched).toBeGreaterThan(1000);
    expect(run.moved).toBeGreaterThan(100);
  });

  test('sealed, there is no way back', () => {
    expect(run.tooLate).not.toBe('');
  });

  test('who is killed comes back, or nobody is killed', () => {
    expect(run.kills.length > 2).toBe(settings.kills);
  });
});
