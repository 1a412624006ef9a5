/** A run from its namespace to its report. */
import type { Servers } from '../e2e/pipeline.ts';
import { type RolloutReport, reportOf } from './report.ts';
import { RolloutRun, type RolloutSettings } from './rollout-run.ts';
import { judge, type Verdict } from './verdict.ts';

export interface CarriedOut {
  readonly run: RolloutRun;
  readonly verdict: Verdict;
  readonly report: RolloutReport;
}

/** Whoever asked for it closes the run. */
export async function carryOut(servers: Servers, settings: RolloutSettings): Promise<CarriedOut> {
  const run = await RolloutRun.open(servers, settings);
  try {
    await run.carryOut();
    settings.onStep?.('the log is exported and folded, and everything compared');
    const verdict = await judge(run);
    return { run, verdict, report: reportOf(run, verdict) };
  } catch (error) {
    run.pipeline.keepFolder();
    await run.close();
    throw error;
  }
}
