/**
 * Real servers, and the ways that lead to them. Every process has a lane of its own to each server, because the faults that
 * matter meet one process while the others go on:
 *
 *   process → toxiproxy → KafkaLink → a listener of the broker that advertises that toxiproxy
 *   process → toxiproxy → the master of Redis, or for a while the former one
 *
 * The harness looks at the broker directly, and at Redis by a lane that is never spoiled and always leads to the master.
 */
import { join } from 'node:path';
import { openProgress } from '@tierflow/local/progress';
import type { KafkaServer } from '@tierflow/local/servers/kafka-server';
import { loopback, randomPort } from '@tierflow/local/servers/ports';
import { type RunningServers, startServers } from '@tierflow/local/servers/start-servers';
import { ensureToxiproxy } from '@tierflow/local/servers/toxiproxy-program';
import { type Toxic, ToxiproxyServer } from '@tierflow/local/servers/toxiproxy-server';
import { SplitMix64 } from '../bench/split-mix-64.ts';
import { KafkaLink, type LinkCounts } from './kafka-link.ts';
import { RedisPair } from './redis-pair.ts';

/** The way of one process, or of a few, to both servers. */
export interface Lane {
  readonly name: string;
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly link: KafkaLink;
}

export type Backend = 'kafka' | 'redis';

const harness = 'harness';
/** Redis is so far away that a fault finds something under way, without a processor being burnt for it. */
const redisLatencyMs = 15;

export class ChaosServers {
  readonly lanes: readonly Lane[];
  readonly kafka: KafkaServer;
  readonly redis: RedisPair;
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly schemaRegistryUrl: string;
  readonly #toxiproxy: ToxiproxyServer;
  readonly #stop: () => Promise<void>;

  /** @param schemaRegistryUrl one that runs already; without it, one is started */
  static async start(
    dataDir: string,
    laneNames: readonly string[],
    seed: number,
    schemaRegistryUrl?: string,
  ): Promise<ChaosServers> {
    const stops: (() => Promise<void>)[] = [];
    const stop = async () => {
      for (const each of stops.reverse()) await each();
    };
    try {
      const toxiproxy = await startToxiproxy(join(dataDir, 'toxiproxy'));
      stops.push(() => toxiproxy.stop());

      const ways = await Promise.all(laneNames.map(reserveWay));
      const kafkaListeners = ways.map(({ kafkaPort, listenerPort }, i) => {
        return { name: `LANE${i}`, port: listenerPort, advertisedPort: kafkaPort };
      });
      const registry = schemaRegistryUrl === undefined;
      const main = await startServers({ dataDir: join(dataDir, 'main'), reuse: false, registry, kafkaListeners });
      stops.push(() => main.stop());
      const onlyRedis = { reuse: false, kafka: false, registry: false };
      const second = await startServers({ dataDir: join(dataDir, 'replica'), ...onlyRedis });
      stops.push(() => second.stop());
      const pair = new RedisPair(main.redis!, second.redis!);
      await pair.replicate();

      const lanes: Lane[] = [];
      for (const [i, way] of ways.entries()) {
        const lane = await openLane(toxiproxy, way, pair.master.port, new SplitMix64(seed * 31 + i));
        stops.push(() => lane.link.close());
        lanes.push(lane);
      }
      const harnessPort = await randomPort();
      const own = { name: `redis-${harness}`, listenPort: harnessPort, upstreamPort: pair.master.port };
      await toxiproxy.addProxy(own);
      return new ChaosServers(main, pair, toxiproxy, lanes, harnessPort, schemaRegistryUrl, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  private constructor(
    main: RunningServers,
    redis: RedisPair,
    toxiproxy: ToxiproxyServer,
    lanes: readonly Lane[],
    harnessPort: number,
    schemaRegistryUrl: string | undefined,
    stop: () => Promise<void>,
  ) {
    this.kafka = main.kafka!;
    this.redis = redis;
    this.lanes = lanes;
    this.kafkaBrokers = main.kafkaBrokers;
    this.redisUrl = `redis://${loopback}:${harnessPort}`;
    this.schemaRegistryUrl = schemaRegistryUrl ?? main.schemaRegistryUrl;
    this.#toxiproxy = toxiproxy;
    this.#stop = stop;
  }

  /** All lanes but one lead to the present master of Redis; that one follows when it is told to. */
  async leadToMaster(leftBehind: string | null): Promise<void> {
    for (const name of [...this.lanes.map(lane => lane.name), harness]) {
      if (name !== leftBehind) await this.#toxiproxy.leadTo(`redis-${name}`, this.redis.master.port);
    }
  }

  async spoil(backend: Backend, lane: Lane, toxic: Toxic): Promise<void> {
    await this.#toxiproxy.addToxic(`${backend}-${lane.name}`, 'fault', toxic);
  }

  /**
   * What was swallowed stays so, but no connection goes on behind a gap: TCP knows none. The toxic goes first, because
   * toxiproxy would wait for seconds to hand what it holds back to a connection that is closed.
   */
  async mend(backend: Backend, lane: Lane): Promise<void> {
    await this.#toxiproxy.removeToxic(`${backend}-${lane.name}`, 'fault');
    await this.open(backend, lane, false);
    await this.open(backend, lane, true);
  }

  async open(backend: Backend, lane: Lane, isOpen: boolean): Promise<void> {
    await this.#toxiproxy.enable(`${backend}-${lane.name}`, isOpen);
  }

  /** Of all lanes together. */
  get linkCounts(): LinkCounts {
    const total: LinkCounts = {
      endTxnSeen: 0,
      endTxnDuplicated: 0,
      staleEndTxnAccepted: 0,
      staleEndTxnRefused: 0,
      othersDuplicated: 0,
    };
    for (const { link } of this.lanes) {
      for (const name of Object.keys(total) as (keyof LinkCounts)[]) total[name] += link.counts[name];
    }
    return total;
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}

interface Way {
  readonly name: string;
  /** Of toxiproxy, and what the listener advertises. */
  readonly kafkaPort: number;
  readonly listenerPort: number;
  readonly redisPort: number;
}

async function reserveWay(name: string): Promise<Way> {
  const [kafkaPort, listenerPort, redisPort] = await Promise.all([randomPort(), randomPort(), randomPort()]);
  return { name, kafkaPort, listenerPort, redisPort };
}

async function startToxiproxy(folder: string): Promise<ToxiproxyServer> {
  const program = await ensureToxiproxy(openProgress());
  const options = { dataDir: folder, port: await randomPort(), logFile: join(folder, 'toxiproxy.log') };
  const toxiproxy = new ToxiproxyServer(options, program);
  await toxiproxy.start();
  return toxiproxy;
}

async function openLane(
  toxiproxy: ToxiproxyServer,
  { name, kafkaPort, listenerPort, redisPort }: Way,
  masterPort: number,
  random: SplitMix64,
): Promise<Lane> {
  const link = await KafkaLink.open(listenerPort, random);
  await toxiproxy.addProxy({ name: `kafka-${name}`, listenPort: kafkaPort, upstreamPort: link.port });
  await toxiproxy.addProxy({ name: `redis-${name}`, listenPort: redisPort, upstreamPort: masterPort });
  const away: Toxic = { type: 'latency', stream: 'downstream', attributes: { latency: redisLatencyMs } };
  await toxiproxy.addToxic(`redis-${name}`, 'distance', away);
  return { name, kafkaBrokers: `${loopback}:${kafkaPort}`, redisUrl: `redis://${loopback}:${redisPort}`, link };
}
