/**
 * The golden logs: a folder for each release, and in it
 *
 * - `<log>.jsonl.gz`: a log as `tierctl export` writes it, which is the form that users have, too;
 * - `digests.json`: what each log gives for ever, rejections and the emissions in the bytes of the release's schemas;
 * - `state-format-<n>.json`: what a store of that format holds at the end of each log. Another format has another file.
 *
 * A file, once it is there, is never written again.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { formatLogLine, parseLogLine } from '@tierflow/config/canonical/log-line';
import type { LogOpened, LogRecord } from '@tierflow/customer/events';

const folder = new URL('./', import.meta.url);
const logSuffix = '.jsonl.gz';
const partition = 0;

export interface LogDigest {
  readonly records: number;
  /** Facts and decisions among them. */
  readonly events: number;
  readonly emissions: { readonly count: number; readonly sha256: string };
  readonly rejections: { readonly count: number; readonly sha256: string };
}

export interface StateDigest {
  readonly customers: number;
  readonly chunks: number;
  readonly sha256: string;
}

/** By the log's name. */
export type LogDigests = Readonly<Record<string, LogDigest>>;
export type StateDigests = Readonly<Record<string, StateDigest>>;

export function goldenReleases(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && /^\d+\.\d+\.\d+/.test(entry.name))
    .map(entry => entry.name)
    .sort();
}

export function releaseFolder(release: string): URL {
  return new URL(`${release}/`, folder);
}

export function logNames(release: string): string[] {
  return readdirSync(releaseFolder(release))
    .filter(file => file.endsWith(logSuffix))
    .map(file => file.slice(0, -logSuffix.length))
    .sort();
}

export function readLogText(release: string, name: string): string {
  return gunzipSync(readFileSync(logFile(release, name))).toString();
}

export function readLog(release: string, name: string): LogRecord[] {
  return parseLog(readLogText(release, name), `test/golden/${release}/${name}${logSuffix}`);
}

export function parseLog(text: string, file: string): LogRecord[] {
  const lines = text.trimEnd().split('\n');
  let digits = 0;
  return lines.map((line, index) => {
    const parsed = parseLogLine(line, digits);
    if (!parsed.ok) throw new Error(`${file}:${index + 1}: ${parsed.message.en}`);
    const { event } = parsed.record;
    // A control record holds no money, so the first line may be read before it has told the currency's digits.
    if (index === 0) digits = (event as LogOpened).baseCurrencyDigits;
    return parsed.record;
  });
}

export function formatLog(records: readonly LogRecord[]): string {
  const { baseCurrencyDigits } = records[0]!.event as LogOpened;
  return records.map(record => `${formatLogLine(record, partition, baseCurrencyDigits)}\n`).join('');
}

export function writeLogText(release: string, name: string, text: string): void {
  writeFileSync(logFile(release, name), gzipSync(text, { level: 9 }), { flag: 'wx' });
}

export function readDigests(release: string): LogDigests {
  return JSON.parse(readFileSync(digestsFile(release), 'utf8'));
}

export function writeDigests(release: string, digests: LogDigests): void {
  writeJson(digestsFile(release), digests);
}

export function hasDigests(release: string): boolean {
  return existsSync(digestsFile(release));
}

/** null: this release's logs have no digests of that format. */
export function readStateDigests(release: string, format: number): StateDigests | null {
  const file = stateFile(release, format);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

export function writeStateDigests(release: string, format: number, digests: StateDigests): void {
  writeJson(stateFile(release, format), digests);
}

function writeJson(file: URL, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx' });
}

function logFile(release: string, name: string): URL {
  return new URL(`${name}${logSuffix}`, releaseFolder(release));
}

function digestsFile(release: string): URL {
  return new URL('digests.json', releaseFolder(release));
}

function stateFile(release: string, format: number): URL {
  return new URL(`state-format-${format}.json`, releaseFolder(release));
}
