/** Numbers of a refold, derived and made readable. */
import type { RefoldRun } from './refold.ts';
import { counted, rounded, type Verdict, verdictOn } from './report.ts';

export interface RefoldReport {
  readonly mode: 'refold';
  readonly views: string;
  readonly events: number;
  readonly verdict: Verdict;
  readonly noticedSeconds: number;
  readonly refoldSeconds: number;
  readonly outageSeconds: number;
  readonly eventsPerSecond: number;
  readonly emitted: number;
  readonly stateIsSame: boolean;
  readonly customers: number;
  readonly peakRssMegabytes: readonly number[];
}

export function refoldReport(views: string, run: RefoldRun): RefoldReport {
  const { events, noticedSeconds, refoldSeconds, outageSeconds, emitted, stateIsSame, customers } = run;
  const isSame = run.outcomeIsSame && stateIsSame && emitted === 0;
  return {
    mode: 'refold',
    views,
    events,
    verdict: isSame ? verdictOn(events, run.outcome) : 'differs',
    noticedSeconds: rounded(noticedSeconds),
    refoldSeconds: rounded(refoldSeconds),
    outageSeconds: rounded(outageSeconds),
    eventsPerSecond: Math.round(events / refoldSeconds),
    emitted,
    stateIsSame,
    customers,
    peakRssMegabytes: run.peakRssBytes.map(bytes => Math.round(bytes / 1024 / 1024)),
  };
}

const results: Record<Verdict, string> = {
  exact: 'exact: state and output are what they were, and what is expected',
  differs: 'NOT the same as before, or not what is expected',
  unknown: 'state and output are what they were (not known for this number of events)',
};

export function printRefold(report: RefoldReport, machine: string): void {
  const [before, after] = report.peakRssMegabytes;
  const rows: [string, string][] = [
    ['mode', `refold, views ${report.views}`],
    ['machine', machine],
    ['events', counted(report.events)],
    ['noticed after', `${report.noticedSeconds} s`],
    ['events per second', counted(report.eventsPerSecond)],
    ['seconds of folding', String(report.refoldSeconds)],
    ['seconds in all', `${report.outageSeconds} from the loss to the end of the log`],
    ['customers', `${counted(report.customers)}, state ${report.stateIsSame ? 'the same' : 'NOT the same'}`],
    ['emitted meanwhile', `${counted(report.emitted)} records`],
    ['peak RSS', `${before} MB before the loss, ${after} MB at the end`],
    ['result', results[report.verdict]],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(22)} ${value}`);
  console.log('');
}
