/**
 * The product's own work without servers: decode → evolve → decide → encode, by the same partition task as in
 * production, over a state store in memory. What is left out is network, Redis and Kafka.
 */
import { changeCodec } from '@tierflow/codec/change-codec';
import { eventCodec } from '@tierflow/codec/event-codec';
import { InMemoryRegistry } from '@tierflow/codec/in-memory-registry';
import { outboxCodec, unpack } from '@tierflow/codec/outbox-codec';
import type { LogRecord } from '@tierflow/customer/events';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import { partitionOf } from '@tierflow/processor/partition-of';
import type { PartitionTask, TaskSettings } from '@tierflow/processor/partition-task';
import type { StoredOutboxEntry } from '@tierflow/processor/ports';
import { takeOver } from '@tierflow/processor/take-over';
import { benchLogOpening, benchPartitions, factOf } from './bench-log.ts';
import { type Outcome, OutcomeSum, workloadSeed } from './outcome.ts';
import { PackedLog } from './packed-log.ts';
import { workload } from './workload.ts';

export interface FoldOnlyRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly outcome: Outcome;
}

/** As many as a fetch of 1 MiB brings. */
const batchRecords = 7_000;
const namespace = 'bench';

/** @param around is called with the measured part, e.g. to profile it */
export async function runFoldOnly(
  events: number,
  views: TaskSettings['views'],
  around: <T>(measured: () => Promise<T>) => Promise<T> = measured => measured(),
): Promise<FoldOnlyRun> {
  const registry = new InMemoryRegistry();
  const schemaIds = await registry.register();
  const codec = eventCodec(registry, schemaIds);
  const changes = changeCodec(registry, schemaIds);

  const logs = Array.from({ length: benchPartitions }, () => new PackedLog());
  for (const control of benchLogOpening(namespace)) {
    for (const log of logs) log.append(null, codec.encodeEvent(control));
  }
  for (const event of workload(events, workloadSeed)) {
    const fact = factOf(event);
    logs[partitionOf(fact.customerId, benchPartitions)]!.append(fact.customerId, codec.encodeEvent(fact));
  }

  const published: StoredOutboxEntry[] = [];
  const decode = (log: PackedLog, from: number, to: number): LogRecord[] => {
    const records: LogRecord[] = [];
    for (let offset = from; offset < to; offset++) {
      const event = codec.decode(log.valueAt(offset));
      if (event === undefined) throw new Error('A record of the benchmark has a schema that its registry lacks.');
      records.push({ offset, timestamp: 0, key: log.keyAt(offset), event });
    }
    return records;
  };
  const ports = {
    store: new InMemoryStateStore(),
    outbox: outboxCodec(changes),
    rejections: {
      async report() {
        throw new Error('An event of the benchmark was rejected.');
      },
    },
    log: {
      bounds: async (partition: number) => ({ start: 0, end: logs[partition]!.length }),
      genesis: async (partition: number) => decode(logs[partition]!, 0, 1)[0]!,
    },
    tail: { lastEmission: async () => ({ id: null, logStart: 0 }) },
    publishers: {
      open: async () => ({
        async fence() {},
        async publish(entries: readonly StoredOutboxEntry[]) {
          published.push(...entries);
        },
        async close() {},
      }),
    },
  };
  const settings = {
    cacheCustomersMax: 100_000,
    unpublishedBytesMax: 16 * 1024 * 1024,
    transactionBytesMin: 1024 * 1024,
    views,
  };
  const tasks: PartitionTask[] = [];
  for (let partition = 0; partition < benchPartitions; partition++) {
    tasks.push(await takeOver(partition, 'bench', { namespace, partitions: benchPartitions }, ports, settings));
  }

  const measured = async (): Promise<{ seconds: number; cpuSeconds: number }> => {
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    const longest = Math.max(...logs.map(log => log.length));
    for (let from = 0; from < longest; from += batchRecords) {
      for (const [partition, task] of tasks.entries()) {
        const log = logs[partition]!;
        const to = Math.min(from + batchRecords, log.length);
        if (from < to) await task.process(decode(log, from, to), to);
      }
    }
    await Promise.all(tasks.map(task => task.drain()));
    const { user, system } = process.cpuUsage(cpuBefore);
    return { seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
  const cost = await around(measured);

  const sum = new OutcomeSum();
  for (const { bytes } of published) {
    for (const { record } of unpack(bytes)) {
      const read = await changes.readTierRecord(record);
      if (read.type === 'Unreadable') throw new Error(`A record cannot be read: ${read.detail}`);
      sum.add(read);
    }
  }
  return { ...cost, outcome: sum.result };
}
