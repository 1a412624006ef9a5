/** Does what a fault is, and returns when it is over: the process is replaced, the server is back, the way is open. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalServer } from '@tierflow/local/servers/local-server';
import type { Toxic } from '@tierflow/local/servers/toxiproxy-server';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { ChaosLoad } from './chaos-load.ts';
import type { Backend, ChaosServers, Lane } from './chaos-servers.ts';
import type { FaultKind } from './fault-kinds.ts';
import { type LogProgress, until } from './log-progress.ts';
import type { RedisBackups } from './redis-backups.ts';
import type { Supervisor } from './supervisor.ts';

export interface Crew {
  readonly workers: readonly Supervisor[];
  readonly intakes: readonly Supervisor[];
  readonly conductors: readonly Supervisor[];
}

const passesMax = 4;
const faultMsMin = 1000;
const startAttemptsMax = 3;
const leftBehindMsMax = 4000;
const duplicatesPerFault = 3;

export class FaultInjector {
  readonly #servers: ChaosServers;
  readonly #crew: Crew;
  readonly #load: ChaosLoad;
  readonly #progress: LogProgress;
  readonly #backups: RedisBackups;
  readonly #random: SplitMix64;
  readonly #faultMsMax: number;

  constructor(
    servers: ChaosServers,
    crew: Crew,
    load: ChaosLoad,
    progress: LogProgress,
    backups: RedisBackups,
    random: SplitMix64,
    faultMsMax: number,
  ) {
    this.#servers = servers;
    this.#crew = crew;
    this.#load = load;
    this.#progress = progress;
    this.#backups = backups;
    this.#random = random;
    this.#faultMsMax = faultMsMax;
  }

  /** Gives what was hit, in words. */
  async inflict(kind: FaultKind): Promise<string> {
    const { workers, intakes, conductors } = this.#crew;
    const { kafka, redis } = this.#servers;
    switch (kind) {
      case 'killWorker':
        return this.#kill(this.#one(workers));
      case 'killBeforePublish':
        return this.#killAt(this.#one(workers), 'publish.before');
      case 'killAfterPublish':
        return this.#killAt(this.#one(workers), 'publish.after');
      case 'killIntake':
        return this.#kill(this.#one(intakes));
      case 'killConductor':
        return this.#kill(this.#one(conductors));
      case 'freezeWorker':
        return this.#freeze();
      case 'drainWorkers':
        return this.#drain();
      case 'flushRedis':
        await redis.master.flushAll();
        return 'the master';
      case 'restoreRedis':
        return this.#restore();
      case 'killRedis':
        await redis.master.kill();
        await startPatiently(redis.master);
        return 'the master';
      case 'failOverRedis':
        return this.#failOver();
      case 'killBroker':
        await kafka.kill();
        await startPatiently(kafka);
        return 'the broker';
      case 'freezeBroker':
        return this.#freezeBroker();
      case 'repeatEndTxn':
        return this.#repeatEndTxn();
      case 'hostileInput':
        await this.#load.beHostile();
        return 'the topics';
      case 'closeWay':
        return this.#closeWay();
      default:
        return this.#spoil(kind);
    }
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#random.below(of.length)]!;
  }

  #between(least: number, most: number): number {
    return least + this.#random.below(most - least);
  }

  async #kill(victim: Supervisor): Promise<string> {
    const deaths = victim.deaths.length;
    await until(`${victim.name} dies`, () => {
      // Again and again: one that is just being started hears nothing.
      victim.signal('SIGKILL');
      return victim.deaths.length > deaths;
    });
    return victim.name;
  }

  /** The process is replaced by one that is going to die there by itself. */
  async #killAt(victim: Supervisor, point: string): Promise<string> {
    const failpoint = `${point}:${this.#random.below(passesMax + 1)}`;
    victim.armNextLaunch(failpoint);
    await this.#kill(victim);
    const deaths = victim.deaths.length;
    const died = () => victim.deaths.slice(deaths).some(death => death.failpoint !== null && death.how === 'SIGKILL');
    await until(`${victim.name} reaches ${failpoint}`, died);
    return victim.name;
  }

  /** It sleeps until all that it owned is in other hands and goes on there; then it wakes up and is fenced. */
  async #freeze(): Promise<string> {
    await until('a worker owns a partition', () => this.#owners().size > 0);
    const victim = this.#one([...new Set(this.#owners().values())]);
    const owned = [...this.#owners()].filter(([, owner]) => owner === victim).map(([partition]) => partition);
    victim.signal('SIGSTOP');
    await until(`${victim.name} loses ${owned}`, () => owned.every(p => this.#owners().get(p) !== victim));
    await this.#progress.catchesUp();
    const noticed = () => victim.lines().filter(({ msg }) => /fenced|taken over|dropped/.test(msg)).length;
    const before = noticed();
    victim.signal('SIGCONT');
    await until(`${victim.name} notices`, () => noticed() > before);
    return `${victim.name} with ${owned}`;
  }

  /** By partition: who has taken it over last and lives. */
  #owners(): Map<number, Supervisor> {
    const takeovers = this.#crew.workers.flatMap(worker =>
      worker.lines().flatMap(({ msg, time, partition, launch }) => {
        if (msg !== 'partition taken over') return [];
        return [{ time, partition: partition!, worker, lives: launch === worker.launches }];
      }),
    );
    takeovers.sort((a, b) => (a.time < b.time ? -1 : 1));
    const last = new Map(takeovers.map(({ partition, worker, lives }) => [partition, { worker, lives }]));
    return new Map([...last].flatMap(([partition, { worker, lives }]) => (lives ? [[partition, worker]] : [])));
  }

  /** One after the other is asked to end, and ends in order: a second signal would end it at once. */
  async #drain(): Promise<string> {
    let longestMs = 0;
    for (const worker of this.#crew.workers) {
      const deaths = worker.deaths.length;
      const startedAt = performance.now();
      worker.signal('SIGTERM');
      await until(`${worker.name} drains`, () => worker.deaths.length > deaths);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      await this.#progress.catchesUp();
    }
    return `all workers, ${seconds(longestMs)} at the most`;
  }

  async #restore(): Promise<string> {
    if (!this.#backups.exists) {
      await this.#backups.take();
      await this.#progress.catchesUp();
      await this.#progress.movesOn();
    }
    const ageSeconds = await this.#backups.restoreOldest();
    return `a backup ${ageSeconds.toFixed(0)} s old`;
  }

  /** The replica is cut off, then made the master; one worker goes on with the former master for a while. */
  async #failOver(): Promise<string> {
    const { redis } = this.#servers;
    const former = redis.master;
    const leftBehind = this.#one(this.#servers.lanes);
    await redis.synchronised();
    await redis.cut();
    const cut = await this.#cursorsOf(former);
    await until('the master is ahead of its replica', async () => grew(cut, await this.#cursorsOf(former)));
    redis.swap();
    await this.#servers.leadToMaster(leftBehind.name);
    await delay(this.#between(0, leftBehindMsMax));
    await this.#servers.leadToMaster(null);
    await redis.replicate();
    return `${leftBehind.name} left behind`;
  }

  async #cursorsOf(redis: ChaosServers['redis']['master']): Promise<string[]> {
    return Promise.all(this.#progress.metaKeys.map(key => redis.request(`HGET ${key} cursor`)));
  }

  async #freezeBroker(): Promise<string> {
    const { kafka } = this.#servers;
    const ms = this.#between(faultMsMin, this.#faultMsMax);
    kafka.signal('SIGSTOP');
    try {
      await delay(ms);
    } finally {
      kafka.signal('SIGCONT');
    }
    return `the broker for ${seconds(ms)}`;
  }

  async #repeatEndTxn(): Promise<string> {
    const before = this.#servers.linkCounts.endTxnDuplicated;
    const shares = this.#servers.lanes.map(({ link }) => link.duplicatedShare);
    for (const { link } of this.#servers.lanes) link.duplicatedShare = 0.6;
    try {
      const more = () => this.#servers.linkCounts.endTxnDuplicated >= before + duplicatesPerFault;
      await until('some EndTxn come twice', more);
    } finally {
      for (const [i, { link }] of this.#servers.lanes.entries()) link.duplicatedShare = shares[i]!;
    }
    return `${this.#servers.linkCounts.endTxnDuplicated - before} times`;
  }

  async #closeWay(): Promise<string> {
    const { backend, lane } = this.#way();
    const ms = this.#between(faultMsMin, this.#faultMsMax);
    await this.#servers.open(backend, lane, false);
    try {
      await delay(ms);
    } finally {
      await this.#servers.open(backend, lane, true);
    }
    return `${lane.name} to ${backend} for ${seconds(ms)}`;
  }

  async #spoil(kind: Exclude<FaultKind, 'closeWay'>): Promise<string> {
    const { backend, lane } = this.#way();
    const ms = this.#between(faultMsMin, this.#faultMsMax);
    await this.#servers.spoil(backend, lane, this.#toxicOf(kind));
    try {
      await delay(ms);
    } finally {
      await this.#servers.mend(backend, lane);
    }
    return `${lane.name} to ${backend} for ${seconds(ms)}`;
  }

  #way(): { readonly backend: Backend; readonly lane: Lane } {
    return { backend: this.#one(['kafka', 'redis'] as const), lane: this.#one(this.#servers.lanes) };
  }

  #toxicOf(kind: FaultKind): Toxic {
    switch (kind) {
      case 'resetConnections':
        return { type: 'reset_peer', stream: 'downstream', attributes: { timeout: this.#random.below(300) } };
      case 'loseAnswers':
        return { type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } };
      case 'loseRequests':
        return { type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } };
      case 'slowNetwork':
        return { type: 'latency', stream: 'downstream', attributes: { latency: 500, jitter: 500 } };
      case 'cutMidFrame':
        return { type: 'limit_data', stream: 'downstream', attributes: { bytes: this.#between(20, 5000) } };
      default:
        throw new Error(`${kind} is no fault of the network`);
    }
  }
}

function grew(before: readonly string[], now: readonly string[]): boolean {
  return now.some((cursor, p) => Number(cursor) > Number(before[p]));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A busy machine may need more than one attempt to bring a server back in time. */
async function startPatiently(server: LocalServer): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.start();
    } catch (error) {
      if (attempt === startAttemptsMax) throw error;
    }
  }
}
