/**
 * What the fold of one partition knows beside its customers: genesis, log day, published policies and their cuts, the
 * roll-out under way, which policy each slice follows, and the tables that states refer to by position. All of it comes
 * from the log, in log order, and is committed with the cursor.
 */
import { noDay, type Prior } from '@tierflow/customer/customer';
import type { NameTable } from '@tierflow/customer/customer-codec';
import type {
  EpochDay,
  LogOpened,
  PolicyPublished,
  RolloutDirected,
  SliceSwept,
  ThresholdsCalibrated,
} from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import { Erasures, type ErasuresSnapshot } from './erasures.ts';
import { NameTables, type NameTablesSnapshot } from './name-tables.ts';
import { PolicyCatalog, type PolicyContext, type Publication } from './policy-catalog.ts';
import { directed, type Rollout } from './rollout.ts';

export interface SliceFollow {
  /** Version that the slice follows; 0: none. */
  readonly version: number;
  readonly rolloutSeq: number;
  /** Cuts of the version; 0: as written. */
  readonly calibration: number;
  /** Up to which generation of rankings its customers have their places. */
  readonly indexed: number;
}

interface Snapshot extends NameTablesSnapshot {
  readonly genesis: LogOpened | null;
  readonly logDay: EpochDay;
  readonly firstDay: EpochDay;
  readonly policies: readonly PolicyPublished[];
  readonly calibrations: readonly ThresholdsCalibrated[];
  readonly rollout: Rollout | null;
  readonly slices: readonly SliceFollow[];
  readonly rankings: readonly string[];
  readonly rankingGeneration: number;
  readonly forgotten: ErasuresSnapshot;
}

export class PartitionState implements NameTable {
  genesis: LogOpened | null = null;
  logDay: EpochDay = noDay;
  /** The first tick: how far back the log's history goes. */
  firstDay: EpochDay = noDay;
  slices: readonly SliceFollow[] = [];
  /** The last directive that counted. */
  rollout: Rollout | null = null;
  /** Keys of the rank indexes that are kept. */
  rankings: readonly string[] = [];
  /** Counts the times that an index was added. */
  rankingGeneration = 0;
  private readonly catalog = new PolicyCatalog();
  private readonly tables = new NameTables();
  private readonly erasures = new Erasures();
  /** By slice; undefined: not looked up since something changed. */
  private following: (Policy | null | undefined)[] = [];
  private droppedRankings: string[] = [];
  private hasChanged = false;

  static parse(json: string): PartitionState {
    const snapshot: Snapshot = JSON.parse(json);
    const state = new PartitionState();
    state.genesis = snapshot.genesis;
    state.logDay = snapshot.logDay;
    state.firstDay = snapshot.firstDay;
    state.tables.restore(snapshot);
    state.erasures.restore(snapshot.forgotten);
    for (const record of snapshot.policies) {
      if (state.publish(record) !== 'published') throw new Error(`Stored policy version ${record.version} is damaged.`);
    }
    state.catalog.restore(snapshot.calibrations);
    state.rollout = snapshot.rollout;
    state.slices = snapshot.slices;
    state.rank();
    state.rankings = snapshot.rankings;
    state.rankingGeneration = snapshot.rankingGeneration;
    state.droppedRankings = [];
    state.changed = false;
    return state;
  }

  snapshot(): string {
    const snapshot: Snapshot = {
      genesis: this.genesis,
      logDay: this.logDay,
      firstDay: this.firstDay,
      ...this.tables.snapshot(),
      policies: this.catalog.records(),
      calibrations: this.catalog.calibrations(),
      rollout: this.rollout,
      slices: this.slices,
      rankings: this.rankings,
      rankingGeneration: this.rankingGeneration,
      forgotten: this.erasures.snapshot(),
    };
    return JSON.stringify(snapshot);
  }

  /** Since the last snapshot. */
  get changed(): boolean {
    return this.hasChanged || this.tables.changed;
  }

  set changed(changed: boolean) {
    this.hasChanged = changed;
    this.tables.changed = changed;
  }

  open(genesis: LogOpened): void {
    this.genesis = genesis;
    const none: SliceFollow = { version: 0, rolloutSeq: 0, calibration: 0, indexed: 0 };
    this.slices = Array.from({ length: genesis.slices }, () => none);
    this.changed = true;
  }

  tick(day: EpochDay): void {
    if (day <= this.logDay) return;
    if (!this.hasTicked) this.firstDay = day;
    this.logDay = day;
    this.erasures.tick(day);
    this.changed = true;
  }

  get hasTicked(): boolean {
    return this.logDay !== noDay;
  }

  /** The last day behind the horizon. Before the first tick there is no log time, and nothing is behind. */
  get horizonDay(): number {
    return this.hasTicked ? this.logDay - this.genesis!.horizonDays : Number.NEGATIVE_INFINITY;
  }

  /** What happened to the customer up to the instant is forgotten, also what comes only later. */
  forget(customerId: string, untilMs: number, businessDay: EpochDay): void {
    this.erasures.add(customerId, untilMs, Math.max(this.logDay, businessDay));
    this.changed = true;
  }

  isForgotten(customerId: string, occurredAt: number): boolean {
    return this.erasures.covers(customerId, occurredAt);
  }

  publish(record: PolicyPublished): Publication {
    const publication = this.catalog.publish(record, this.context);
    if (publication !== 'published') return publication;
    for (const program of this.catalog.policyOf(record.version, 0, this.context)!.programs) {
      this.tables.intern(program.name);
      for (const tier of program.tiers) this.tables.intern(tier.name);
    }
    this.changed = true;
    return publication;
  }

