/** The lines of an exported log. */
import { type LogLine, parseLogLine } from '@tierflow/config/canonical/log-line';
import type { LogOpened, LogRecord } from '@tierflow/customer/events';
import { CommandFailure } from '../command-failure.ts';
import type { Line } from '../line-source.ts';

/** Whether a file is an exported log is seen in its first line. */
export function isLogLine(line: Line): boolean {
  try {
    const value: unknown = JSON.parse(line.bytes.toString());
    return typeof value === 'object' && value !== null && 'offset' in value && 'partition' in value;
  } catch {
    return false;
  }
}

export function genesisIn(first: Line, file: string): LogOpened {
  // A control record holds no money, so the currency's digits, which it is about to tell, do not matter.
  const { event } = readLogLine(first, file, 0).record;
  if (event.type === 'LogOpened') return event;
  throw new CommandFailure(
    `${file} begins with ${event.type}, not with the genesis of a log`,
    'export from the beginning: `tierctl export --from-beginning`',
  );
}

export function readLogLine(
  line: Line,
  file: string,
  digits: number,
): { readonly partition: number; readonly record: LogRecord } {
  const parsed: LogLine = parseLogLine(line.bytes, digits);
  if (parsed.ok) return parsed;
  throw new CommandFailure(`${file}:${line.number}: ${parsed.message.en}`, 'export the log again');
}
