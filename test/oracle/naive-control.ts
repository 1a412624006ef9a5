/**
 * What control records make of a partition: which policy each slice follows with which cuts, the roll-out that is under
 * way, what is ranked. A record that does not hold changes nothing.
 */
import type {
  Control,
  EpochDay,
  LogOpened,
  PolicyPublished,
  RolloutDirected,
  SliceSwept,
  ThresholdsCalibrated,
} from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { fits, withCuts } from './naive-calibration.ts';
import { type NaiveRanking, rankingsOf } from './naive-rankings.ts';

/** A policy with certain cuts; version 0 is none, calibration 0 the cuts as they are written. */
export interface Judged {
  readonly version: number;
  readonly calibration: number;
}

export interface NaiveSlice extends Judged {
  readonly rolloutSeq: number;
  /** Of the rankings: everybody in the slice has a place in all that there were then. */
  readonly indexed: number;
}

export interface NaiveRollout {
  readonly directive: RolloutDirected;
  readonly isSealed: boolean;
  /** Of a rollback: the roll-out that it takes back. */
  readonly takesBack: number | null;
}

interface Published {
  readonly hash: string;
  readonly document: PolicyDocument;
  readonly calibrations: { readonly record: ThresholdsCalibrated; readonly document: PolicyDocument }[];
}

export class NaiveControl {
  genesis: LogOpened | null = null;
  logDay: EpochDay | null = null;
  firstDay: EpochDay | null = null;
  slices: NaiveSlice[] = [];
  rollout: NaiveRollout | null = null;
  /** By meaning. */
  rankings = new Map<string, { readonly version: number; readonly ranking: NaiveRanking }>();
  generation = 0;
  private readonly policies = new Map<number, Published>();
  /** Versions whose customers may still wait for the one that their slice follows. */
  private readonly waiting = new Set<number>();

  /** Whether the record holds; of a sweep it does not tell what the slices were before. */
  apply(record: Control): boolean {
    switch (record.type) {
      case 'LogOpened':
        return this.open(record);
      case 'ClockTicked':
        this.tick(record.day);
        return true;
      case 'PolicyPublished':
        return this.publish(record);
      case 'RolloutDirected':
        return this.direct(record);
      case 'ThresholdsCalibrated':
        return this.calibrate(record);
      case 'SliceSwept':
        if (!this.accepts(record)) return false;
        this.sweep(record);
        return true;
    }
  }

  private open(genesis: LogOpened): boolean {
    if (this.genesis !== null) return false;
    this.genesis = genesis;
    const none = { version: 0, calibration: 0, rolloutSeq: 0, indexed: 0 };
    this.slices = Array.from({ length: genesis.slices }, () => none);
    return true;
  }

  private tick(day: EpochDay): void {
    this.firstDay ??= day;
    this.logDay = Math.max(this.logDay ?? day, day);
  }

  private publish({ version, hash, document }: PolicyPublished): boolean {
    const known = this.policies.get(version);
    if (known !== undefined) return known.hash === hash;
    this.policies.set(version, { hash, document: JSON.parse(document), calibrations: [] });
    return true;
  }

  knows(version: number): boolean {
    return this.policies.has(version);
  }

  documentOf({ version, calibration }: Judged): PolicyDocument | undefined {
    const policy = this.policies.get(version);
    return calibration === 0 ? policy?.document : policy?.calibrations[calibration - 1]?.document;
  }

  /** Where the cuts are from; null: they are as written. */
  cutsOf({ version, calibration }: Judged): ThresholdsCalibrated | null {
    return this.policies.get(version)?.calibrations[calibration - 1]?.record ?? null;
  }

  latest(version: number): Judged {
    return { version, calibration: this.policies.get(version)?.calibrations.length ?? 0 };
  }

  private calibrate(record: ThresholdsCalibrated): boolean {
    const policy = this.policies.get(record.policyVersion);
    if (policy === undefined || record.calibration !== policy.calibrations.length + 1) return false;
    if (!fits(policy.document, record)) return false;
    policy.calibrations.push({ record, document: withCuts(policy.document, record) });
    return true;
  }

  private direct(directive: RolloutDirected): boolean {
    const { policyVersion, fromVersion, slices, action } = directive;
    if (!this.knows(policyVersion) || (fromVersion !== 0 && !this.knows(fromVersion))) return false;
    if (!(slices >= 1 && slices <= this.slices.length)) return false;
    switch (action) {
      case 'activate':
        if (!this.begins(directive) && !this.goesOn(directive)) return false;
        this.rollout = { directive, isSealed: false, takesBack: null };
        break;
      case 'rollback': {
        if (!this.takesBack(directive)) return false;
        this.rollout = { directive, isSealed: false, takesBack: this.rollout!.directive.rolloutSeq };
        break;
      }
      case 'seal':
        if (!this.ends(directive)) return false;
        this.rollout = { ...this.rollout!, isSealed: true };
        break;
    }
    this.rank();
    return true;
  }

