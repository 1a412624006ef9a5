/** Cases per property. `ORACLE_RUNS=20000` makes a long run; a failure prints the seed and path that repeat it. */
const longRuns = process.env.ORACLE_RUNS;

export function runs(normally: number): { numRuns: number } {
  return { numRuns: longRuns === undefined ? normally : Number(longRuns) };
}

export const oracleTimeoutMs = 3_600_000;
