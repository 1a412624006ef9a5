import type { LogOpened, LogRecord } from '@tierflow/customer/events';

/** Records that follow one another in one partition. */
export interface LogPiece {
  readonly partition: number;
  readonly records: readonly LogRecord[];
}

/** A log to fold, whatever it was read from. */
export interface BacktestLog {
  readonly genesis: LogOpened;
  readonly pieces: AsyncIterable<LogPiece>;
}
