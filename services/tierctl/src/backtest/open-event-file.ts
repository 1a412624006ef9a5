/** A file of events as a log to fold: canonical events under a policy, or a log that was exported. */
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
import { genesisIn, isLogLine } from './exported-lines.ts';
import { exportedLog } from './exported-log.ts';
import { historicalLog } from './historical-log.ts';
import { reconductedLog } from './reconducted-log.ts';

export interface EventFileOptions {
  /** Path; `-` is stdin. */
  readonly events: string;
  /** For canonical events; an exported log has its own. */
  readonly deployment: Deployment;
  /** Under which canonical events are folded; an exported log has its own. */
  readonly policy: string | null;
  /** Name of the option that gives the policy. */
  readonly policyOption: string;
  /** Of an exported log: the policy takes the place of those that it has. Otherwise it is refused. */
  readonly replaces: boolean;
  /** Folds facts through this day and ends with it; null: the whole file. */
  readonly asOf: EpochDay | null;
}

export interface EventFile {
  readonly log: BacktestLog;
  readonly totalBytes: number | null;
  readonly bytesRead: () => number;
  /** Lines of canonical events that never became events, once the log is open. */
  readonly rejectedLines: readonly RejectedEvent[];
}

/** The log of a file has no name of its own, and the same input must give the same output. */
const namespace = 'backtest';

export async function openEventFile(options: EventFileOptions): Promise<EventFile> {
  const source = openLines(options.events);
  const { totalBytes, bytesRead } = source;
  const { first, lines } = await peek(source);
  const rejectedLines: RejectedEvent[] = [];
  const log = isLogLine(first)
    ? exported(source, first, lines, options)
    : await canonicalLog(source, lines, options, rejectedLines);
  return { log, totalBytes, bytesRead, rejectedLines };
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

function exported(
  { name }: LineSource,
  first: Line,
  lines: AsyncIterable<readonly Line[]>,
  { events, policy: path, policyOption, replaces, asOf }: EventFileOptions,
): BacktestLog {
  if (path !== null && !replaces) {
    throw new CommandFailure(`${name} is an exported log, which has its own policies`, `leave ${policyOption} out`, 2);
  }
  const genesis = genesisIn(first, name);
  if (path === null) return exportedLog(genesis, lines, { file: name, asOf, policy: null });
  const { policy, published } = readPolicyFile(path, genesis);
  if (policy.ownRankings === 0) return exportedLog(genesis, lines, { file: name, asOf, policy: published });
  if (events === '-') {
    const what = 'cuts of the population are taken of all partitions at once, for which the log is read several times';
    throw new CommandFailure(what, 'name a file instead of -', 2);
  }
  return reconductedLog(genesis, { file: name, asOf, policy: published, lines: () => openLines(events).lines });
}

async function canonicalLog(
  source: LineSource,
  lines: AsyncIterable<readonly Line[]>,
  { policy, policyOption, deployment, asOf }: EventFileOptions,
  rejectedLines: RejectedEvent[],
): Promise<BacktestLog> {
  if (policy === null) {
    const remedy = `add ${policyOption} FILE`;
    throw new CommandFailure(`${source.name} holds canonical events, which carry no policy`, remedy, 2);
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
