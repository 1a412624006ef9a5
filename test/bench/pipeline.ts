/**
 * The whole product: tiering processes between a Kafka and a Redis of this machine. The log is complete before they
 * start cold, so they work as fast as they can; what is measured ends when the last change is on the output and the
 * store knows it.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangeCodec } from '@tierflow/codec/change-codec';
import type { Topics } from '@tierflow/config/namespace';
import { type EncodedEvent, EventWriter } from '@tierflow/kafka/event-writer';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { repositoryDir } from '@tierflow/local/paths';
import { OwnedProcess } from '@tierflow/local/processes/owned-process';
import type { RunningServers } from '@tierflow/local/servers/start-servers';
import type { TaskSettings } from '@tierflow/processor/partition-task';
import { readMemory } from '@tierflow/redis/memory';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { benchPartitions, factOf } from './bench-log.ts';
import { type BenchNamespace, openBenchNamespace } from './bench-namespace.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { type Outcome, OutcomeSum, workloadSeed } from './outcome.ts';
import { cpuSecondsOf, peakRssBytesOf } from './process-cost.ts';
import { workload } from './workload.ts';

export interface PipelineSettings {
  readonly events: number;
  readonly workers: number;
  readonly views: TaskSettings['views'];
  readonly profile: boolean;
}

export interface PipelineRun {
  /** From the first takeover of a partition, which is when folding begins. */
  readonly foldSeconds: number;
  /** From the start of the processes, which includes loading the program and joining the group. */
  readonly wholeSeconds: number;
  readonly cpuSeconds: { readonly tiering: number; readonly redis: number; readonly kafka: number };
  /** Of each worker. */
  readonly peakRssBytes: readonly number[];
  readonly redisBytesPerCustomer: number;
  readonly customers: number;
  readonly outcome: Outcome;
  readonly profiles: readonly CpuProfile[];
}

const writeRecords = 20_000;
const pollMs = 20;
const timeoutMs = 600_000;
const tieringProgram = join(repositoryDir, 'services/tiering/src/main.ts');

export async function runPipeline(
  servers: RunningServers,
  namespace: string,
  settings: PipelineSettings,
  workDir: string,
): Promise<PipelineRun> {
  const bench = await openBenchNamespace(servers, namespace);
  const { topics, connection } = bench;
  await writeFacts(bench, settings.events);

  const redis = await openRedis({ url: servers.redisUrl, name: 'tierflow-bench' });
  const reader = await RecordReader.open(connection);
  try {
    const store = new RedisStateReader(redis, namespace);
    const usedBefore = (await readMemory(redis)).usedBytes;
    const cost = await runTiering(servers, bench, settings, workDir, () => isDone(reader, store, topics));
    const usedBytes = (await readMemory(redis)).usedBytes - usedBefore;
    const customers = await countCustomers(store);
    return {
      ...cost,
      customers,
      redisBytesPerCustomer: usedBytes / customers,
      outcome: await readOutcome(reader, topics, bench.changes),
    };
  } finally {
    redis.disconnect();
    await reader.close();
  }
}

export async function writeFacts({ connection, topics, events: codec }: BenchNamespace, events: number): Promise<void> {
  const writer = new EventWriter(connection, topics.customerEvents, benchPartitions);
  let batch: EncodedEvent[] = [];
  let writing = Promise.resolve();
  for (const event of workload(events, workloadSeed)) {
    batch.push({ key: event.customerId, value: codec.encodeEvent(factOf(event)) });
    if (batch.length < writeRecords) continue;
    await writing;
    writing = writer.write(batch);
    batch = [];
  }
  await writing;
  await writer.write(batch);
  await writer.close();
}

