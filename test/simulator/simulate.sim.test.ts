/** The commands that a person types, as tests. What fails prints the command that repeats it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planOf, runPlan } from './run-seed.ts';
import { weaknesses } from './weaknesses.ts';

const timeoutMs = 1_200_000;
const seeds = 5000;
const weaknessSeedsMax = 20_000;

interface Ran {
  readonly code: number | null;
  readonly result: Record<string, unknown>;
}

function simulate(...args: readonly string[]): Ran {
  const main = join(import.meta.dirname, 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (stdout === '') throw new Error(`npm run simulate -- ${args.join(' ')} printed nothing:\n${stderr}`);
  return { code: status, result: JSON.parse(stdout) };
}

const repeat = ({ seed, what }: { seed: number; what: string }) => `npm run simulate -- --seed ${seed} # ${what}`;

describe('the protocol under simulated faults', () => {
  test(`no invariant is broken by ${seeds} seeds, and they meet all that there is to meet`, {
    timeout: timeoutMs,
  }, () => {
    const { code, result } = simulate('--seeds', String(seeds));
    expect((result.violations as { seed: number; what: string }[]).map(repeat)).toEqual([]);
    expect(result.missing).toEqual([]);
    expect(result.seeds).toBe(seeds);
    expect(code).toBe(0);
  });

  test('every weakness is caught', { timeout: timeoutMs }, () => {
    const { code, result } = simulate('--weaknesses', '--seeds', String(weaknessSeedsMax));
    const caught = result.weaknesses as { name: string; seeds: number | null }[];
    expect(caught.map(({ name }) => name)).toEqual(weaknesses.map(({ name }) => name));
    expect(caught.filter(each => each.seeds === null)).toEqual([]);
    expect(code).toBe(0);
  });

  test('the same seed gives the same run, step by step', async () => {
    for (const seed of [1, 2, 41, 68]) {
      const [first, again] = [await runPlan(planOf(seed), true), await runPlan(planOf(seed), true)];
      expect(again.trace.length).toBeGreaterThan(100);
      expect(again.trace).toEqual(first.trace);
    }
  });
});
