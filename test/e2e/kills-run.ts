/**
 * One run under faults: the sample goes into the log portion by portion, tiering processes fold it, and the faults of
 * the plan come one after another, each only when the product has visibly gone on since the one before.
 *
 * The fold is slowed by the link to Redis, and the feeding keeps ahead of it, so that faults meet processes at work.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { repositoryDir } from '@tierflow/local/paths';
import { waitUntil } from '@tierflow/local/processes/wait-until';
import type { LocalServer } from '@tierflow/local/servers/local-server';
import type { RunningServers } from '@tierflow/local/servers/start-servers';
import { PartitionKeys } from '@tierflow/redis/keys';
import { OutputAudit } from './kills-output-audit.ts';
import type { Fault } from './kills-plan.ts';
import { RedisLink } from './kills-redis-link.ts';
import { type LogLine, Supervisor } from './kills-supervisor.ts';
import { Pipeline } from './pipeline.ts';

export interface FaultDone extends Fault {
  readonly atMs: number;
  readonly seconds: number;
  /** Whether a partition had records to fold when it came. */
  readonly hitWork: boolean;
}

interface Position {
  readonly cursor: number | null;
  readonly end: number;
}

export const processes = 3;
const partitions = 4;
const portions = 24;
const linkDelayMs = 25;
const conditionTimeoutMs = 120_000;
const startAttemptsMax = 3;
const feedTimeoutMs = 600_000;
const sample = join(repositoryDir, 'deploy/samples/online-retail/events.jsonl.gz');

const tuning = {
  TIERFLOW_SESSION_TIMEOUT_MS: '3000',
  TIERFLOW_COMMIT_EVENTS_MAX: '8',
  TIERFLOW_FETCH_BYTES_PER_PARTITION: '16384',
};

export class KillRun {
  readonly pipeline: Pipeline;
  readonly audit: OutputAudit;
  readonly reader: RecordReader;
  readonly supervisors: readonly Supervisor[];
  readonly done: FaultDone[] = [];
  /** Imports that a fault cut short and that were made again. */
  importsRepeated = 0;
  readonly #servers: RunningServers;
  readonly #link: RedisLink;
  readonly #keys: readonly PartitionKeys[];
  readonly #backup: string;
  #fed = false;
  #planned = 0;

  static async open(servers: RunningServers, schemaRegistryUrl: string): Promise<KillRun> {
    const { kafkaBrokers, redisUrl } = servers;
    const pipeline = await Pipeline.open({ kafkaBrokers, redisUrl, schemaRegistryUrl }, 'kills', partitions);
    const connection: KafkaConnection = { brokers: [kafkaBrokers], clientId: 'kills', log: () => {} };
    const link = await RedisLink.open(servers.redis!.port, linkDelayMs);
    const audit = await OutputAudit.start(connection, pipeline.topics.tierChanges, partitions);
    const environment = {
      ...process.env,
      ...tuning,
      KAFKA_BROKERS: kafkaBrokers,
      REDIS_URL: link.url,
      SCHEMA_REGISTRY_URL: schemaRegistryUrl,
      TIERFLOW_NAMESPACE: pipeline.namespace,
    };
    const supervisors = Array.from(
      { length: processes },
      (_, i) => new Supervisor({ name: `tiering-${i}`, service: 'tiering', environment, logDir: pipeline.folder }),
    );
    return new KillRun(servers, pipeline, link, audit, await RecordReader.open(connection), supervisors);
  }

  private constructor(
    servers: RunningServers,
    pipeline: Pipeline,
    link: RedisLink,
    audit: OutputAudit,
    reader: RecordReader,
    supervisors: readonly Supervisor[],
  ) {
    this.#servers = servers;
    this.pipeline = pipeline;
    this.#link = link;
    this.audit = audit;
    this.reader = reader;
    this.supervisors = supervisors;
    this.#keys = Array.from({ length: partitions }, (_, p) => new PartitionKeys(pipeline.namespace, p));
    this.#backup = join(pipeline.folder, 'backup.rdb');
  }

  /** Ends when every fault has come, the whole sample is in the log, and all of it is folded and published. */
  async carryOut(plan: readonly Fault[]): Promise<void> {
    this.#planned = plan.length;
    for (const supervisor of this.supervisors) supervisor.start();
    const feeding = this.#feed();
    // Awaited below; until then a fault may fail first.
    feeding.catch(() => {});
    for (const fault of plan) {
      const hitWork = await this.#movedOn(fault.settled);
      const atMs = performance.now();
      this.#note(fault);
      await this.#inflict(fault);
      this.done.push({ ...fault, atMs, hitWork, seconds: (performance.now() - atMs) / 1000 });
    }
    await this.#movedOn(true);
    this.#link.delayMs = 0;
    await feeding;
    await this.pipeline.drained();
  }

  /** Log lines of all processes with this message. */
  logged(msg: RegExp): readonly LogLine[] {
    return this.supervisors.flatMap(supervisor => supervisor.lines().filter(line => msg.test(line.msg)));
  }

