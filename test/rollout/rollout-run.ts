/**
 * One run: customers are imported, a load flows that never stops, and under it a policy is rolled out step by step, taken
 * back half-way, rolled out anew to all, and sealed; by the commands that an operator has. With kills, tiering and the
 * conductor die meanwhile and come back.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { RecordReader } from '@tierflow/kafka/record-reader';
import { SplitMix64 } from '../bench/split-mix-64.ts';
import { LogProgress } from '../chaos/log-progress.ts';
import { OutputAudit } from '../chaos/output-audit.ts';
import { Supervisor } from '../chaos/supervisor.ts';
import { type CommandResult, Pipeline, type Servers } from '../e2e/pipeline.ts';
import { customerIds, lastDay, writeImportFile } from './imported-customers.ts';
import { Kills } from './kills.ts';
import { rolloutReaches, stands } from './rollout-watch.ts';
import { readStandingViews, type StandingViews } from './standing-views.ts';
import { SteadyLoad } from './steady-load.ts';
import type { Stage } from './waits.ts';

export interface RolloutSettings {
  readonly customers: number;
  readonly eventsPerSecond: number;
  readonly seed: number;
  readonly kills: boolean;
  /** How long the load flows before anything is rolled out, the warm-up not counted. */
  readonly calmSeconds: number;
  /** Each step as it begins, for whoever watches. */
  readonly onStep?: (step: string) => void;
}

export const slices = 64;
/** The steps of the first roll-out, of an operator who trusts it more and more. */
const firstSteps = [1, 4, 16, 32];
/** The last of them is not waited for: it is taken back on the way there, or just after. */
export const rollbackAtSlices = firstSteps.at(-1)!;
export const firstSlices = 48;

const partitions = 4;
const warmUpMs = 5_000;
const lastMs = 2_000;
const attemptsMax = 5;
const workerNames = ['tiering-1', 'tiering-2'];

export class RolloutRun {
  readonly settings: RolloutSettings;
  readonly pipeline: Pipeline;
  readonly reader: RecordReader;
  readonly audit: OutputAudit;
  readonly customers: readonly string[];
  readonly load: SteadyLoad;
  readonly kills: Kills;
  readonly stages: Stage[] = [];
  before: StandingViews | null = null;
  after: StandingViews | null = null;
  refusedRollback: CommandResult | null = null;
  readonly #workers: readonly Supervisor[];
  readonly #conductor: Supervisor;
  readonly #random: SplitMix64;

  static async open(servers: Servers, settings: RolloutSettings): Promise<RolloutRun> {
    const policy = join(import.meta.dirname, 'rollout-1.yaml');
    const pipeline = await Pipeline.open(servers, 'rollout', partitions, policy, '--slices', String(slices));
    const connection: KafkaConnection = {
      brokers: servers.kafkaBrokers.split(','),
      clientId: 'rollout',
      log: () => {},
    };
    const reader = await RecordReader.open(connection);
    const audit = await OutputAudit.start(connection, pipeline.topics.tierChanges, partitions);
    return new RolloutRun(settings, pipeline, connection, reader, audit);
  }

