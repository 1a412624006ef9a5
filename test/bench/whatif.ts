/**
 * `tierctl whatif` on a live log: from the start of the process to its end, which includes loading the program, reading
 * the whole log from Kafka, folding it, and the activation of the policy in question.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ControlWriter } from '@tierflow/kafka/control-writer';
import { repositoryDir } from '@tierflow/local/paths';
import { OwnedProcess } from '@tierflow/local/processes/owned-process';
import type { RunningServers } from '@tierflow/local/servers/start-servers';
import { dayOpening } from '@tierflow/processor/day-opening';
import { benchLogOpening, benchPartitions, factOf } from './bench-log.ts';
import { type BenchNamespace, openBenchNamespace } from './bench-namespace.ts';
import { workloadSeed } from './outcome.ts';
import { writeFacts } from './pipeline.ts';
import { cpuSecondsOf, peakRssBytesOf } from './process-cost.ts';
import { workload } from './workload.ts';

export interface WhatIfRun {
  readonly events: number;
  readonly predictions: readonly PredictionRun[];
}

export interface PredictionRun {
  readonly policy: 'thresholds' | 'pyramid';
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  readonly customers: number;
  readonly changes: number;
}

const program = join(repositoryDir, 'services/tierctl/src/main.ts');
const pollMs = 20;

export async function runWhatIf(
  servers: RunningServers,
  namespace: string,
  events: number,
  workDir: string,
): Promise<WhatIfRun> {
  const bench = await openBenchNamespace(servers, namespace);
  await writeFacts(bench, events);
  await openDay(bench, events);
  const predictions: PredictionRun[] = [];
  for (const policy of ['thresholds', 'pyramid'] as const) predictions.push(await ask(bench, policy, workDir));
  return { events, predictions };
}

/** The workload has no ticks, and cuts are taken on a day: that of its last event begins behind all of them. */
async function openDay({ name, connection, topics, events: codec }: BenchNamespace, events: number): Promise<void> {
  let day = 0;
  for (const event of workload(events, workloadSeed)) day = Math.max(day, factOf(event).businessDay);
  const [genesis] = benchLogOpening(name);
  if (genesis?.type !== 'LogOpened') throw new Error('The log of the benchmark does not begin with its genesis.');
  const control = await ControlWriter.open(connection, {
    transactionalId: `${name}-bench`,
    topic: topics.customerEvents,
    partitions: benchPartitions,
  });
  await control.write(dayOpening(day, genesis.slices).map(record => codec.encodeEvent(record)));
  await control.close();
}

async function ask(
  { name, environment }: BenchNamespace,
  policy: PredictionRun['policy'],
  workDir: string,
): Promise<PredictionRun> {
  const logFile = join(workDir, `${name}-whatif-${policy}.log`);
  const file = join(import.meta.dirname, `whatif-${policy}.yaml`);
  const startedAt = performance.now();
  const tierctl = await OwnedProcess.start({
    name: `whatif ${policy}`,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', program, 'whatif', '--policy', file, '--json'],
    env: environment,
    logFile,
  });
  // What it has cost is known of a running process only; both numbers never fall.
  let cost = { cpuSeconds: 0, peakRssBytes: 0 };
  while (tierctl.exit === null) {
    try {
      cost = { cpuSeconds: cpuSecondsOf(tierctl.pid), peakRssBytes: peakRssBytesOf(tierctl.pid) || cost.peakRssBytes };
    } catch {
      break;
    }
    await Promise.race([delay(pollMs), tierctl.exited]);
  }
  const { code } = await tierctl.exited;
  const seconds = (performance.now() - startedAt) / 1000;
  const said = readFileSync(logFile, 'utf8');
  if (code !== 0) throw new Error(`tierctl whatif ended with ${code}:\n${said}`);
  // Progress stands before the document.
  const { base, programs } = JSON.parse(said.slice(said.indexOf('\n{') + 1));
  return { policy, seconds, ...cost, customers: base.customers, changes: programs.value.notifications.changes };
}

export function printWhatIf({ events, predictions }: WhatIfRun, machine: string): void {
  console.log(`\nwhat-if, ${events.toLocaleString('en')} events (${machine})`);
  for (const { policy, seconds, cpuSeconds, peakRssBytes, customers, changes } of predictions) {
    const rate = Math.round(events / seconds).toLocaleString('en');
    const memory = Math.round(peakRssBytes / 1024 ** 2);
    console.log(
      `  ${policy.padEnd(10)} ${seconds.toFixed(1)} s (${rate} events/s), CPU ${cpuSeconds.toFixed(1)} s, peak RSS ${memory} MB: ${changes} changes of ${customers} customers`,
    );
  }
}