  async close(): Promise<void> {
    await Promise.all(this.supervisors.map(supervisor => supervisor.stop()));
    await Promise.all([this.audit.stop(), this.#link.close()]);
    await this.reader.close();
    await this.pipeline.close();
  }

  /** The next portion when its share of the faults has come, or when there is nothing else to fold. */
  async #feed(): Promise<void> {
    const folder = join(this.pipeline.folder, 'portions');
    mkdirSync(folder);
    const lines = gunzipSync(readFileSync(sample)).toString().trimEnd().split('\n');
    for (let portion = 0; portion < portions; portion++) {
      const file = join(folder, `${portion}.jsonl`);
      const share = lines.slice(
        Math.floor((lines.length * portion) / portions),
        Math.floor((lines.length * (portion + 1)) / portions),
      );
      writeFileSync(file, `${share.join('\n')}\n`);
      const isDue = () => this.done.length >= Math.floor(((portion - 1) * this.#planned) / portions);
      await until('a portion is due', async () => isDue() || isDrained(await this.#positions()), feedTimeoutMs);
      // Events are known by their ids, so an import that a fault has cut short is simply made again.
      for (;;) {
        const { code } = await this.pipeline.tryTierctl('import', '--mode', 'history', file);
        if (code === 0) break;
        this.importsRepeated++;
        await until('the servers are back', async () => (await this.#positions()) !== null);
      }
    }
    this.#fed = true;
  }

  /** Beside the logs of the processes, for whoever has to find out what happened. */
  #note(fault: Fault): void {
    const line = { time: new Date().toISOString(), ...fault };
    appendFileSync(join(this.pipeline.folder, 'faults.log'), `${JSON.stringify(line)}\n`);
  }

  /** Waits for progress and then for work; false where none is left. */
  async #movedOn(everywhere: boolean): Promise<boolean> {
    const moved = new Set<number>();
    let before: readonly Position[] | null = null;
    await until('partitions go on', async () => {
      const now = await this.#positions();
      now?.forEach(({ cursor, end }, p) => {
        const last = before?.[p]?.cursor ?? null;
        const grew = cursor !== null && last !== null && cursor > last;
        if (grew || (everywhere && cursor === end)) moved.add(p);
      });
      before = now;
      if (this.#fed && isDrained(now)) return true;
      return moved.size >= (everywhere ? partitions : 1);
    });
    let hitWork = false;
    await until('there is work', async () => {
      const now = await this.#positions();
      hitWork = now?.some(({ cursor, end }) => cursor === null || cursor < end) ?? false;
      return hitWork || (this.#fed && isDrained(now));
    });
    return hitWork;
  }

  /** null while a server is away. */
  async #positions(): Promise<readonly Position[] | null> {
    try {
      return await Promise.all(
        this.#keys.map(async ({ meta }, partition) => {
          const { highWatermark } = await this.reader.bounds(this.pipeline.topics.customerEvents, partition);
          const cursor = await this.pipeline.redis.hget(meta, 'cursor');
          return { cursor: cursor === null ? null : Number(cursor), end: highWatermark };
        }),
      );
    } catch {
      return null;
    }
  }

  async #inflict(fault: Fault): Promise<void> {
    const { redis, kafka } = this.#servers;
    const victim = this.supervisors[fault.victim]!;
    switch (fault.kind) {
      case 'kill':
        return this.#kill(victim);
      case 'killBeforePublish':
        return this.#killAt(victim, `publish.before:${fault.passes}`);
      case 'killAfterPublish':
        return this.#killAt(victim, `publish.after:${fault.passes}`);
      case 'freeze':
        return this.#freeze(victim);
      case 'flushRedis':
        return redis!.flushAll();
      case 'backUpRedis':
        return redis!.backUpTo(this.#backup);
      case 'restoreRedis':
        return redis!.restoreFrom(this.#backup);
      case 'killRedis':
        await redis!.kill();
        return startPatiently(redis!);
      case 'killBroker':
        await kafka!.kill();
        return startPatiently(kafka!);
      case 'cutRedis':
        await this.pipeline.redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
        return;
      case 'loseReply':
        this.#link.loseReplies();
        await until('a reply is lost', () => !this.#link.losesReplies);
    }
  }

  async #kill(victim: Supervisor): Promise<void> {
    const deaths = victim.deaths.length;
    victim.signal('SIGKILL');
    await until(`${victim.name} dies`, () => victim.deaths.length > deaths);
  }

  /** The process is replaced by one that is going to die there by itself. */
  async #killAt(victim: Supervisor, failpoint: string): Promise<void> {
    victim.armNextLaunch(failpoint);
    await this.#kill(victim);
    const deaths = victim.deaths.length;
    const died = () => victim.deaths.slice(deaths).some(death => death.failpoint !== null && death.how === 'SIGKILL');
    await until(`${victim.name} reaches ${failpoint}`, died);
  }

  /** The process sleeps until all that it owned is in other hands and goes on there; then it wakes up and is fenced. */
  async #freeze(victim: Supervisor): Promise<void> {
    const owned = [...this.#owners()].filter(([, owner]) => owner === victim).map(([partition]) => partition);
    victim.signal('SIGSTOP');
    await until(`${victim.name} loses ${owned}`, () => owned.every(p => this.#owners().get(p) !== victim));
    await this.#movedOn(true);
    const noticed = () => victim.lines().filter(({ msg }) => /fenced|taken over|dropped/.test(msg)).length;
    const before = noticed();
    victim.signal('SIGCONT');
    await until(`${victim.name} notices`, () => noticed() > before);
  }

  #owners(): Map<number, Supervisor> {
    const takeovers = this.supervisors.flatMap(supervisor =>
      supervisor
        .lines()
        .flatMap(({ msg, time, partition }) =>
          msg === 'partition taken over' ? [{ time, partition: partition!, supervisor }] : [],
        ),
    );
    takeovers.sort((a, b) => (a.time < b.time ? -1 : 1));
    return new Map(takeovers.map(({ partition, supervisor }) => [partition, supervisor]));
  }
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

function isDrained(positions: readonly Position[] | null): boolean {
  return positions?.every(({ cursor, end }) => cursor === end) ?? false;
}

async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = conditionTimeoutMs) {
  if ((await waitUntil(condition, timeoutMs)) === null)
    throw new Error(`waited ${timeoutMs / 1000} s in vain: ${what}`);
}
