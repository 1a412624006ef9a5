/**
 * One run: the product's processes on real servers, a load that never ends, and one fault after another, each when there is
 * work for it to hit. In the end the faults stop, everything is folded and published, and the audit begins.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { SplitMix64 } from '../bench/split-mix-64.ts';
import { Pipeline } from '../e2e/pipeline.ts';
import { ChaosLoad, chaosPolicy } from './chaos-load.ts';
import type { ChaosServers } from './chaos-servers.ts';
import { type Crew, FaultInjector } from './fault-injector.ts';
import { FaultDeck, type FaultKind } from './fault-kinds.ts';
import { LogProgress } from './log-progress.ts';
import { OutputAudit } from './output-audit.ts';
import { RedisBackups } from './redis-backups.ts';
import { type LogLine, Supervisor } from './supervisor.ts';

export interface ChaosSettings {
  readonly minutes: number;
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  /** The run ends as soon as the audit sees something wrong: nothing else was to be shown. */
  readonly endsAtViolation?: boolean;
  /** A module that Node loads before the tiering program. */
  readonly preload?: string;
  /** Of the EndTxn requests of the whole run, how many come twice. */
  readonly duplicatedShare: number;
  /** How long a way is spoiled or a server frozen at the most. */
  readonly faultMsMax: number;
  /** Each fault as it comes, for whoever watches. */
  readonly onFault?: (fault: FaultDone) => void;
}

export interface FaultDone {
  readonly kind: FaultKind;
  readonly what: string;
  /** By the clock of this process, as the audit's. */
  readonly atMs: number;
  readonly seconds: number;
  /** Whether there were records to fold or changes to publish when it came. */
  readonly hitWork: boolean;
  /** From its end until everything was folded and published that the log held then; null: the next one did not wait for that. */
  readonly recoverySeconds: number | null;
}

const partitions = 4;
const backupEveryFaults = 3;
/** One of so many faults comes while the one before is not yet recovered from. */
const hurriedOneIn = 4;
/** A run goes on for so many times its minutes at the most, until each kind of fault has come. */
const extensionMax = 2;

const tuning = {
  TIERFLOW_SESSION_TIMEOUT_MS: '3000',
  TIERFLOW_COMMIT_EVENTS_MAX: '500',
  TIERFLOW_FETCH_BYTES_PER_PARTITION: '65536',
};

const workerNames = ['tiering-1', 'tiering-2', 'tiering-3'];
const restNames = ['intake-1', 'intake-2', 'conductor-1', 'conductor-2'];
/** Intake and conductor share a way: what they do together is one load. */
export const laneNames: readonly string[] = [...workerNames, 'rest'];

export class ChaosRun {
  readonly pipeline: Pipeline;
  readonly servers: ChaosServers;
  readonly load: ChaosLoad;
  readonly audit: OutputAudit;
  readonly reader: RecordReader;
  readonly crew: Crew;
  readonly done: FaultDone[] = [];
  readonly settings: ChaosSettings;
  seconds = 0;
  readonly #progress: LogProgress;

  static async open(servers: ChaosServers, settings: ChaosSettings): Promise<ChaosRun> {
    const { kafkaBrokers, redisUrl, schemaRegistryUrl } = servers;
    const pipeline = await Pipeline.open(
      { kafkaBrokers, redisUrl, schemaRegistryUrl },
      'chaos',
      partitions,
      chaosPolicy,
    );
    // While a server is away its clients say so, which is no news here.
    pipeline.redis.on('error', () => {});
    const connection: KafkaConnection = { brokers: [kafkaBrokers], clientId: 'chaos', log: () => {} };
    const reader = await RecordReader.open(connection);
    const load = await ChaosLoad.open(pipeline, connection, reader, new SplitMix64(settings.seed));
    writeFileSync(join(pipeline.folder, 'sources.yaml'), load.sources);
    const audit = await OutputAudit.start(connection, pipeline.topics.tierChanges, partitions);
    return new ChaosRun(servers, settings, pipeline, load, audit, reader);
  }

