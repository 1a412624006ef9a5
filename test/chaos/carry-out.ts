/** A run from its servers to its report, on a folder of its own that goes when nothing was found. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChaosRun, type ChaosSettings, laneNames } from './chaos-run.ts';
import { ChaosServers } from './chaos-servers.ts';
import { type ChaosReport, reportOf } from './report.ts';
import { judge, type Verdict } from './verdict.ts';

export interface CarriedOut {
  readonly run: ChaosRun;
  readonly verdict: Verdict;
  readonly report: ChaosReport;
  close(): Promise<void>;
}

/** @param schemaRegistryUrl one that runs already; without it, one is started */
export async function carryOut(
  settings: ChaosSettings,
  isMixed: boolean,
  schemaRegistryUrl?: string,
): Promise<CarriedOut> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tierflow-chaos-'));
  const discard = () => rmSync(dataDir, { recursive: true, force: true });
  process.once('exit', discard);
  let servers: ChaosServers | null = null;
  let run: ChaosRun | null = null;
  const close = async () => {
    try {
      await run?.close();
    } finally {
      await servers?.stop();
      discard();
      process.off('exit', discard);
    }
  };
  try {
    servers = await ChaosServers.start(dataDir, laneNames, settings.seed, schemaRegistryUrl);
    run = await ChaosRun.open(servers, settings);
    await run.carryOut();
    const verdict = await judge(run);
    return { run, verdict, report: reportOf(run, verdict, isMixed), close };
  } catch (error) {
    run?.pipeline.keepFolder();
    await close();
    throw error;
  }
}
