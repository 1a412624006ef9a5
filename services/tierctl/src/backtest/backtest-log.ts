import type { Control, LogOpened, LogRecord } from '@tierflow/customer/events';

/** Records that follow one another in one partition. */
export interface LogPiece {
  readonly partition: number;
  readonly records: readonly LogRecord[];
}

/**
 * What a conductor would write next into every partition, now that all pieces given so far are folded; null: nothing.
 * What it names is the next piece of every partition, before it is asked again.
 */
export type Conduct = () => Promise<Control | null>;

export const conductNothing: Conduct = async () => null;

/** A log to fold, whatever it was read from. */
export interface BacktestLog {
  readonly genesis: LogOpened;
  /** A log that tells all that was conducted in it does not ask. */
  readonly pieces: (conduct?: Conduct) => AsyncIterable<LogPiece>;
}
