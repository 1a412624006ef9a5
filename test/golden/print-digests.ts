/** Folds every golden log in this process and prints what it gave, for the test that starts it under other conditions. */
import { RealFold } from '../oracle/real-fold.ts';
import { digestFold, digestState } from './digest-fold.ts';
import { goldenReleases, type LogDigests, logNames, readLog, type StateDigests } from './golden-logs.ts';

export interface PrintedDigests {
  /** What of its surroundings the process has taken over. */
  readonly node: string;
  readonly zone: string;
  readonly locale: string;
  readonly releases: Readonly<Record<string, { readonly logs: LogDigests; readonly states: StateDigests }>>;
}

const releases: Record<string, { logs: LogDigests; states: StateDigests }> = {};
for (const release of goldenReleases()) {
  const folds = await Promise.all(
    logNames(release).map(async name => [name, await new RealFold(readLog(release, name)).run([500])] as const),
  );
  releases[release] = {
    logs: Object.fromEntries(folds.map(([name, fold]) => [name, digestFold(fold, release)])),
    states: Object.fromEntries(folds.map(([name, fold]) => [name, digestState(fold)])),
  };
}
const { timeZone, locale } = new Intl.DateTimeFormat().resolvedOptions();
const printed: PrintedDigests = { node: process.versions.node, zone: timeZone, locale, releases };
console.log(JSON.stringify(printed));