  /** Why the cuts do not hold; null where they do. No slice follows them yet. */
  calibrate(record: ThresholdsCalibrated): string | null {
    const problem = this.catalog.calibrate(record, this.context);
    if (problem !== null) return problem;
    this.forgetCalibrations();
    this.changed = true;
    return null;
  }

  /** Why the directive does not hold; null where it does. No slice follows it yet. */
  direct(directive: RolloutDirected): string | null {
    const { rollout, slices } = this;
    const outcome = directed(directive, { rollout, slices, knows: version => this.knows(version) });
    if (typeof outcome === 'string') return outcome;
    this.rollout = outcome;
    this.rank();
    this.changed = true;
    return null;
  }

  /** A slice follows the sweep's policy from here on, unless it follows a later roll-out, or later cuts, already. */
  follow(slice: number, { policyVersion, rolloutSeq, calibration }: SliceSwept): void {
    if (policyVersion === null || rolloutSeq === null) return;
    const follow = this.slices[slice]!;
    const cuts = calibration ?? 0;
    if (rolloutSeq > follow.rolloutSeq) {
      this.setSlice(slice, { ...follow, version: policyVersion, rolloutSeq, calibration: cuts });
      this.rank();
    } else if (rolloutSeq === follow.rolloutSeq && policyVersion === follow.version && cuts > follow.calibration) {
      this.setSlice(slice, { ...follow, calibration: cuts });
    }
    this.forgetCalibrations();
  }

  /** Everybody in the slice has a place in each rank index that is kept. */
  markIndexed(slice: number): void {
    const follow = this.slices[slice]!;
    if (follow.indexed !== this.rankingGeneration) {
      this.setSlice(slice, { ...follow, indexed: this.rankingGeneration });
    }
  }

  private setSlice(slice: number, follow: SliceFollow): void {
    this.slices = this.slices.with(slice, follow);
    this.following[slice] = undefined;
    this.changed = true;
  }

  /** The indexes that are kept are those of every version that is followed, or may be before the roll-out has ended. */
  private rank(): void {
    const versions = new Set(this.slices.map(({ version }) => version));
    if (this.rollout !== null && !this.rollout.isSealed) {
      versions.add(this.rollout.policyVersion).add(this.rollout.fromVersion);
    }
    versions.delete(0);
    const sorted = [...versions].sort((a, b) => a - b);
    if (!this.catalog.rank(sorted)) return;
    this.following = [];
    const keys = [...new Set(sorted.flatMap(version => this.catalog.rankingsOf(version)))];
    if (keys.some(key => !this.rankings.includes(key))) this.rankingGeneration++;
    this.droppedRankings.push(...this.rankings.filter(key => !keys.includes(key)));
    this.rankings = keys;
    this.changed = true;
  }

  /** Hands over the indexes that are no longer kept. */
  takeDroppedRankings(): readonly string[] {
    const dropped = this.droppedRankings;
    this.droppedRankings = [];
    return dropped;
  }

  private forgetCalibrations(): void {
    this.catalog.keepCalibrations((version, calibration) =>
      this.slices.some(slice => slice.version === version && slice.calibration === calibration),
    );
  }

  private get context(): PolicyContext {
    return {
      baseCurrencyDigits: this.genesis!.baseCurrencyDigits,
      horizonDays: this.genesis!.horizonDays,
      kindIndex: kind => this.tables.kindIndex(kind),
      topicAt: index => this.tables.topicAt(index),
    };
  }

  knows(version: number): boolean {
    return this.catalog.knows(version);
  }

  hasCalibration(version: number, calibration: number): boolean {
    return this.catalog.hasCalibration(version, calibration);
  }

  /** null: the version is not known. */
  latestCalibration(version: number): ThresholdsCalibrated | null {
    return this.catalog.latestCalibration(version);
  }

  /** Every version, in the order of publication. */
  versions(): readonly PolicyPublished[] {
    return this.catalog.records();
  }

  /** The policy that a slice follows; null: none. */
  policyOf(slice: number): Policy | null {
    const known = this.following[slice];
    if (known !== undefined) return known;
    const { version, calibration } = this.slices[slice]!;
    const policy = this.catalog.policyOf(version, calibration, this.context);
    this.following[slice] = policy;
    return policy;
  }

  /** A version with its latest cuts; null: it is not known. */
  policyUnder(version: number): Policy | null {
    const calibration = this.catalog.latestCalibration(version)?.calibration ?? 0;
    return this.catalog.policyOf(version, calibration, this.context);
  }

  /** The roll-out that the slice follows, while it is the last one. */
  rolloutOf(slice: number): Rollout | null {
    return this.rollout?.rolloutSeq === this.slices[slice]!.rolloutSeq ? this.rollout : null;
  }

  /** Whether a rollback may still ask for what a customer was before. */
  keepsPrior({ rolloutSeq }: Prior): boolean {
    const { rollout } = this;
    if (rollout === null || rollout.isSealed) return false;
    return rollout.action === 'rollback' ? rollout.takesBack === rolloutSeq : rollout.rolloutSeq === rolloutSeq;
  }

  policyIdOf(version: number): string {
    return this.catalog.record(version)?.policyId ?? '';
  }

  hashOf(version: number): string {
    return this.catalog.record(version)?.hash ?? '';
  }

  kindIndex(kind: string): number {
    return this.tables.kindIndex(kind);
  }

  topicIndex(topic: string): number {
    return this.tables.topicIndex(topic);
  }

  indexOf(name: string): number {
    return this.tables.indexOf(name);
  }

  nameAt(index: number): string {
    return this.tables.nameAt(index);
  }
}
