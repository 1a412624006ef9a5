/**
 * Cases per property. `ORACLE_RUNS=20000` makes a long run. A failure ends with the one command that repeats it, which
 * carries the seed and the path of the smallest case in `ORACLE_SEED` and `ORACLE_PATH`.
 */
import fc from 'fast-check';
import { expect } from 'vitest';

const { ORACLE_RUNS: longRuns, ORACLE_SEED: seed, ORACLE_PATH: path } = process.env;

export function runs<T>(normally: number): fc.Parameters<T> {
  const { currentTestName, testPath } = expect.getState();
  return {
    numRuns: longRuns === undefined ? normally : Number(longRuns),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
    reporter: outcome => {
      if (!outcome.failed) return;
      const file = `test/${testPath?.split('/test/').at(-1)}`;
      const again = `ORACLE_SEED=${outcome.seed} ORACLE_PATH=${outcome.counterexamplePath}`;
      const command = `${again} npm test -- ${file} -t '${currentTestName}'`;
      throw new Error(`${fc.defaultReportMessage(outcome)}\n\nAgain: ${command}`, { cause: outcome.errorInstance });
    },
  };
}

export const oracleTimeoutMs = 3_600_000;
