/** Runs seeds one after another in this thread, without a clock or a timer in reach of the code under test. */
import { Coverage } from './coverage.ts';
import { planOf, runPlan } from './run-seed.ts';

export interface SeedsRun {
  readonly seeds: number;
  readonly steps: number;
  readonly changes: number;
  readonly faults: number;
  readonly violations: readonly { readonly seed: number; readonly what: string }[];
  readonly coverage: readonly (readonly [string, number])[];
}

export interface SeedRange {
  readonly from: number;
  readonly count: number;
  /** Ends at the first violation. */
  readonly stopsAtViolation: boolean;
}

export async function runSeeds({ from, count, stopsAtViolation }: SeedRange): Promise<SeedsRun> {
  const coverage = new Coverage();
  const violations: { seed: number; what: string }[] = [];
  let [seeds, steps, changes, faults] = [0, 0, 0, 0];
  await withoutClock(async () => {
    for (let seed = from; seed < from + count; seed++) {
      const plan = planOf(seed);
      const outcome = await runPlan(plan);
      seeds++;
      steps += outcome.steps;
      changes += outcome.changes;
      faults += plan.faults.length + (plan.disaster === null ? 0 : 1);
      coverage.add(outcome.coverage);
      if (outcome.violation === null) continue;
      violations.push({ seed, what: outcome.violation });
      if (stopsAtViolation) return;
    }
  });
  return { seeds, steps, changes, faults, violations, coverage: [...coverage.counts] };
}

/** Whoever asks for the time, for chance or for a timer meets an error, and its seed a violation. */
export async function withoutClock<T>(work: () => Promise<T>): Promise<T> {
  const kept = { now: Date.now, random: Math.random, setTimeout, setInterval };
  const trap = (name: string) => () => {
    throw new Error(`${name} is not to be used: what it gives does not follow from the seed.`);
  };
  Date.now = trap('Date.now');
  Math.random = trap('Math.random');
  globalThis.setTimeout = trap('setTimeout') as unknown as typeof setTimeout;
  globalThis.setInterval = trap('setInterval') as unknown as typeof setInterval;
  try {
    return await work();
  } finally {
    Date.now = kept.now;
    Math.random = kept.random;
    globalThis.setTimeout = kept.setTimeout;
    globalThis.setInterval = kept.setInterval;
  }
}
