/**
 * One Kafka, Redis and schema registry for all tests that need them, on random ports and in a folder of their own.
 *
 * Never those that KAFKA_BROKERS and its like name: tests delete what they find. A test takes names of its own (topics,
 * namespace, subjects), so that it does not see its neighbours; one that kills a server starts its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServers, startServers } from '@tierflow/local/servers/start-servers';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    kafkaBrokers: string;
    redisUrl: string;
    schemaRegistryUrl: string;
  }
}

interface SharedServers {
  readonly dataDir: string;
  readonly running: Promise<RunningServers>;
  users: number;
}

// Each project loads this file for itself, so what they share is kept outside of it.
const shared: { tierflowServers?: SharedServers | undefined } = globalThis as object;

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  shared.tierflowServers ??= launch();
  const servers = shared.tierflowServers;
  servers.users += 1;
  const { kafkaBrokers, redisUrl, schemaRegistryUrl } = await servers.running;
  project.provide('kafkaBrokers', kafkaBrokers);
  project.provide('redisUrl', redisUrl);
  project.provide('schemaRegistryUrl', schemaRegistryUrl);

  return async () => {
    servers.users -= 1;
    if (servers.users > 0) return;
    shared.tierflowServers = undefined;
    await (await servers.running).stop();
    rmSync(servers.dataDir, { recursive: true, force: true });
  };
}

function launch(): SharedServers {
  const dataDir = mkdtempSync(join(tmpdir(), 'tierflow-test-'));
  return { dataDir, running: startServers({ dataDir, reuse: false }), users: 0 };
}
