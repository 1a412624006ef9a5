/**
 * The suite can fail: tiering without two of its rules (control-weakness.ts says which), under a spoiled network and EndTxn
 * requests that come twice, doubles or loses changes, and the audit finds them.
 */
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type CarriedOut, carryOut } from './carry-out.ts';
import { describeReport } from './report.ts';
import { weakenedSettings } from './weakened.ts';

const seed = Number(process.env.TIERFLOW_SEED ?? 1);
const minutes = 2;
const repeat = `Repeat: npm run chaos -- --minutes ${minutes} --seed ${seed} --weaken\n`;
const runTimeoutMs = 600_000;

let done: CarriedOut;

beforeAll(async () => {
  try {
    done = await carryOut(weakenedSettings(minutes, seed), false, inject('schemaRegistryUrl'));
  } catch (error) {
    process.stderr.write(repeat);
    throw error;
  }
}, runTimeoutMs);

beforeEach(({ onTestFailed }) =>
  onTestFailed(() => {
    done.run.pipeline.keepFolder();
    process.stderr.write(`${describeReport(done.report)}\n${repeat}`);
  }),
);

afterAll(() => done?.close(), 120_000);

test('every worker was weakened, in each of its launches', () => {
  const launches = done.run.crew.workers.reduce((sum, worker) => sum + worker.launches, 0);
  expect(done.run.logged(/^weakened$/)).toHaveLength(2 * launches);
});

test('changes are lost or doubled, and whoever reads along sees it', () => {
  expect(done.report.lost + done.report.doubled).toBeGreaterThan(0);
  expect(done.verdict.violations).not.toEqual([]);
  expect(done.report.ok).toBe(false);
});