/** Starts the workers cold, waits until everything is done, and ends them. */
async function runTiering(
  servers: RunningServers,
  bench: BenchNamespace,
  settings: PipelineSettings,
  workDir: string,
  done: () => Promise<boolean>,
): Promise<Pick<PipelineRun, 'foldSeconds' | 'wholeSeconds' | 'cpuSeconds' | 'peakRssBytes' | 'profiles'>> {
  const [kafkaPid, redisPid] = [servers.kafka!.pid!, servers.redis!.pid!];
  const before = { kafka: cpuSecondsOf(kafkaPid), redis: cpuSecondsOf(redisPid) };
  const profileDir = join(workDir, `${bench.name}-profiles`);
  mkdirSync(profileDir, { recursive: true });
  const profiling = settings.profile ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
  const startedAt = Date.now();
  const workers = await Promise.all(
    Array.from({ length: settings.workers }, (_, i) => startTiering(bench, i + 1, settings.views, workDir, profiling)),
  );
  try {
    for (const deadline = startedAt + timeoutMs; !(await done()); ) {
      const ended = workers.find(worker => worker.exit !== null);
      if (ended !== undefined) throw new Error(`${ended.name} ended early:\n${ended.logTail()}`);
      if (Date.now() > deadline) throw new Error(`Not done in time. ${workers[0]!.name}:\n${workers[0]!.logTail()}`);
      await new Promise(resolve => setTimeout(resolve, pollMs));
    }
    const endedAt = Date.now();
    const cost = {
      wholeSeconds: (endedAt - startedAt) / 1000,
      foldSeconds: (endedAt - Math.min(...workers.map(({ logFile }) => firstTakeoverAt(logFile)))) / 1000,
      cpuSeconds: {
        tiering: workers.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0),
        redis: cpuSecondsOf(redisPid) - before.redis,
        kafka: cpuSecondsOf(kafkaPid) - before.kafka,
      },
      peakRssBytes: workers.map(({ pid }) => peakRssBytesOf(pid)),
    };
    await Promise.all(workers.map(worker => worker.stop()));
    const profiles = readdirSync(profileDir).map(file => JSON.parse(readFileSync(join(profileDir, file), 'utf8')));
    return { ...cost, profiles };
  } finally {
    await Promise.all(workers.map(worker => worker.stop()));
  }
}

export function startTiering(
  { name, environment }: BenchNamespace,
  number: number,
  views: TaskSettings['views'],
  workDir: string,
  nodeOptions: readonly string[] = [],
): Promise<OwnedProcess> {
  return OwnedProcess.start({
    name: `tiering-${number}`,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', ...nodeOptions, tieringProgram],
    env: { ...environment, TIERFLOW_INSTANCE: `bench-${number}`, TIERFLOW_VIEWS: views },
    logFile: join(workDir, `${name}-tiering-${number}.log`),
  });
}

/** Epoch milliseconds. A worker without a partition gives Infinity. */
function firstTakeoverAt(logFile: string): number {
  const line = readFileSync(logFile, 'utf8')
    .split('\n')
    .find(text => text.includes('partition taken over'));
  return line === undefined ? Number.POSITIVE_INFINITY : Date.parse(JSON.parse(line).time);
}

export async function isDone(reader: RecordReader, store: RedisStateReader, topics: Topics): Promise<boolean> {
  for (let partition = 0; partition < benchPartitions; partition++) {
    const { cursor, outboxEntries } = await store.readPartition(partition);
    if (cursor === null || outboxEntries > 0) return false;
    if (cursor < (await reader.bounds(topics.customerEvents, partition)).highWatermark) return false;
  }
  return true;
}

export async function countCustomers(store: RedisStateReader): Promise<number> {
  let customers = 0;
  for (let partition = 0; partition < benchPartitions; partition++) {
    const { genesis } = JSON.parse((await store.readPartition(partition)).partitionState!);
    customers += await store.countCustomers(partition, genesis.slices);
  }
  return customers;
}

export async function readOutcome(reader: RecordReader, topics: Topics, changes: ChangeCodec): Promise<Outcome> {
  const sum = new OutcomeSum();
  for (let partition = 0; partition < benchPartitions; partition++) {
    for await (const records of reader.readAll(topics.tierChanges, partition, 0)) {
      for (const { value } of records) {
        const record = await changes.readTierRecord(value);
        if (record.type === 'Unreadable') throw new Error(`A record cannot be read: ${record.detail}`);
        sum.add(record);
      }
    }
  }
  return sum.result;
}
