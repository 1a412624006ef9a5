/**
 * A policy is changed on a living base: rolled out slice by slice under load, watched, taken back half-way, rolled out whole
 * and sealed; by the commands that an operator has. With `kills`, conductors and workers die meanwhile and come back.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseDay } from '@tierflow/customer/epoch-day';
import { repositoryDir } from '@tierflow/local/paths';
import { PartitionState } from '@tierflow/processor/partition-state';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { SplitMix64 } from '../bench/split-mix-64.ts';
import { OutputAudit } from '../chaos/output-audit.ts';
import { Supervisor } from '../chaos/supervisor.ts';
import { type CustomerView, Pipeline, type Servers } from '../e2e/pipeline.ts';
import { CustomerLoad } from './customer-load.ts';
import type { Stretch } from './waits.ts';

export interface RolloutSettings {
  readonly customers: number;
  readonly eventsPerSecond: number;
  readonly kills: boolean;
  readonly seed: number;
  /** How long the load runs before the first directive, and after the last. */
  readonly calmSeconds: number;
  readonly onStep?: (step: string) => void;
}

export interface Kill {
  readonly name: string;
  readonly during: string;
}

const day = '2024-03-01';
const partitions = 4;
export const slices = 64;
const policyFile = join(repositoryDir, 'test/rollout/rollout-tiers.yaml');
const stepTimeoutMs = 240_000;
const pollMs = 50;
/** The directives of the first roll-out: an operator who trusts it more and more. */
const steps = [1, 2, 4, 8, 16, 32];

const workerNames = ['tiering-1', 'tiering-2'];
const conductorNames = ['conductor-1', 'conductor-2'];

export class RolloutRun {
  readonly pipeline: Pipeline;
  readonly load: CustomerLoad;
  readonly audit: OutputAudit;
  readonly stretches: Stretch[] = [];
  readonly kills: Kill[] = [];
  /** Views of everybody before the roll-out began and after it was taken back, and who had bought something by then. */
  before: ReadonlyMap<string, CustomerView> = new Map();
  after: ReadonlyMap<string, CustomerView> = new Map();
  touched: ReadonlySet<string> = new Set();
  /** Of customers that nothing had happened to, those whose tier the roll-out had changed before it was taken back. */
  moved = 0;
  /** What a rollback said once the roll-out was sealed. */
  tooLate = '';
  readonly #settings: RolloutSettings;
  readonly #states: RedisStateReader;
  readonly #random: SplitMix64;
  readonly #crew: readonly Supervisor[];
  #during = 'calm';

  static async open(servers: Servers, settings: RolloutSettings): Promise<RolloutRun> {
    const pipeline = await Pipeline.open(servers, 'rollout', partitions, policyFile, '--slices', String(slices));
    const brokers = servers.kafkaBrokers.split(',');
    const connection = { brokers, clientId: 'rollout', log: () => {} };
    const audit = await OutputAudit.start(connection, pipeline.topics.tierChanges, partitions);
    const random = new SplitMix64(settings.seed);
    const load = new CustomerLoad(pipeline, brokers, random, settings.customers, parseDay(day)!);
    return new RolloutRun(pipeline, load, audit, random, settings);
  }

