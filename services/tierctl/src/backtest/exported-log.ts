/**
 * An exported log as it is: partitions, offsets and times as they were, and records that could not be read as the
 * rejections that they became.
 */
import type { EpochDay, LogOpened, LogRecord, PolicyPublished } from '@tierflow/customer/events';
import type { Line } from '../line-source.ts';
import type { BacktestLog, LogPiece } from './backtest-log.ts';
import { DayCut } from './day-cut.ts';
import { readLogLine } from './exported-lines.ts';
import { underPolicy } from './under-policy.ts';

export interface ExportedLogOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Folds facts through this day, then its tick and sweep; null: the whole log. */
  readonly asOf: EpochDay | null;
  /** Instead of every policy that the log has, without cuts of the population; null: those of the log. */
  readonly policy: PolicyPublished | null;
}

export function exportedLog(
  genesis: LogOpened,
  lines: AsyncIterable<readonly Line[]>,
  options: ExportedLogOptions,
): BacktestLog {
  return { genesis, pieces: () => pieces(genesis, lines, options) };
}

async function* pieces(
  genesis: LogOpened,
  lines: AsyncIterable<readonly Line[]>,
  options: ExportedLogOptions,
): AsyncGenerator<LogPiece> {
  const { policy } = options;
  const cuts = new Map<number, DayCut>();
  for await (const piece of lines) {
    let records: LogRecord[] = [];
    let current = -1;
    for (const line of piece) {
      const { partition, record } = readLogLine(line, options.file, genesis.baseCurrencyDigits);
      if (partition !== current) {
        if (records.length > 0) yield { partition: current, records };
        records = [];
        current = partition;
      }
      let cut = cuts.get(partition);
      if (cut === undefined) {
        cut = new DayCut(options.asOf);
        cuts.set(partition, cut);
      }
      if (!cut.keeps(record)) continue;
      const kept = policy === null ? record : underPolicy(record, policy, null);
      if (kept !== null) records.push(kept);
    }
    if (records.length > 0) yield { partition: current, records };
  }
  if (options.asOf === null) return;
  for (const [partition, cut] of cuts) yield { partition, records: cut.closing(options.asOf, genesis.slices) };
}
