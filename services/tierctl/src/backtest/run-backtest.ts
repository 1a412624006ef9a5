import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { type Deployment, openLog } from '@tierflow/config/deployment';
import type { CustomerEvent, EpochDay } from '@tierflow/customer/events';
import { DayBuckets } from '../business-days.ts';
import { CommandFailure } from '../command-failure.ts';
import { type Line, type LineSource, openLines } from '../line-source.ts';
import { readPolicyFile } from '../policy-file.ts';
import { startProgress } from '../progress.ts';
import { readEvents } from '../read-events.ts';
import type { BacktestLog } from './backtest-log.ts';
import { type BacktestSummary, writeResults } from './backtest-results.ts';
import { exportedLog, isLogLine } from './exported-log.ts';
import { foldLog } from './fold-log.ts';
import { historicalLog } from './historical-log.ts';

export interface BacktestOptions {
  /** Path; `-` is stdin. */
  readonly events: string;
  readonly policy: string | null;
  /** For canonical events; an exported log has its own. */
  readonly deployment: Deployment;
  readonly asOf: EpochDay | null;
  readonly out: string;
}

/** The log of a backtest has no name of its own, and the same input must give the same output. */
const namespace = 'backtest';

export async function runBacktest(options: BacktestOptions): Promise<BacktestSummary> {
  const source = openLines(options.events);
  const { first, lines } = await peek(source);
  const rejectedLines: RejectedEvent[] = [];
  const log = isLogLine(first)
    ? exportedLog(first, lines, {
        file: source.name,
        asOf: options.asOf,
        policy: options.policy === null ? null : genesis => readPolicyFile(options.policy!, genesis).published,
      })
    : await canonicalLog(source, lines, options, rejectedLines);
  const progress = startProgress('Folding', source.totalBytes);
  const partitions = await foldLog(log, records => progress.update(source.bytesRead(), `${records} records`));
  progress.end();
  return writeResults(options.out, { genesis: log.genesis, partitions, rejectedLines });
}

/** The first line, and all of them including it. */
async function peek({ name, lines }: LineSource): Promise<{ first: Line; lines: AsyncGenerator<readonly Line[]> }> {
  const pieces = lines[Symbol.asyncIterator]();
  const piece = await pieces.next();
  if (piece.done) throw new CommandFailure(`${name} holds no line`, 'give a file with events');
  async function* all(): AsyncGenerator<readonly Line[]> {
    yield piece.value;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  }
  return { first: piece.value[0]!, lines: all() };
}

async function canonicalLog(
  source: LineSource,
  lines: AsyncIterable<readonly Line[]>,
  { policy, deployment, asOf }: BacktestOptions,
  rejectedLines: RejectedEvent[],
): Promise<BacktestLog> {
  if (policy === null) {
    throw new CommandFailure(`${source.name} holds canonical events, which carry no policy`, 'add --policy FILE', 2);
  }
  const { published } = readPolicyFile(policy, deployment);
  const { zone, baseCurrency } = deployment;
  const context = { zone, baseCurrency, nowMs: null, bootstrap: false, defaultSource: 'import' };
  const buckets = new DayBuckets<CustomerEvent>();
  const progress = startProgress(`Reading ${source.name}`, source.totalBytes);
  for await (const { events, rejected } of readEvents(source.name, lines, context)) {
    for (const { event } of events) buckets.add(event.businessDay, event);
    // A line's bytes are a part of what was read from the file, and would keep all of it.
    for (const line of rejected) rejectedLines.push({ ...line, payload: null });
    progress.update(source.bytesRead());
  }
  progress.end();
  return historicalLog(openLog(deployment, namespace, namespace), published, buckets, asOf);
}
