/** Fuzzes one subject in a worker thread, under a watchdog. What fails says the one command that repeats it. */
import { Worker } from 'node:worker_threads';
import { expect } from 'vitest';
import type { Finding, FuzzMessage, FuzzOrder, FuzzReport } from './subject.ts';

/** Of wall time without an end to one input: far beyond the limit, because the machine may be busy. */
const hangMs = 20_000;
const watchMs = 250;
const heapGrowthMax = 64 * 1024 * 1024;
const heapMaxMb = 1024;

/** The suite tries the same inputs every time; a long run, `FUZZ_RUNS=100000`, tries new ones. */
const { FUZZ_RUNS: longRuns, FUZZ_SEED: givenSeed, FUZZ_PATH: givenPath = '' } = process.env;
const usualSeed = 20_240_531;

export const fuzzTimeoutMs = 3_600_000;

export async function fuzz(subject: string, runsNormally: number): Promise<FuzzReport> {
  const seed = givenSeed !== undefined ? Number(givenSeed) : longRuns !== undefined ? Date.now() | 0 : usualSeed;
  const runs = givenPath === '' ? (longRuns !== undefined ? Number(longRuns) : runsNormally) : 1;
  const begun = new SharedArrayBuffer(4);
  const order: FuzzOrder = { subject, seed, path: givenPath, runs, begun };
  const report = await runWorker(order);
  if (report.finding !== null) throw new Error(`${report.finding.message}\n${repeat(order, report.finding.path)}`);
  expect(report.heapGrowthBytes, `Memory grows.\n${repeat(order, '')}`).toBeLessThan(heapGrowthMax);
  if (longRuns !== undefined) console.log(`${subject}: ${JSON.stringify(report)}`);
  return report;
}

function runWorker(order: FuzzOrder): Promise<FuzzReport> {
  const begun = new Int32Array(order.begun);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('fuzz-worker.ts', import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: heapMaxMb },
    });
    let [seen, seenAt] = [0, performance.now()];
    const watchdog = setInterval(() => {
      const count = Atomics.load(begun, 0);
      if (count !== seen) [seen, seenAt] = [count, performance.now()];
      else if (performance.now() - seenAt > hangMs) fail(`It does not end (${hangMs / 1000} s).`);
    }, watchMs);
    const settle = (): void => {
      clearInterval(watchdog);
      void worker.terminate();
    };
    let found: Finding | null = null;
    const fail = (why: string): void => {
      settle();
      const begunLast = Math.max(0, Math.min(Atomics.load(begun, 0), order.runs) - 1);
      const { path, message } = found ?? { path: order.path === '' ? String(begunLast) : order.path, message: why };
      reject(new Error(`${message}\n${repeat(order, path)}`));
    };
    worker.on('message', (message: FuzzMessage) => {
      if (message.kind === 'found') {
        found = message.finding;
        return;
      }
      settle();
      resolve(message.report);
    });
    worker.on('error', error => fail(`The thread ended: ${(error as Error).stack}`));
  });
}

function repeat({ subject, seed }: FuzzOrder, path: string): string {
  const where = path === '' ? '' : ` FUZZ_PATH=${path}`;
  return `Repeat: FUZZ_SEED=${seed}${where} npm test -- test/fuzz/fuzz.sim.test.ts -t "${subject}"`;
}