  private constructor(
    servers: ChaosServers,
    settings: ChaosSettings,
    pipeline: Pipeline,
    load: ChaosLoad,
    audit: OutputAudit,
    reader: RecordReader,
  ) {
    this.servers = servers;
    this.settings = settings;
    this.pipeline = pipeline;
    this.load = load;
    this.audit = audit;
    this.reader = reader;
    this.#progress = new LogProgress(pipeline, reader);
    const crewOf = (names: readonly string[], lane: (name: string) => string) =>
      names.map(name => this.#supervise(name, lane(name)));
    const rest = crewOf(restNames, () => 'rest');
    this.crew = {
      workers: crewOf(workerNames, name => name),
      intakes: rest.filter(({ name }) => name.startsWith('intake')),
      conductors: rest.filter(({ name }) => name.startsWith('conductor')),
    };
    for (const { link } of servers.lanes) link.duplicatedShare = settings.duplicatedShare;
  }

  get supervisors(): readonly Supervisor[] {
    const { workers, intakes, conductors } = this.crew;
    return [...workers, ...intakes, ...conductors];
  }

  /** Log lines of all tiering processes with this message. */
  logged(msg: RegExp): readonly LogLine[] {
    return this.crew.workers.flatMap(worker => worker.lines().filter(line => msg.test(line.msg)));
  }

  async carryOut(): Promise<void> {
    const startedAt = performance.now();
    const { minutes, seed, kinds, faultMsMax } = this.settings;
    for (const supervisor of this.supervisors) supervisor.start();
    this.load.start();
    await this.#progress.movesOn();
    const deck = new FaultDeck(kinds, seed);
    const backups = new RedisBackups(this.servers.redis, this.pipeline.folder);
    const injector = new FaultInjector(
      this.servers,
      this.crew,
      this.load,
      this.#progress,
      backups,
      deck.random,
      faultMsMax,
    );
    const minutesGone = () => (performance.now() - startedAt) / 60_000;
    const isFoundOut = () => this.settings.endsAtViolation === true && this.audit.violations.length > 0;
    const isDone = () =>
      isFoundOut() ||
      (minutesGone() >= minutes && (this.missingKinds.length === 0 || minutesGone() >= minutes * extensionMax));
    while (!isDone()) {
      if (this.done.length % backupEveryFaults === 0) await backups.take();
      await this.#next(deck.draw(), deck.random.below(hurriedOneIn) === 0, injector);
    }
    await this.load.stop();
    for (const { link } of this.servers.lanes) link.duplicatedShare = 0;
    await this.pipeline.tierctl(
      'await',
      '--sources',
      join(this.pipeline.folder, 'sources.yaml'),
      '--timeout-seconds',
      '180',
    );
    await this.#auditHasSeenAll();
    this.seconds = (performance.now() - startedAt) / 1000;
  }

  /** Of those that were asked for. */
  get missingKinds(): FaultKind[] {
    const had = new Set(this.done.map(({ kind }) => kind));
    return this.settings.kinds.filter(kind => !had.has(kind));
  }

  async close(): Promise<void> {
    await this.load.stop().catch(() => {});
    await Promise.all(this.supervisors.map(supervisor => supervisor.stop()));
    await this.audit.stop();
    await this.reader.close();
    await this.pipeline.close();
  }

  #supervise(name: string, laneName: string): Supervisor {
    const lane = this.servers.lanes.find(each => each.name === laneName)!;
    const service = name.replace(/-\d+$/, '') as 'tiering' | 'intake' | 'conductor';
    const { preload } = this.settings;
    const environment = {
      ...this.pipeline.environment,
      ...tuning,
      KAFKA_BROKERS: lane.kafkaBrokers,
      REDIS_URL: lane.redisUrl,
      TIERFLOW_SOURCES: join(this.pipeline.folder, 'sources.yaml'),
      TIERFLOW_CLOCK: 'manual',
      TIERFLOW_CATCH_UP_DAYS_MAX: '10000',
    };
    const logDir = this.pipeline.folder;
    return new Supervisor({
      name,
      service,
      environment,
      logDir,
      ...(service === 'tiering' && preload !== undefined ? { preload } : {}),
    });
  }

  async #next(kind: FaultKind, hurried: boolean, injector: FaultInjector): Promise<void> {
    const hitWork = await this.#progress.hasWork();
    const atMs = performance.now();
    this.#note({ begins: kind });
    const what = await injector.inflict(kind);
    const endedAt = performance.now();
    if (hurried) await this.#progress.movesOn();
    else await this.#progress.catchesUp();
    const recoverySeconds = hurried ? null : (performance.now() - endedAt) / 1000;
    const fault = { kind, what, atMs, seconds: (endedAt - atMs) / 1000, hitWork, recoverySeconds };
    this.done.push(fault);
    this.#note(fault);
    this.settings.onFault?.(fault);
  }

  /** Beside the logs of the processes, for whoever has to find out what happened. */
  #note(what: object): void {
    const line = { time: new Date().toISOString(), ...what };
    appendFileSync(join(this.pipeline.folder, 'faults.log'), `${JSON.stringify(line)}\n`);
  }

  async #auditHasSeenAll(): Promise<void> {
    for (let partition = 0; partition < partitions; partition++) {
      const { highWatermark } = await this.reader.bounds(this.pipeline.topics.tierChanges, partition);
      await this.audit.reaches(partition, highWatermark);
    }
  }
}
