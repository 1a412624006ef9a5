/** Spreads seeds over threads and adds up what came of them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import type { SeedRange, SeedsRun } from './run-seeds.ts';

export interface SeedsOrder {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  readonly weakness: string | null;
  /** Ends at the first violation; the seeds run so far are those that were needed. */
  readonly stopsAtViolation: boolean;
  readonly onProgress?: (seeds: number, violations: number) => void;
}

const portionSeeds = 50;
const firstPortionSeeds = 5;

export async function runSeedsInThreads(order: SeedsOrder): Promise<SeedsRun> {
  const { from, seeds, jobs, weakness, stopsAtViolation } = order;
  const coverage = new Coverage();
  const violations: { seed: number; what: string }[] = [];
  const total = { seeds: 0, steps: 0, changes: 0, faults: 0 };
  let next = from;
  let isDone = false;

  const take = (): SeedRange | null => {
    const left = from + seeds - next;
    if (left <= 0 || isDone) return null;
    const count = Math.min(left, next === from ? firstPortionSeeds : portionSeeds);
    next += count;
    return { from: next - count, count, stopsAtViolation };
  };
  const thread = async () => {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: { weakness } });
    try {
      for (let range = take(); range !== null; range = take()) {
        worker.postMessage(range);
        const [run] = (await once(worker, 'message')) as [SeedsRun];
        for (const key of ['seeds', 'steps', 'changes', 'faults'] as const) total[key] += run[key];
        coverage.add(run.coverage);
        violations.push(...run.violations);
        if (stopsAtViolation && violations.length > 0) isDone = true;
        order.onProgress?.(total.seeds, violations.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: jobs }, thread));
  violations.sort((a, b) => a.seed - b.seed);
  return { ...total, violations, coverage: [...coverage.counts] };
}
