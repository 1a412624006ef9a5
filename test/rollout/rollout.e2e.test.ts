/**
 * A policy is changed under load: rolled out step by step, taken back half-way, rolled out to all, sealed; once undisturbed
 * and once while tiering and the conductor are killed. `npm run rollout` does the same with more customers, and for longer,
 * and holds the waits of events against their goal, which only a machine without other work can tell.
 *
 * What flows and who is killed follows from TIERFLOW_SEED. Which instruction a kill hits does not, so a repetition is the
 * same plan, not the same run.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type CarriedOut, carryOut } from './carry-out.ts';
import { describeReport } from './report.ts';

const seed = Number(process.env.TIERFLOW_SEED ?? 1);
const runTimeoutMs = 600_000;

describe.each([
  { title: 'undisturbed', kills: false, customers: 20_000, eventsPerSecond: 1000, calmSeconds: 3 },
  { title: 'with kills', kills: true, customers: 8_000, eventsPerSecond: 300, calmSeconds: 1 },
])('a roll-out $title', ({ title: _, ...sizes }) => {
  const settings = { ...sizes, seed };
  const { kills } = settings;
  let done: CarriedOut;

  beforeAll(async () => {
    const servers = {
      kafkaBrokers: inject('kafkaBrokers'),
      redisUrl: inject('redisUrl'),
      schemaRegistryUrl: inject('schemaRegistryUrl'),
    };
    done = await carryOut(servers, settings);
    process.stderr.write(`${describeReport(done.report)}\n`);
  }, runTimeoutMs);

  beforeEach(({ onTestFailed }) => onTestFailed(() => done.run.pipeline.keepFolder()));
  afterAll(() => done?.run.close(), 120_000);

  test('every change is published once, in order, as the fold of the log gives it, and stories have no gap', () => {
    expect(done.verdict.differences).toEqual([]);
    expect(done.verdict.problems).toEqual([]);
    expect(done.verdict.changes).toBe(done.verdict.expectedChanges);
  });

  test('every fact has emitted its change', () => {
    expect(done.verdict.answered).toBe(done.run.load.written);
    expect(done.verdict.answered).toBeGreaterThan(1000);
  });

  test('taken back, whoever did nothing stands exactly as before', () => {
    expect(done.verdict.restoration.different).toEqual([]);
    expect(done.verdict.restoration.untouched).toBeGreaterThan(settings.customers / 10);
    expect(done.verdict.movedBack).toBeGreaterThan(settings.customers / 50);
  });

  test('waits are measured in every stage', () => {
    for (const { events } of done.report.waits) expect(events).toBeGreaterThan(0);
  });

  test(kills ? 'in every stage tiering and the conductor are killed' : 'nobody is killed', () => {
    const stages = Map.groupBy(done.run.kills.done, ({ stage }) => stage);
    expect([...stages.keys()]).toEqual(kills ? ['rolled out in steps', 'rolled back', 'rolled out anew'] : []);
    for (const of of stages.values()) {
      expect(of.some(({ victim }) => victim.startsWith('tiering'))).toBe(true);
      expect(of.some(({ victim }) => victim.startsWith('conductor'))).toBe(true);
    }
  });
});
