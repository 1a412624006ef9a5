/**
 * What another client of Redis feels: a thread with a connection of its own that sends a PING every millisecond, and
 * tells, whenever it is asked, how long the answers took since it was asked last.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openRedis } from '@tierflow/redis/open-redis';
import { type Quantiles, quantilesOf } from './quantiles.ts';

const pauseMs = 1;

export class PingProbe {
  readonly #worker: Worker;

  static async start(redisUrl: string): Promise<PingProbe> {
    const worker = new Worker(new URL(import.meta.url), { workerData: redisUrl });
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    return new PingProbe(worker);
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Microseconds, since the last time. */
  async take(): Promise<Quantiles> {
    const taken = new Promise<Quantiles>(resolve => this.#worker.once('message', resolve));
    this.#worker.postMessage('take');
    return taken;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

async function probe(redisUrl: string): Promise<never> {
  const client = await openRedis({ url: redisUrl, name: 'probe' });
  let tookUs: number[] = [];
  parentPort!.on('message', () => {
    parentPort!.postMessage(quantilesOf(tookUs));
    tookUs = [];
  });
  parentPort!.postMessage('ready');
  for (;;) {
    const begin = performance.now();
    await client.ping();
    tookUs.push(Math.round(1000 * (performance.now() - begin)));
    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }
}

if (!isMainThread) await probe(workerData);
