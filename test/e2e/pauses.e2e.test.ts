/**
 * What runs out of room waits, says so, and goes on by itself: Redis at its memory limit, the broker that stands still.
 * In the end the output is what the fold of the log gives, nothing lost and nothing twice.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServers, startServers } from '@tierflow/local/servers/start-servers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { purchaseLine } from './canonical-line.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { Pipeline } from './pipeline.ts';
import type { Service } from './service.ts';

const timeoutMs = 300_000;
const patience = { timeout: 90_000, interval: 50 };
const partitions = 2;

let dataDir: string;
let servers: RunningServers;
let pipeline: Pipeline;
let tiering: Service | undefined;

vi.setConfig({ testTimeout: timeoutMs });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tierflow-pauses-'));
  servers = await startServers({ dataDir, reuse: false, registry: false });
  const { kafkaBrokers, redisUrl } = servers;
  const schemaRegistryUrl = inject('schemaRegistryUrl');
  pipeline = await Pipeline.open({ kafkaBrokers, redisUrl, schemaRegistryUrl }, 'pauses', partitions);
}, timeoutMs);

beforeEach(({ onTestFailed }) => onTestFailed(() => pipeline?.keepFolder()));

afterAll(async () => {
  try {
    servers?.kafka?.signal('SIGCONT');
    await pipeline?.close();
  } finally {
    await servers?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

/** Also where a test has failed half way: the next one is not to meet its full Redis or its process. */
afterEach(async () => {
  await setLimit(0);
  await tiering?.process.stop();
});

let files = 0;

async function startTiering(environment: NodeJS.ProcessEnv = {}): Promise<Service> {
  tiering = await pipeline.startTiering('tiering', environment);
  return tiering;
}

/** Purchases of new customers, each of which begins a standing. */
async function importCustomers(count: number): Promise<void> {
  const file = join(pipeline.folder, `${++files}.jsonl`);
  writeFileSync(file, Array.from({ length: count }, (_, i) => purchaseLine(`c${files}-${i}`, '400.00')).join('\n'));
  expect(await pipeline.tierctlJson('import', file)).toMatchObject({ written: count });
}

/** Paused partitions by reason, e.g. `storeFull`, each as often as there are partitions with it. */
async function pausesOf(service: Service): Promise<string[]> {
  return samplesOf(await scrape(service.metricsUrl), 'tier_partition_paused').map(({ labels }) => labels.reason!);
}

async function readyz(service: Service): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(service.metricsUrl.replace('/metrics', '/readyz'));
  return { status: response.status, text: await response.text() };
}

function logged(service: Service, message: string): string[] {
  return readFileSync(service.process.logFile, 'utf8')
    .split('\n')
    .filter(text => text.includes(message));
}

async function usedBytes(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await pipeline.redis.info('memory'))![1]);
}

async function setLimit(bytes: number): Promise<void> {
  await pipeline.redis.config('SET', 'maxmemory', String(bytes));
}

test.each<[string, (used: number) => number]>([
  ['near its memory limit', used => Math.ceil(used / 0.92)],
  ['at its memory limit', used => used - 1],
])('Redis %s: folding waits, says so, and goes on once there is room', async (_, limit) => {
  const tiering = await startTiering();
  await importCustomers(200);
  await pipeline.drained();
  const published = (await pipeline.tierChanges()).flat().length;

  await setLimit(limit(await usedBytes()));
  await importCustomers(2_000);
  await expect.poll(() => pausesOf(tiering), patience).toEqual(['storeFull', 'storeFull']);
  expect(await readyz(tiering)).toEqual({ status: 503, text: expect.stringMatching(/0 paused \(storeFull\)/) });
  await expect.poll(() => logged(tiering, 'partition paused'), patience).toHaveLength(partitions);
  const paused = logged(tiering, 'partition paused');
  expect(paused[0]).toContain('deploy/runbook/redis-full.md');
  // However much was let in before, it is not all: the log waits, and not in a loop of takeovers.
  expect((await pipeline.tierChanges()).flat().length).toBeLessThan(published + 2_000);
  expect(logged(tiering, 'partition dropped')).toEqual([]);

  await setLimit(0);
  await expect.poll(() => pausesOf(tiering), patience).toEqual([]);
  await pipeline.drained();
  expect((await readyz(tiering)).status).toBe(200);
  expect(logged(tiering, 'partition goes on')).toHaveLength(partitions);
  expect((await pipeline.tierChanges()).flat()).toHaveLength(published + 4_000);
  await tiering.process.stop();
  await expectSameAsFold(pipeline);
});

test('a broker that stands still: the fold waits at the bound, says so, and goes on', async () => {
  await importCustomers(20_000);
  const tiering = await startTiering({
    TIERFLOW_UNPUBLISHED_BYTES_PER_PARTITION: '65536',
    // What is fetched is folded in many commits, so that much is left to fold when the broker stops.
    TIERFLOW_COMMIT_EVENTS_MAX: '20',
  });
  const folded = async () =>
    samplesOf(await scrape(tiering.metricsUrl), 'tier_commit_seconds_count').reduce((sum, { value }) => sum + value, 0);
  await expect.poll(folded, patience).toBeGreaterThan(10);
  servers.kafka!.signal('SIGSTOP');
  try {
    await expect.poll(() => pausesOf(tiering), { ...patience, timeout: 10_000 }).toContain('outputSlow');
    expect(await readyz(tiering)).toEqual({ status: 503, text: expect.stringMatching(/paused \(outputSlow\)/) });
    expect(logged(tiering, 'partition paused')[0]).toContain('deploy/runbook/slow-broker.md');
    // It stands: what waits is bounded, however long it lasts. The other partition may still come to its own bound.
    let before = Number.NaN;
    const hasRested = async () => {
      const now = await folded();
      const isSame = now === before;
      before = now;
      return isSame;
    };
    await expect.poll(hasRested, { ...patience, interval: 2_000 }).toBe(true);
  } finally {
    servers.kafka!.signal('SIGCONT');
  }
  await pipeline.drained();
  await expect.poll(() => pausesOf(tiering), patience).toEqual([]);
  await tiering.process.stop();
  await expectSameAsFold(pipeline);
});
