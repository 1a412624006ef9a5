/**
 * The front door: how many foreign records a second intake maps into the log, and how long a record takes from its
 * source topic to the change of tier that it causes, as a read-committed reader of `tier-changes` sees it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { intakeGroup } from '@tierflow/config/namespace';
import { kafkaClient } from '@tierflow/kafka/connection';
import { partitionOf } from '@tierflow/kafka/event-writer';
import { GroupOffsets } from '@tierflow/kafka/group-offsets';
import { IdempotentProducer } from '@tierflow/kafka/idempotent-producer';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { repositoryDir } from '@tierflow/local/paths';
import { OwnedProcess } from '@tierflow/local/processes/owned-process';
import type { RunningServers } from '@tierflow/local/servers/start-servers';
import { benchPartitions } from './bench-log.ts';
import { type BenchNamespace, openBenchNamespace } from './bench-namespace.ts';
import { workloadSeed } from './outcome.ts';
import { cpuSecondsOf, peakRssBytesOf } from './process-cost.ts';
import { foreignRecord, sourcesFile } from './source-workload.ts';
import { workload } from './workload.ts';

export interface IntakeRun {
  readonly records: number;
  /** From the first read of a partition, which is when mapping begins. */
  readonly seconds: number;
  readonly cpuSeconds: { readonly intake: number; readonly kafka: number };
  readonly peakRssBytes: number;
  /** Events in the log afterwards; each record gives one. */
  readonly written: number;
}

export interface LatencyRun {
  readonly perSecond: number;
  readonly changes: number;
  /** Milliseconds from before the append to the source topic until the change was read. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

const writeRecords = 20_000;
const pollMs = 20;
const timeoutMs = 600_000;
const warmUpSeconds = 5;
const sendIntervalMs = 20;

export async function runIntake(
  servers: RunningServers,
  name: string,
  records: number,
  workDir: string,
): Promise<IntakeRun> {
  const bench = await openBenchNamespace(servers, name);
  const source = await openSource(bench, workDir);
  await writeBacklog(bench, source.topic, records);
  const reader = await RecordReader.open(bench.connection);
  const kafkaBefore = cpuSecondsOf(servers.kafka!.pid!);
  const intake = await startProgram('intake', bench, source.file, workDir);
  const offsets = await GroupOffsets.open(bench.connection);
  try {
    const read = async () => {
      const committed = await offsets.read(intakeGroup(name, source.topic), source.topic);
      return [...committed.values()].reduce((sum, offset) => sum + offset, 0);
    };
    const deadline = Date.now() + timeoutMs;
    const wait = async (until: number) => {
      while ((await read()) < until) {
        if (intake.exit !== null) throw new Error(`intake ended early:\n${intake.logTail()}`);
        if (Date.now() > deadline) throw new Error(`Not done in time:\n${intake.logTail()}`);
        await delay(pollMs);
      }
    };
    // The first commit is the first sign of work from outside; what it covers is not counted.
    await wait(1);
    const [startedAt, before] = [performance.now(), await read()];
    await wait(records);
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      records: records - before,
      seconds,
      cpuSeconds: { intake: cpuSecondsOf(intake.pid), kafka: cpuSecondsOf(servers.kafka!.pid!) - kafkaBefore },
      peakRssBytes: peakRssBytesOf(intake.pid),
      written: await countFacts(reader, bench),
    };
  } finally {
    await offsets.close();
    await intake.stop();
    await reader.close();
  }
}

/** Every record is the first purchase of a new customer, so each causes a change. */
export async function runLatency(
  servers: RunningServers,
  name: string,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  workDir: string,
): Promise<LatencyRun> {
  const bench = await openBenchNamespace(servers, name);
  const source = await openSource(bench, workDir);
  const programs = await Promise.all(
    (['intake', 'tiering'] as const).map(program => startProgram(program, bench, source.file, workDir)),
  );
  const producer = new IdempotentProducer(bench.connection, source.topic);
  const sentAt = new Map<string, number>();
  const waits: number[] = [];
  const reading = new AbortController();
  const readers = Array.from({ length: benchPartitions }, (_, partition) =>
    readChanges(bench, partition, reading.signal, (customerId, at) => {
      const sent = sentAt.get(customerId);
      if (sent !== undefined) waits.push(at - sent);
      sentAt.delete(customerId);
    }),
  );
  try {
    const startedAt = performance.now();
    for (let sent = 0; sent < perSecond * (warmUpSeconds + seconds); ) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
      const batch = Array.from({ length: Math.max(0, due - sent) }, (_, i) => `late-${sent + i}`);
      sent += batch.length;
      const now = performance.now();
      if (sent > perSecond * warmUpSeconds) for (const id of batch) sentAt.set(id, now);
      await producer.write(
        batch.map(customerId => ({
          key: customerId,
          partition: partitionOf(customerId, benchPartitions),
          value: foreignRecord({
            type: 'purchase',
            eventId: customerId,
            customerId,
            occurredAt: Date.now(),
            amountMinor: 100_00,
          }),
        })),
      );
      await delay(sendIntervalMs);
    }
    for (const deadline = Date.now() + timeoutMs; sentAt.size > 0; await delay(pollMs)) {
      if (Date.now() > deadline) throw new Error(`${sentAt.size} records caused no change`);
    }
  } finally {
    reading.abort();
    await Promise.allSettled([...readers, producer.close(), ...programs.map(program => program.stop())]);
  }
  waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))]!);
  return { perSecond, changes: waits.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

interface OpenedSource {
  readonly topic: string;
  readonly file: string;
}

async function openSource({ name, connection }: BenchNamespace, workDir: string): Promise<OpenedSource> {
  const topic = `${name}.shop`;
  const file = join(workDir, `${name}-sources.yaml`);
  writeFileSync(file, sourcesFile(topic));
  const admin = kafkaClient(connection).admin();
  await admin.connect();
  try {
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: benchPartitions }] });
  } finally {
    await admin.disconnect();
  }
  return { topic, file };
}