  private constructor(
    pipeline: Pipeline,
    load: CustomerLoad,
    audit: OutputAudit,
    random: SplitMix64,
    settings: RolloutSettings,
  ) {
    this.pipeline = pipeline;
    this.load = load;
    this.audit = audit;
    this.#random = random;
    this.#settings = settings;
    this.#states = new RedisStateReader(pipeline.redis, pipeline.namespace);
    const environment = { ...pipeline.environment, TIERFLOW_CLOCK: 'manual', TIERFLOW_SESSION_TIMEOUT_MS: '3000' };
    this.#crew = [...workerNames, ...conductorNames].map(name => {
      const service = workerNames.includes(name) ? 'tiering' : 'conductor';
      return new Supervisor({ name, service, environment, logDir: pipeline.folder });
    });
  }

  async carryOut(): Promise<void> {
    const { pipeline, load } = this;
    const { calmSeconds, eventsPerSecond } = this.#settings;
    // 1. A base, and a load that goes on to the end.
    for (const supervisor of this.#crew) supervisor.start();
    await pipeline.tierctl('clock', 'set', day, '--wait');
    await load.writeBase();
    await pipeline.drained();
    load.start(eventsPerSecond);
    await this.#stretch('calm, before', () => delay(calmSeconds * 1000));

    // 2. The next version asks more, and needs another window.
    await pipeline.tierctl('policy', 'publish', this.#nextPolicy());
    load.touched.clear();
    this.before = await pipeline.views();

    // 3. Slice by slice, and then back.
    await this.#stretch('rolled out by steps', async () => {
      for (const step of steps) {
        await this.#direct('activate', '2', '--slices', `${step}/${slices}`);
        await this.#until(({ following }) => following >= step);
      }
    });
    this.moved = this.#movedAmong(await pipeline.views());
    await this.#stretch('rolled back', async () => {
      await this.#direct('rollback');
      await this.#until(({ version }) => version.every(each => each === 1));
      // The fold has passed it, and so have the views.
      this.after = await pipeline.views();
      this.touched = new Set(load.touched);
    });

    // 4. Whole, and for good.
    await this.#stretch('rolled out whole, sealed', async () => {
      await this.#direct('activate', '2');
      await this.#until(({ following }) => following === slices);
      await this.#direct('seal');
    });
    this.tooLate = (await pipeline.tryTierctl('policy', 'rollback', '--actor', 'late')).stderr;
    await this.#stretch('calm, after', () => delay(calmSeconds * 1000));
    await load.stop();
    await pipeline.drained();
    await this.#auditHasSeenAll();
  }

  async close(): Promise<void> {
    await this.load.stop().catch(() => {});
    await Promise.all(this.#crew.map(supervisor => supervisor.stop()));
    await this.audit.stop();
    await this.pipeline.close();
  }

  async #stretch(name: string, work: () => Promise<unknown>): Promise<void> {
    this.#settings.onStep?.(name);
    this.#during = name;
    const fromMs = Date.now();
    const killing = new AbortController();
    const killed = this.#settings.kills ? this.#killNowAndThen(killing.signal) : Promise.resolve();
    try {
      await work();
    } finally {
      killing.abort();
      await killed;
    }
    this.stretches.push({ name, fromMs, toMs: Date.now() });
  }

  async #killNowAndThen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(500 + this.#random.below(4000), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const victim = this.#crew[this.#random.below(this.#crew.length)]!;
      victim.signal('SIGKILL');
      this.kills.push({ name: victim.name, during: this.#during });
    }
  }

  /** As an operator would: whoever was interrupted by a kill looks again and says it once more. */
  async #direct(...command: readonly string[]): Promise<void> {
    const said = ['policy', ...command, '--actor', 'li.wei', '--reason', 'trial'];
    for (let attempt = 1; ; attempt++) {
      const { code, stderr } = await this.pipeline.tryTierctl(...said);
      if (code === 0) return;
      if (!this.#settings.kills || attempt === 5)
        throw new Error(`tierctl ${said.join(' ')} ended with ${code}: ${stderr}`);
      // It may have counted although nobody folded it in time.
      if (/already/.test(stderr)) return;
    }
  }

  async #until(isThere: (now: { following: number; version: readonly number[] }) => boolean): Promise<void> {
    const deadline = performance.now() + stepTimeoutMs;
    for (;;) {
      const states = await this.#partitionStates();
      const followingOf = ({ slices, rollout }: PartitionState) =>
        slices.filter(({ rolloutSeq }) => rolloutSeq === rollout?.rolloutSeq).length;
      const following = Math.min(...states.map(followingOf));
      const version = states.flatMap(({ slices }) => slices.map(slice => slice.version));
      if (isThere({ following, version })) return;
      if (performance.now() > deadline) throw new Error(`the roll-out stands still at ${following} slices`);
      await delay(pollMs);
    }
  }

  async #partitionStates(): Promise<PartitionState[]> {
    const all = Array.from({ length: partitions }, (_, partition) => this.#states.readPartition(partition));
    return (await Promise.all(all)).map(({ partitionState }) => PartitionState.parse(partitionState!));
  }

  #movedAmong(views: ReadonlyMap<string, CustomerView>): number {
    const tierIn = (view: CustomerView | undefined) => view?.standings.value?.tier;
    return [...this.before].filter(([id, view]) => {
      return !this.load.touched.has(id) && tierIn(views.get(id)) !== tierIn(view);
    }).length;
  }

  #nextPolicy(): string {
    const file = join(this.pipeline.folder, 'next.yaml');
    const text = readFileSync(policyFile, 'utf8')
      .replace('version: 1', 'version: 2')
      .replaceAll('spend90', 'spend180')
      .replace('P90D', 'P180D')
      .replace('>= 120.00', '>= 160.00')
      .replace('>= 60.00', '>= 100.00');
    writeFileSync(file, text);
    return file;
  }

  async #auditHasSeenAll(): Promise<void> {
    const published = await this.pipeline.tierChanges();
    const isSeen = () => published.every((of, partition) => this.audit.seenAtMs[partition]!.length >= of.length);
    const deadline = performance.now() + stepTimeoutMs;
    while (!isSeen() && performance.now() < deadline) await delay(pollMs);
  }
}
