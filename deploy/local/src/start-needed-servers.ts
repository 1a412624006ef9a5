/** Starts those servers that the environment does not name, on the ports of the environment or the usual ones. */
import { claimDataFolder } from './processes/data-folder.ts';
import type { Progress } from './progress.ts';
import { choosePort } from './servers/ports.ts';
import { startServers } from './servers/start-servers.ts';

export interface ServerUrls {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly schemaRegistryUrl: string;
  /** Where processes that work with these servers are recorded. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

const servers = [
  { key: 'kafka', url: 'KAFKA_BROKERS', portVariable: 'TIERFLOW_KAFKA_PORT', defaultPort: 9092 },
  { key: 'redis', url: 'REDIS_URL', portVariable: 'TIERFLOW_REDIS_PORT', defaultPort: 6379 },
  { key: 'registry', url: 'SCHEMA_REGISTRY_URL', portVariable: 'TIERFLOW_REGISTRY_PORT', defaultPort: 8081 },
] as const;

export async function startNeededServers(dataDir: string, logDir: string, progress: Progress): Promise<ServerUrls> {
  // Before the ports are looked at: what a killed run has left behind may hold them.
  await claimDataFolder(dataDir, true);
  const wanted = { kafka: false, redis: false, registry: false };
  const ports: { kafka?: number; redis?: number; registry?: number } = {};
  for (const { key, url, portVariable, defaultPort } of servers) {
    wanted[key] = !process.env[url];
    if (!wanted[key]) continue;
    const { port, insteadOf } = await choosePort(key, portVariable, defaultPort);
    ports[key] = port;
    if (insteadOf !== null) {
      progress.note(`Port ${insteadOf} is taken, so ${key} uses ${port} (${portVariable} chooses another).`);
    }
  }
  const running = await startServers({ ...wanted, dataDir, ports, reuse: true, logDir, progress });
  return {
    kafkaBrokers: process.env.KAFKA_BROKERS || running.kafkaBrokers,
    redisUrl: process.env.REDIS_URL || running.redisUrl,
    schemaRegistryUrl: process.env.SCHEMA_REGISTRY_URL || running.schemaRegistryUrl,
    dataDir,
    stop: running.stop,
  };
}
