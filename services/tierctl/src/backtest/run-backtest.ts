import type { Deployment } from '@tierflow/config/deployment';
import type { EpochDay } from '@tierflow/customer/events';
import { startProgress } from '../progress.ts';
import { type BacktestSummary, writeResults } from './backtest-results.ts';
import { foldLog } from './fold-log.ts';
import { openEventFile } from './open-event-file.ts';

export interface BacktestOptions {
  /** Path; `-` is stdin. */
  readonly events: string;
  readonly policy: string | null;
  /** For canonical events; an exported log has its own. */
  readonly deployment: Deployment;
  readonly asOf: EpochDay | null;
  readonly out: string;
}

export async function runBacktest({ out, ...options }: BacktestOptions): Promise<BacktestSummary> {
  const file = await openEventFile({ ...options, policyOption: '--policy', replaces: true });
  const { log, rejectedLines } = file;
  const progress = startProgress('Folding', file.totalBytes);
  const partitions = await foldLog(log, records => progress.update(file.bytesRead(), `${records} records`));
  progress.end();
  return writeResults(out, { genesis: log.genesis, partitions, rejectedLines });
}
