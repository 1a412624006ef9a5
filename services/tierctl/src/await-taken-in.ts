/** Waits until intake has taken in everything that source topics hold now: its groups have committed up to their ends. */
import { setTimeout as delay } from 'node:timers/promises';
import { intakeGroup } from '@tierflow/config/namespace';
import { kafkaClient } from '@tierflow/kafka/connection';
import { GroupOffsets } from '@tierflow/kafka/group-offsets';
import { CommandFailure } from './command-failure.ts';
import type { Connections } from './connections.ts';

const pollIntervalMs = 100;

export async function awaitTakenIn(
  connections: Connections,
  topics: readonly string[],
  timeoutSeconds: number,
): Promise<void> {
  const ends = await endsOf(connections, topics);
  const offsets = await GroupOffsets.open(connections.kafka);
  connections.closing(offsets, () => offsets.close());
  const waitUntil = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const isLast = performance.now() > waitUntil;
    const behind = await recordsBehind(offsets, connections.environment.namespace, ends);
    if (behind.size === 0) return;
    if (isLast) {
      const lags = [...behind].map(([topic, records]) => `${topic} by ${records}`).join(', ');
      throw new CommandFailure(
        `intake is still behind after ${timeoutSeconds} s: ${lags}`,
        'check that it runs with a sources file that names these topics; its log and /readyz say what it waits for',
      );
    }
    await delay(pollIntervalMs);
  }
}

/** By topic: the end of each partition that holds anything. */
type Ends = ReadonlyMap<string, ReadonlyMap<number, number>>;

async function endsOf({ kafka }: Connections, topics: readonly string[]): Promise<Ends> {
  const admin = kafkaClient(kafka).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(topic => !existing.has(topic));
    if (missing.length > 0) {
      throw new CommandFailure(`there is no topic ${missing.join(', ')}`, 'check the names in the sources file');
    }
    const ends = await Promise.all(
      topics.map(async topic => {
        const offsets = await admin.fetchTopicOffsets(topic);
        const held = offsets.filter(({ low, high }) => Number(high) > Number(low));
        return [topic, new Map(held.map(({ partition, high }) => [partition, Number(high)]))] as const;
      }),
    );
    return new Map(ends);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

async function recordsBehind(offsets: GroupOffsets, namespace: string, ends: Ends): Promise<Map<string, number>> {
  const behind = new Map<string, number>();
  for (const [topic, endOf] of ends) {
    const committed = await offsets.read(intakeGroup(namespace, topic), topic);
    const records = [...endOf].reduce(
      (sum, [partition, end]) => sum + Math.max(0, end - (committed.get(partition) ?? 0)),
      0,
    );
    if (records > 0) behind.set(topic, records);
  }
  return behind;
}