  private constructor(
    settings: RolloutSettings,
    pipeline: Pipeline,
    connection: KafkaConnection,
    reader: RecordReader,
    audit: OutputAudit,
  ) {
    const random = new SplitMix64(settings.seed);
    this.settings = settings;
    this.pipeline = pipeline;
    this.reader = reader;
    this.audit = audit;
    this.customers = customerIds(settings.customers);
    this.load = new SteadyLoad(pipeline, connection, this.customers, settings.eventsPerSecond, random);
    const tuning = settings.kills ? { TIERFLOW_SESSION_TIMEOUT_MS: '3000' } : {};
    const supervise = (name: string, service: 'tiering' | 'conductor') => {
      const environment = { ...pipeline.environment, ...tuning, TIERFLOW_CLOCK: 'manual' };
      return new Supervisor({ name, service, environment, logDir: pipeline.folder });
    };
    this.#workers = workerNames.map(name => supervise(name, 'tiering'));
    this.#conductor = supervise('conductor-1', 'conductor');
    this.kills = new Kills(
      [this.#conductor],
      this.#workers,
      new LogProgress(pipeline, reader),
      new SplitMix64(settings.seed + 1),
    );
    this.#random = random;
  }

  async carryOut(): Promise<void> {
    await this.#import();
    this.#step('the load begins');
    this.load.start();
    await delay(warmUpMs);
    await this.#stage('calm, before', false, () => delay(this.settings.calmSeconds * 1000));
    this.before = await readStandingViews(this.pipeline, this.customers);

    await this.#stage('rolled out in steps', true, async () => {
      for (const step of firstSteps) {
        await this.#direct('activate', '2', '--slices', `${step}/${slices}`);
        await rolloutReaches(this.pipeline, `${step} slices follow`, ({ following }) => Math.min(...following) >= step);
      }
      await this.#direct('activate', '2', '--slices', `${firstSlices}/${slices}`);
    });
    await this.#stage('rolled back', true, async () => {
      await this.#direct('rollback');
      await rolloutReaches(this.pipeline, 'everybody is back', stands('rolledBack'));
    });
    this.after = await readStandingViews(this.pipeline, this.customers);

    await this.#stage('rolled out anew', true, async () => {
      await this.#direct('activate', '2');
      await rolloutReaches(this.pipeline, 'every slice follows', stands('complete'));
    });
    await this.#stage('sealed', true, async () => {
      await this.#direct('seal');
      await rolloutReaches(this.pipeline, 'it is sealed', stands('sealed'));
    });
    this.refusedRollback = await this.pipeline.tryTierctl('policy', 'rollback', '--lang', 'en');
    await this.#stage('calm, after', false, () => delay(lastMs));
    await this.load.stop();
    this.#step('the load has ended');
    await this.pipeline.drained();
    await this.#auditHasSeenAll();
  }

  async close(): Promise<void> {
    await this.load.stop().catch(() => {});
    await Promise.all([...this.#workers, this.#conductor].map(supervisor => supervisor.stop()));
    await this.audit.stop();
    await this.reader.close();
    await this.pipeline.close();
  }

  async #import(): Promise<void> {
    this.#step(`${this.customers.length} customers are imported`);
    for (const worker of this.#workers) worker.start();
    const file = join(this.pipeline.folder, 'customers.jsonl');
    await writeImportFile(file, this.customers, this.#random);
    await this.pipeline.tierctl('import', '--mode', 'history', file);
    // Not before: it would shut out the import, which brings the days with it.
    this.#conductor.start();
    await this.pipeline.tierctl('clock', 'set', formatDay(lastDay), '--wait');
    await this.pipeline.tierctl('policy', 'publish', join(import.meta.dirname, 'rollout-2.yaml'));
    await this.pipeline.drained();
  }

  /** Twice changes nothing, so whoever is not told the outcome, since the answering process was killed, says it again. */
  async #direct(...args: readonly string[]): Promise<void> {
    const command = ['policy', ...args, '--actor', 'ann', '--reason', 'roll-out under load'];
    for (let attempt = 1; ; attempt++) {
      const { code, stderr } = await this.pipeline.tryTierctl(...command);
      if (code === 0) return;
      if (!this.settings.kills || attempt === attemptsMax) {
        throw new Error(`tierctl ${command.join(' ')} ended with ${code}: ${stderr}`);
      }
    }
  }

  /** Where kills are wanted, they come in every stage in which slices move. */
  async #stage(name: string, isRollout: boolean, work: () => Promise<unknown>): Promise<void> {
    this.#step(name);
    const fromMs = Date.now();
    let isOver = false;
    const worked = work().finally(() => {
      isOver = true;
    });
    const isKilled = this.settings.kills && isRollout && name !== 'sealed';
    await Promise.all([worked, isKilled ? this.kills.during(name, () => isOver) : null]);
    this.stages.push({ name, fromMs, toMs: Date.now(), isRollout });
  }

  async #auditHasSeenAll(): Promise<void> {
    for (let partition = 0; partition < partitions; partition++) {
      const { highWatermark } = await this.reader.bounds(this.pipeline.topics.tierChanges, partition);
      await this.audit.reaches(partition, highWatermark);
    }
  }

  #step(step: string): void {
    this.settings.onStep?.(step);
  }
}
