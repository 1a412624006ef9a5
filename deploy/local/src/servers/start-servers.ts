/** Kafka, Redis and the schema registry as processes of this machine, on one folder of data. */
import { join, resolve } from 'node:path';
import { claimDataFolder, recordsDirOf, releaseDataFolder } from '../processes/data-folder.ts';
import { inStep, openProgress, type Progress } from '../progress.ts';
import { UnmetNeed } from '../unmet-need.ts';
import { installServers, type WantedServers } from './install-servers.ts';
import { type KafkaListener, KafkaServer } from './kafka-server.ts';
import type { LocalServer, ServerOptions } from './local-server.ts';
import { isPortFree, randomPort } from './ports.ts';
import { RedisServer } from './redis-server.ts';
import { RegistryServer } from './registry-server.ts';

export interface ServersStart extends Partial<WantedServers> {
  readonly dataDir: string;
  /** A server without a port here gets a random one. */
  readonly ports?: { readonly kafka?: number; readonly redis?: number; readonly registry?: number };
  readonly kafkaListeners?: readonly KafkaListener[];
  /** true: goes on with the data that the folder holds. false: empties it first. */
  readonly reuse: boolean;
  /** Where each server's output goes, one file a server; within the folder of data unless given. */
  readonly logDir?: string;
  readonly progress?: Progress;
}

export interface RunningServers {
  /** null: not asked for. */
  readonly kafka: KafkaServer | null;
  readonly redis: RedisServer | null;
  readonly registry: RegistryServer | null;
  /** Empty where the server was not asked for, as are the other two. */
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly schemaRegistryUrl: string;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export async function startServers(start: ServersStart): Promise<RunningServers> {
  const progress = start.progress ?? openProgress();
  const dataDir = resolve(start.dataDir);
  const logDir = start.logDir ?? join(dataDir, 'logs');
  const wanted = { kafka: start.kafka ?? true, redis: start.redis ?? true, registry: start.registry ?? true };

  await claimDataFolder(dataDir, start.reuse);
  const optionsFor = async (server: keyof WantedServers): Promise<ServerOptions> => ({
    dataDir: join(dataDir, server),
    port: await portFor(server, start.ports?.[server]),
    logFile: join(logDir, `${server}.log`),
    recordsDir: recordsDirOf(dataDir),
  });
  let servers: LocalServer[] = [];
  const stop = async () => {
    await Promise.all(servers.map(server => server.stop()));
    releaseDataFolder(dataDir);
  };
  try {
    await installServers(wanted, progress);
    const kafka = wanted.kafka
      ? new KafkaServer({ ...(await optionsFor('kafka')), listeners: start.kafkaListeners ?? [] })
      : null;
    const redis = wanted.redis ? new RedisServer(await optionsFor('redis')) : null;
    const registry = wanted.registry ? new RegistryServer(await optionsFor('registry')) : null;
    servers = [kafka, redis, registry].filter(server => server !== null);
    const starts = servers.map(server =>
      inStep(
        progress,
        `Starting ${server.name}`,
        () => server.start(),
        () => `port ${server.port}`,
      ),
    );
    // All of them settle before a failure is passed on, or else one would start behind the clean-up.
    for (const outcome of await Promise.allSettled(starts)) if (outcome.status === 'rejected') throw outcome.reason;
    return {
      kafka,
      redis,
      registry,
      kafkaBrokers: kafka?.brokers ?? '',
      redisUrl: redis?.url ?? '',
      schemaRegistryUrl: registry?.url ?? '',
      pids: servers.flatMap(server => server.pid ?? []),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function portFor(server: string, port: number | undefined): Promise<number> {
  if (port === undefined) return randomPort();
  if (await isPortFree(port)) return port;
  throw new UnmetNeed(`Port ${port} for ${server} is taken by another program.`);
}
