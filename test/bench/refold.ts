/**
 * Redis loses everything while tiering has nothing to do: how long until tiering notices, how fast it folds the log anew, and
 * whether the state and the output are then what they were.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { RecordReader } from '@tierflow/kafka/record-reader';
import type { OwnedProcess } from '@tierflow/local/processes/owned-process';
import type { RunningServers } from '@tierflow/local/servers/start-servers';
import type { TaskSettings } from '@tierflow/processor/partition-task';
import { namespaceGlob } from '@tierflow/redis/keys';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { benchPartitions } from './bench-log.ts';
import { type BenchNamespace, openBenchNamespace } from './bench-namespace.ts';
import { agrees, type Outcome } from './outcome.ts';
import { isDone, readOutcome, startTiering, writeFacts } from './pipeline.ts';
import { peakRssBytesOf } from './process-cost.ts';

export interface RefoldRun {
  readonly events: number;
  /** Of the changes before the loss. */
  readonly outcome: Outcome;
  /** From the loss until every partition has dropped what it held in memory. */
  readonly noticedSeconds: number;
  /** From the first takeover after the loss until every cursor is at the end again. */
  readonly refoldSeconds: number;
  /** From the loss until then: so long the store did not have what the log says. */
  readonly outageSeconds: number;
  /** Records that the output has more than before; committed ones and others. */
  readonly emitted: number;
  readonly outcomeIsSame: boolean;
  readonly stateIsSame: boolean;
  readonly customers: number;
  /** Before the loss, and at the end. */
  readonly peakRssBytes: readonly [number, number];
}

type RedisClient = Awaited<ReturnType<typeof openRedis>>;

const pollMs = 20;
const timeoutMs = 600_000;
const keysAtOnce = 1000;

export async function runRefold(
  servers: RunningServers,
  name: string,
  events: number,
  views: TaskSettings['views'],
  workDir: string,
): Promise<RefoldRun> {
  const bench = await openBenchNamespace(servers, name);
  await writeFacts(bench, events);
  const redis = await openRedis({ url: servers.redisUrl, name: 'tierflow-bench' });
  const reader = await RecordReader.open(bench.connection);
  const store = new RedisStateReader(redis, name);
  const tiering = await startTiering(bench, 1, views, workDir);
  try {
    const folded = () => isDone(reader, store, bench.topics);
    await waitFor(tiering, folded);
    const before = {
      state: await digestState(redis, name),
      outcome: await readOutcome(reader, bench.topics, bench.changes),
      end: await outputEnd(reader, bench),
      peakRssBytes: peakRssBytesOf(tiering.pid),
    };

    const lostAt = Date.now();
    await redis.flushall();
    await waitFor(tiering, async () => timesOf(tiering, 'partition dropped', lostAt).size === benchPartitions);
    await waitFor(tiering, folded);
    const endedAt = Date.now();

    const [noticed, takenOver] = [
      timesOf(tiering, 'partition dropped', lostAt),
      timesOf(tiering, 'taken over', lostAt),
    ];
    const state = await digestState(redis, name);
    const outcome = await readOutcome(reader, bench.topics, bench.changes);
    return {
      events,
      outcome: before.outcome,
      noticedSeconds: (Math.max(...noticed.values()) - lostAt) / 1000,
      refoldSeconds: (endedAt - Math.min(...takenOver.values())) / 1000,
      outageSeconds: (endedAt - lostAt) / 1000,
      emitted: (await outputEnd(reader, bench)) - before.end,
      outcomeIsSame: agrees(outcome, before.outcome),
      stateIsSame: state.digest === before.state.digest,
      customers: state.customers,
      peakRssBytes: [before.peakRssBytes, peakRssBytesOf(tiering.pid)],
    };
  } finally {
    await tiering.stop();
    redis.disconnect();
    await reader.close();
  }
}

async function waitFor(tiering: OwnedProcess, isTrue: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await isTrue()); await delay(pollMs)) {
    if (tiering.exit !== null) throw new Error(`tiering ended early:\n${tiering.logTail()}`);
    if (Date.now() > deadline) throw new Error(`Not done in time:\n${tiering.logTail()}`);
  }
}

/** By partition, when the log of the process first says so after an instant; epoch milliseconds. */
function timesOf({ logFile }: OwnedProcess, words: string, afterMs: number): Map<number, number> {
  const times = new Map<number, number>();
  for (const line of readFileSync(logFile, 'utf8').split('\n')) {
    if (!line.includes(words)) continue;
    const { partition, time } = JSON.parse(line);
    const at = Date.parse(time);
    if (at >= afterMs && !times.has(partition)) times.set(partition, at);
  }
  return times;
}

async function outputEnd(reader: RecordReader, { topics }: BenchNamespace): Promise<number> {
  let end = 0;
  for (let partition = 0; partition < benchPartitions; partition++) {
    end += (await reader.bounds(topics.tierChanges, partition)).highWatermark;
  }
  return end;
}

/** Heads, chunks and views of all customers, in any order. What counts records knows of the ones that came twice. */
async function digestState(redis: RedisClient, name: string): Promise<{ digest: string; customers: number }> {
  const sum = new Uint32Array(8);
  let customers = 0;
  for await (const found of redis.scanBufferStream({ match: namespaceGlob(name), type: 'string', count: keysAtOnce })) {
    const keys = found as Buffer[];
    if (keys.length === 0) continue;
    const values = await redis.mgetBuffer(...keys);
    keys.forEach((key, index) => {
      if (key.includes('}:state:')) customers++;
      const hash = createHash('sha256').update(key).update('\0').update(values[index]!).digest();
      for (let word = 0; word < sum.length; word++) sum[word] = sum[word]! + hash.readUInt32LE(4 * word);
    });
  }
  return { digest: Buffer.from(sum.buffer).toString('hex'), customers };
}
