/**
 * An exported log as it is: partitions, offsets and times as they were, and records that could not be read as the
 * rejections that they became.
 */
import { type LogLine, parseLogLine } from '@tierflow/config/canonical/log-line';
import type { EpochDay, LogOpened, LogRecord, PolicyPublished } from '@tierflow/customer/events';
import { CommandFailure } from '../command-failure.ts';
import type { Line } from '../line-source.ts';
import type { BacktestLog, LogPiece } from './backtest-log.ts';
import { DayCut } from './day-cut.ts';

export interface ExportedLogOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Folds facts through this day, then its tick and sweep; null: the whole log. */
  readonly asOf: EpochDay | null;
  /** Instead of every policy that the log has; null: those of the log. */
  readonly policy: ((genesis: LogOpened) => PolicyPublished) | null;
}

/** Whether a file is an exported log is seen in its first line. */
export function isLogLine(line: Line): boolean {
  try {
    const value: unknown = JSON.parse(line.bytes.toString());
    return typeof value === 'object' && value !== null && 'offset' in value && 'partition' in value;
  } catch {
    return false;
  }
}

export function exportedLog(
  first: Line,
  lines: AsyncIterable<readonly Line[]>,
  options: ExportedLogOptions,
): BacktestLog {
  const genesis = genesisIn(first, options.file);
  return { genesis, pieces: () => pieces(genesis, lines, options) };
}

function genesisIn(first: Line, file: string): LogOpened {
  // A control record holds no money, so the currency's digits, which it is about to tell, do not matter.
  const { event } = accept(parseLogLine(first.bytes, 0), first, file).record;
  if (event.type === 'LogOpened') return event;
  throw new CommandFailure(
    `${file} begins with ${event.type}, not with the genesis of a log`,
    'export from the beginning: `tierctl export --from-beginning`',
  );
}

function accept(parsed: LogLine, line: Line, file: string): Extract<LogLine, { ok: true }> {
  if (parsed.ok) return parsed;
  throw new CommandFailure(`${file}:${line.number}: ${parsed.message.en}`, 'export the log again');
}

async function* pieces(
  genesis: LogOpened,
  lines: AsyncIterable<readonly Line[]>,
  options: ExportedLogOptions,
): AsyncGenerator<LogPiece> {
  const substitute = options.policy?.(genesis) ?? null;
  const cuts = new Map<number, DayCut>();
  for await (const piece of lines) {
    let records: LogRecord[] = [];
    let current = -1;
    for (const line of piece) {
      const { partition, record } = accept(parseLogLine(line.bytes, genesis.baseCurrencyDigits), line, options.file);
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
      if (cut.keeps(record)) records.push(substitute === null ? record : underPolicy(record, substitute));
    }
    if (records.length > 0) yield { partition: current, records };
  }
  if (options.asOf === null) return;
  for (const [partition, cut] of cuts) yield { partition, records: cut.closing(options.asOf, genesis.slices) };
}

/** Every publication becomes the given policy, and every roll-out one of it. */
function underPolicy(record: LogRecord, policy: PolicyPublished): LogRecord {
  const { event } = record;
  if (event.type === 'PolicyPublished') return { ...record, event: policy };
  if (event.type !== 'SliceSwept' || event.policyVersion === null) return record;
  return { ...record, event: { ...event, policyId: policy.policyId, policyVersion: policy.version } };
}
