/**
 * The drill: back up, wipe, restore, and find the same digests; then go on, and end where the fold of the log ends. Also a
 * backup that was taken while events came in, put back while they come in.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { beforeAll, expect, test } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { purchaseLine } from './canonical-line.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';

interface Manifest {
  readonly logId: string;
  readonly format: number;
  readonly partitions: readonly {
    readonly partition: number;
    readonly cursor: number;
    readonly customers: number;
    readonly digest: string;
    readonly file: string;
  }[];
}

const events = join(repositoryDir, 'deploy/samples/online-retail/events.jsonl.gz');
const customerCount = 4_371;
const lateDay = { occurredAt: '2011-12-09T18:00:00Z' };

let tiering: Service;
let folders = 0;

const pipeline = pipelineUnderTest('backup', async opened => {
  tiering = await opened.startTiering('tiering-1');
  await opened.tierctl('import', '--mode', 'history', events);
  await opened.drained();
});

async function backUp(): Promise<{ readonly folder: string; readonly manifest: Manifest }> {
  const folder = join(pipeline().folder, `backup-${++folders}`);
  return { folder, manifest: await pipeline().tierctlJson<Manifest>('backup', '--out', folder) };
}

async function wipe(): Promise<void> {
  expect(await dropNamespace(pipeline().redis, pipeline().namespace)).toBeGreaterThan(customerCount);
}

async function cursors(): Promise<(number | null)[]> {
  const states = new RedisStateReader(pipeline().redis, pipeline().namespace);
  const all = Array.from({ length: pipeline().partitions }, (_, partition) => states.readPartition(partition));
  return (await Promise.all(all)).map(({ cursor }) => cursor);
}

async function importPurchases(rounds: number): Promise<void> {
  const file = join(pipeline().folder, `purchases-${++folders}.jsonl`);
  const lines = Array.from({ length: rounds * 500 }, (_, i) =>
    purchaseLine(`late-${i % 500}`, `${(i % 900) + 1}.00`, lateDay),
  );
  writeFileSync(file, lines.join('\n'));
  expect(await pipeline().tierctlJson('import', file)).toMatchObject({ written: lines.length });
}

async function expectSound(): Promise<void> {
  expect(await pipeline().tierctlJson('audit')).toMatchObject({ findings: 0, unchecked: 0 });
}

let first: { readonly folder: string; readonly manifest: Manifest };
beforeAll(async () => {
  first = await backUp();
}, 60_000);

test('a backup, a wiped Redis and a restore: the same digests, and an audit finds nothing', async () => {
  const { folder, manifest } = first;
  expect(manifest.partitions.reduce((sum, { customers }) => sum + customers, 0)).toBe(customerCount);
  await tiering.process.stop();
  const before = await pipeline().views();
  await wipe();
  const restored = await pipeline().tierctlJson<Manifest>('restore', '--from', folder, '--yes');
  expect(restored.partitions).toEqual(manifest.partitions);
  expect(await cursors()).toEqual(manifest.partitions.map(({ cursor }) => cursor));
  expect(await pipeline().views()).toEqual(before);
  await expectSound();
  // A second backup of it is the same, digest for digest.
  const again = await backUp();
  expect(again.manifest.partitions.map(({ digest, customers }) => [digest, customers])).toEqual(
    manifest.partitions.map(({ digest, customers }) => [digest, customers]),
  );
});

test('tiering goes on from what was restored, and ends where the fold of the log ends', async () => {
  tiering = await pipeline().startTiering('tiering-2');
  await importPurchases(2);
  await pipeline().drained();
  await expectSound();
  await expectSameAsFold(pipeline());
});

test('an older backup is put back while tiering runs and events come in', async () => {
  const published = (await pipeline().tierChanges()).flat().length;
  const importing = importPurchases(20);
  await pipeline().tierctl('restore', '--from', first.folder, '--yes');
  await importing;
  await pipeline().drained();
  await expectSound();
  expect((await pipeline().tierChanges()).flat().length).toBeGreaterThan(published);
  await expectSameAsFold(pipeline());
});

test('a backup that is taken while events come in is of one instant, and stops nobody for good', async () => {
  const importing = importPurchases(40);
  let isOver = false;
  void importing.finally(() => {
    isOver = true;
  });
  const taken = [await backUp()];
  while (!isOver) taken.push(await backUp());
  await importing;
  await pipeline().drained();
  expect(samplesOf(await scrape(tiering.metricsUrl), 'tier_partition_paused')).toEqual([]);
  await tiering.process.stop();
  for (const { folder, manifest } of taken.slice(-2)) {
    await wipe();
    const restored = await pipeline().tierctlJson<Manifest>('restore', '--from', folder, '--yes');
    expect(restored.partitions).toEqual(manifest.partitions);
  }
  tiering = await pipeline().startTiering('tiering-3');
  await pipeline().drained();
  await expectSound();
  await expectSameAsFold(pipeline());
});

test('what is damaged is not backed up', async () => {
  const { redis, namespace } = pipeline();
  const key = (await redis.keys(`{${namespace}:0}:state:*`))[0]!;
  const head = (await redis.getBuffer(key))!;
  await redis.del(key);
  const folder = join(pipeline().folder, `backup-${++folders}`);
  const { code, stderr } = await pipeline().tryTierctl('backup', '--out', folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /partition 0 is not what was written, so it was not backed up — run `tierctl audit --partition 0`/,
  );
  await redis.set(key, head);
  await expectSound();
});

/** A copy of the first backup that a test spoils. */
function spoiled(change: (manifest: Record<string, unknown>, folder: string) => void): string {
  const folder = join(pipeline().folder, `spoiled-${++folders}`);
  cpSync(first.folder, folder, { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  change(manifest, folder);
  writeFileSync(path, JSON.stringify(manifest));
  return folder;
}

test.each<[string, (manifest: Record<string, unknown>, folder: string) => void, RegExp]>([
  ['of another log', manifest => Object.assign(manifest, { logId: 'another' }), /belongs to log another/],
  ['of another namespace', manifest => Object.assign(manifest, { namespace: 'elsewhere' }), /--namespace elsewhere/],
  ['of another format', manifest => Object.assign(manifest, { format: 99 }), /release that took it/],
  ['of another fold', manifest => Object.assign(manifest, { foldVersion: 99 }), /tierctl refold/],
  [
    'with an altered file',
    (manifest, folder) => {
      const [{ file }] = manifest.partitions as [{ file: string }];
      const bytes = readFileSync(join(folder, file));
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(join(folder, file), bytes);
    },
    /is not the file that was written/,
  ],
])('a backup %s is refused before anything is touched', async (_, change, said) => {
  const before = await cursors();
  const { code, stderr } = await pipeline().tryTierctl('restore', '--from', spoiled(change), '--yes');
  expect(code).toBe(1);
  expect(stderr).toMatch(said);
  expect(await cursors()).toEqual(before);
  await expectSound();
});

test('a folder that is not empty, or no backup, is told', async () => {
  expect((await pipeline().tryTierctl('backup', '--out', first.folder)).stderr).toMatch(/is not empty — give each/);
  expect((await pipeline().tryTierctl('restore', '--from', pipeline().folder, '--yes')).stderr).toMatch(/not finished/);
  // Nobody can be asked here, and nothing is deleted unasked.
  expect((await pipeline().tryTierctl('restore', '--from', first.folder)).stderr).toMatch(/add --yes/);
});