  /** The directive that is being carried out, while it may be taken back; null: none. */
  private get underWay(): RolloutDirected | null {
    if (this.rollout === null || this.rollout.isSealed) return null;
    return this.rollout.directive.action === 'activate' ? this.rollout.directive : null;
  }

  private begins({ rolloutSeq }: RolloutDirected): boolean {
    if (this.underWay !== null || rolloutSeq <= (this.rollout?.directive.rolloutSeq ?? 0)) return false;
    if (this.slices.some(slice => slice.rolloutSeq === this.rollout?.takesBack)) return false;
    return this.slices.every(slice => rolloutSeq > slice.rolloutSeq);
  }

  private goesOn({ rolloutSeq, policyVersion, mode, slices }: RolloutDirected): boolean {
    const last = this.underWay;
    return (
      last !== null &&
      rolloutSeq === last.rolloutSeq &&
      policyVersion === last.policyVersion &&
      mode === last.mode &&
      slices > last.slices
    );
  }

  private takesBack({ rolloutSeq, policyVersion, fromVersion, slices }: RolloutDirected): boolean {
    const last = this.underWay;
    return (
      last !== null &&
      rolloutSeq > last.rolloutSeq &&
      this.slices.every(slice => rolloutSeq > slice.rolloutSeq) &&
      policyVersion === last.fromVersion &&
      fromVersion === last.policyVersion &&
      slices === last.slices
    );
  }

  private ends({ rolloutSeq, policyVersion }: RolloutDirected): boolean {
    const last = this.underWay;
    if (last === null || rolloutSeq !== last.rolloutSeq || policyVersion !== last.policyVersion) return false;
    return this.slices.every(slice => slice.rolloutSeq === rolloutSeq);
  }

  /** Whether a sweep says something that can be done. */
  accepts({ fromSlice, toSlice, policyVersion, calibration }: SliceSwept): boolean {
    if (!(fromSlice >= 0 && fromSlice <= toSlice && toSlice < this.slices.length)) return false;
    if (policyVersion === null) return true;
    return this.knows(policyVersion) && (calibration ?? 0) <= this.latest(policyVersion).calibration;
  }

  /**
   * Whether the record would leave waiting customers with cuts that no sweep has judged them by. Such cuts count from the
   * next day on which anything else is due, which the reference cannot know.
   */
  leavesCutsOpen(record: Control): boolean {
    if (record.type === 'ThresholdsCalibrated') return this.waiting.has(record.policyVersion);
    if (record.type !== 'SliceSwept' || record.mode !== 'all' || this.rollout?.directive.mode !== 'lazy') return false;
    return this.slices
      .slice(record.fromSlice, record.toSlice + 1)
      .some(slice => slice.calibration !== this.latest(slice.version).calibration);
  }

  /** Gives the slices as they were before. */
  sweep({ fromSlice, toSlice, mode, policyVersion: version, rolloutSeq, calibration }: SliceSwept): NaiveSlice[] {
    const former = this.slices;
    const isIn = (index: number): boolean => index >= fromSlice && index <= toSlice;
    if (mode === 'all' && version !== null && rolloutSeq !== null) {
      this.slices = this.slices.map((slice, index) => {
        if (!isIn(index) || rolloutSeq < slice.rolloutSeq) return slice;
        if (rolloutSeq > slice.rolloutSeq) return { ...slice, version, rolloutSeq, calibration: calibration ?? 0 };
        const isLater = version === slice.version && (calibration ?? 0) > slice.calibration;
        return isLater ? { ...slice, calibration: calibration! } : slice;
      });
      this.rank();
    }
    this.slices.forEach(({ version: followed }, index) => {
      if (followed !== former[index]!.version && this.isLazy(index)) this.waiting.add(former[index]!.version);
    });
    this.slices = this.slices.map((slice, index) => {
      const isIndexed = mode === 'index' || (mode === 'all' && !this.isLazy(index));
      return isIn(index) && isIndexed ? { ...slice, indexed: this.generation } : slice;
    });
    return former;
  }

  /** The directive that the slice follows; null: another one, or none. */
  followedBy(index: number): NaiveRollout | null {
    const { rollout } = this;
    return rollout?.directive.rolloutSeq === this.slices[index]!.rolloutSeq ? rollout : null;
  }

  /** A roll-out waits for its customers; a rollback does not. */
  isLazy(index: number): boolean {
    const { action, mode } = this.followedBy(index)?.directive ?? {};
    return action === 'activate' && mode === 'lazy';
  }

  /** What the policies rank that are followed, or may be soon. */
  private rank(): void {
    const versions = new Set(this.slices.map(({ version }) => version));
    if (this.rollout !== null && !this.rollout.isSealed) {
      versions.add(this.rollout.directive.policyVersion).add(this.rollout.directive.fromVersion);
    }
    const former = this.rankings;
    this.rankings = new Map();
    for (const version of versions) {
      const document = this.documentOf({ version, calibration: 0 });
      for (const ranking of document === undefined ? [] : rankingsOf(document)) {
        this.rankings.set(ranking.meaning, { version, ranking });
      }
    }
    if ([...this.rankings.keys()].some(meaning => !former.has(meaning))) this.generation++;
  }
}