async function writeBacklog({ connection }: BenchNamespace, topic: string, records: number): Promise<void> {
  const producer = new IdempotentProducer(connection, topic);
  let batch: { key: string; value: string; partition: number }[] = [];
  for (const event of workload(records, workloadSeed)) {
    const key = event.customerId;
    batch.push({ key, value: foreignRecord(event), partition: partitionOf(key, benchPartitions) });
    if (batch.length < writeRecords) continue;
    await producer.write(batch);
    batch = [];
  }
  await producer.write(batch);
  await producer.close();
}

function startProgram(
  program: 'intake' | 'tiering',
  { name, environment }: BenchNamespace,
  sources: string,
  workDir: string,
): Promise<OwnedProcess> {
  return OwnedProcess.start({
    name: program,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', join(repositoryDir, 'services', program, 'src/main.ts')],
    env: { ...environment, TIERFLOW_INSTANCE: 'bench', TIERFLOW_SOURCES: sources },
    logFile: join(workDir, `${name}-${program}.log`),
  });
}

async function countFacts(reader: RecordReader, { topics }: BenchNamespace): Promise<number> {
  let facts = 0;
  for (let partition = 0; partition < benchPartitions; partition++) {
    for await (const records of reader.readAll(topics.customerEvents, partition, 0)) {
      facts += records.filter(({ key }) => key !== null).length;
    }
  }
  return facts;
}

async function readChanges(
  { connection, topics }: BenchNamespace,
  partition: number,
  signal: AbortSignal,
  onChange: (customerId: string, at: number) => void,
): Promise<void> {
  const reader = await RecordReader.open(connection);
  try {
    for (let offset = 0; !signal.aborted; ) {
      const read = await reader.read({ topic: topics.tierChanges, partition, offset, maxWaitMs: 500 });
      if (read.status !== 'read') throw new Error(`${topics.tierChanges}/${partition} has no offset ${offset}`);
      const at = performance.now();
      for (const { key } of read.records) onChange(key!.toString(), at);
      offset = read.nextOffset;
    }
  } finally {
    await reader.close();
  }
}
