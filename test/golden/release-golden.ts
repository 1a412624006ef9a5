/**
 * Adds the golden logs of the version in package.json: `node test/golden/release-golden.ts`.
 *
 * 1. A release's digests are for ever: refuse to write them again.
 * 2. Write each log that no earlier release has, and last the digests, by which a half-written release is seen.
 *
 * `--state-format` adds what today's state format holds at the end of every release's logs, where that is not there yet:
 * after a change of the format, and never over what is there.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { stateFormat } from '@tierflow/customer/customer-codec';
import type { LogRecord } from '@tierflow/customer/events';
import { RealFold } from '../oracle/real-fold.ts';
import { digestFold, digestState } from './digest-fold.ts';
import {
  formatLog,
  goldenReleases,
  hasDigests,
  type LogDigest,
  logNames,
  parseLog,
  readLog,
  readLogText,
  readStateDigests,
  releaseFolder,
  type StateDigest,
  writeDigests,
  writeLogText,
  writeStateDigests,
} from './golden-logs.ts';
import { historiesOf } from './histories.ts';

const batch = [500];
const manifest = new URL('../../package.json', import.meta.url);

function refuse(reason: string): never {
  console.error(reason);
  process.exit(1);
}

if (process.argv.includes('--state-format')) await addStateFormat();
else await addRelease(JSON.parse(readFileSync(manifest, 'utf8')).version);

async function addRelease(version: string): Promise<void> {
  if (goldenReleases().includes(version)) {
    refuse(
      hasDigests(version)
        ? `test/golden/${version} exists, and what is released stays. Raise "version" in package.json first.`
        : `test/golden/${version} is half written. Remove it, and run this again.`,
    );
  }
  if (!existsSync(new URL(`../../schemas/released/${version}/`, import.meta.url))) {
    refuse(`schemas/released/${version} is not there. Release the schemas first: schemas/README.md says how.`);
  }
  const known = new Set(goldenReleases().flatMap(release => logNames(release).map(name => readLogText(release, name))));
  mkdirSync(releaseFolder(version));
  const logs: Record<string, LogDigest> = {};
  const states: Record<string, StateDigest> = {};
  for (const [name, records] of await historiesOf(version)) {
    const text = formatLog(records);
    if (known.has(text)) continue;
    writeLogText(version, name, text);
    const fold = await folded(parseLog(text, name));
    logs[name] = digestFold(fold, version);
    states[name] = digestState(fold);
  }
  writeStateDigests(version, stateFormat, states);
  writeDigests(version, logs);
  const events = Object.values(logs).reduce((sum, log) => sum + log.events, 0);
  console.log(
    `test/golden/${version}: ${Object.keys(logs).length} logs, ${events} events. Commit it with the release.`,
  );
}

async function addStateFormat(): Promise<void> {
  const missing = goldenReleases().filter(release => readStateDigests(release, stateFormat) === null);
  if (missing.length === 0) refuse(`Every release has its digests of state format ${stateFormat}, and they stay.`);
  for (const release of missing) {
    const states: Record<string, StateDigest> = {};
    for (const name of logNames(release)) states[name] = digestState(await folded(readLog(release, name)));
    writeStateDigests(release, stateFormat, states);
    console.log(`test/golden/${release}/state-format-${stateFormat}.json: ${Object.keys(states).length} logs.`);
  }
}

function folded(records: readonly LogRecord[]): Promise<RealFold> {
  return new RealFold(records).run(batch);
}
