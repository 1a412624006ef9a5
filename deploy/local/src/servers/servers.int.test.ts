/** What tests and users rely on when a server is killed, restarted or restored. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServers, startServers } from './start-servers.ts';

let dataDir: string;
let servers: RunningServers;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tierflow-servers-'));
  servers = await startServers({ dataDir, reuse: false, kafka: false });
});

afterAll(async () => {
  await servers.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('Redis comes back with what a backup holds, and keeps that over a restart', async () => {
  const redis = servers.redis!;
  const backup = join(dataDir, 'backup.rdb');
  await redis.request('SET tier silver');
  await redis.backUpTo(backup);
  await redis.request('SET tier gold');

  await redis.restoreFrom(backup);
  expect(await redis.request('GET tier')).toBe('silver');

  await redis.stop();
  await redis.start();
  expect(await redis.request('GET tier')).toBe('silver');
});

test('the registry keeps its schema ids when it is killed', async () => {
  const registry = servers.registry!;
  const ids = [await register('one'), await register('two')];

  await registry.kill();
  await registry.start();

  expect([await register('one'), await register('two')]).toEqual(ids);
  expect(await register('three')).not.toBe(ids[0]);
});

async function register(name: string): Promise<number> {
  const schema = JSON.stringify({ type: 'record', name, fields: [] });
  const response = await fetch(`${servers.schemaRegistryUrl}/subjects/${name}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  const { id } = (await response.json()) as { id: number };
  return id;
}
