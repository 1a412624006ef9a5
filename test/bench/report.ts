/** Numbers of a run, derived and made readable. */
import { type CpuProfile, hottestFunctions } from './cpu-profile.ts';
import type { FoldOnlyRun } from './fold-only.ts';
import type { IntakeRun, LatencyRun } from './front-door.ts';
import { agrees, expectedOutcome, type Outcome } from './outcome.ts';
import type { PipelineRun, PipelineSettings } from './pipeline.ts';

/** Whether the outputs are the expected ones; `unknown` where nobody has computed them for this number of events. */
export type Verdict = 'exact' | 'differs' | 'unknown';

export interface BenchReport extends Outcome {
  readonly mode: 'pipeline' | 'fold-only';
  readonly events: number;
  readonly views: string;
  readonly verdict: Verdict;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly eventsPerCpuSecond: number;
  readonly pipeline?: {
    readonly workers: number;
    readonly wholeSeconds: number;
    readonly cpuSeconds: PipelineRun['cpuSeconds'];
    readonly peakRssMegabytes: readonly number[];
    readonly customers: number;
    readonly redisBytesPerCustomer: number;
  };
}

const hottest = 15;

export function foldOnlyReport(events: number, views: string, run: FoldOnlyRun): BenchReport {
  return {
    mode: 'fold-only',
    events,
    views,
    verdict: verdictOn(events, run.outcome),
    seconds: rounded(run.seconds),
    eventsPerSecond: Math.round(events / run.seconds),
    eventsPerCpuSecond: Math.round(events / run.cpuSeconds),
    ...run.outcome,
  };
}

export function pipelineReport({ events, workers, views }: PipelineSettings, run: PipelineRun): BenchReport {
  const { tiering, redis, kafka } = run.cpuSeconds;
  return {
    mode: 'pipeline',
    events,
    views,
    verdict: verdictOn(events, run.outcome),
    seconds: rounded(run.foldSeconds),
    eventsPerSecond: Math.round(events / run.foldSeconds),
    eventsPerCpuSecond: Math.round(events / (tiering + redis)),
    ...run.outcome,
    pipeline: {
      workers,
      wholeSeconds: rounded(run.wholeSeconds),
      cpuSeconds: { tiering: rounded(tiering), redis: rounded(redis), kafka: rounded(kafka) },
      peakRssMegabytes: run.peakRssBytes.map(bytes => Math.round(bytes / 1024 / 1024)),
      customers: run.customers,
      redisBytesPerCustomer: Math.round(run.redisBytesPerCustomer),
    },
  };
}

export function printReport(report: BenchReport, machine: string): void {
  const { pipeline } = report;
  const rows: [string, string][] = [
    ['mode', `${report.mode}, views ${report.views}`],
    ['machine', machine],
    ['events', counted(report.events)],
    ['events per second', counted(report.eventsPerSecond)],
    ['seconds', String(report.seconds)],
  ];
  if (pipeline === undefined) {
    rows.push(['events per CPU-second', counted(report.eventsPerCpuSecond)]);
  } else {
    const { tiering, redis, kafka } = pipeline.cpuSeconds;
    rows.push(
      ['seconds with start-up', String(pipeline.wholeSeconds)],
      ['events per CPU-second', `${counted(report.eventsPerCpuSecond)} (tiering + Redis)`],
      ['CPU seconds', `tiering ${tiering}, Redis ${redis}, Kafka ${kafka}`],
      ['peak RSS', `${pipeline.peakRssMegabytes.join(', ')} MB (${pipeline.workers} × tiering)`],
      ['customers', counted(pipeline.customers)],
      ['Redis per customer', `${counted(pipeline.redisBytesPerCustomer)} bytes`],
    );
  }
  rows.push(['changes', counted(report.outputs)], ['result', resultOf(report)]);
  for (const [name, value] of rows) console.log(`${name.padEnd(22)} ${value}`);
  console.log('');
}

export function printFrontDoor(intake: IntakeRun, latencies: readonly LatencyRun[], machine: string): void {
  const { intake: intakeCpu, kafka } = intake.cpuSeconds;
  const rows: [string, string][] = [
    ['mode', 'front-door'],
    ['machine', machine],
    ['records', counted(intake.records)],
    ['records per second', counted(Math.round(intake.records / intake.seconds))],
    ['events in the log', counted(intake.written)],
    ['CPU seconds', `intake ${rounded(intakeCpu)}, Kafka ${rounded(kafka)}`],
    ['peak RSS', `${Math.round(intake.peakRssBytes / 1024 / 1024)} MB`],
    ...latencies.map(({ perSecond, changes, p50, p95, p99, max }): [string, string] => [
      'source to change',
      `p50 ${p50}, p95 ${p95}, p99 ${p99}, max ${max} ms at ${perSecond} records/s (${counted(changes)} changes)`,
    ]),
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(22)} ${value}`);
  console.log('');
}

export function printProfile(profile: CpuProfile): void {
  for (const { name, place, share } of hottestFunctions(profile, hottest)) {
    console.log(`${(100 * share).toFixed(1).padStart(5)} %  ${name.padEnd(26)} ${place}`);
  }
  console.log('');
}

function resultOf({ verdict, checksum, checksumFull }: BenchReport): string {
  const sums = `checksum ${checksum}, full ${checksumFull}`;
  if (verdict === 'exact') return `exact (${sums})`;
  return verdict === 'differs' ? `NOT the expected one (${sums})` : `not known for this number of events (${sums})`;
}

export function verdictOn(events: number, outcome: Outcome): Verdict {
  const expected = expectedOutcome(events);
  if (expected === undefined) return 'unknown';
  return agrees(outcome, expected) ? 'exact' : 'differs';
}

export function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}

export function counted(number: number): string {
  return number.toLocaleString('en-US');
}
