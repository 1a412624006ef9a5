/**
 * The policy versions of a partition and the cuts that were calibrated for them. Compiled anew whenever the cuts change,
 * or the rank indexes that are to be kept: a policy keeps the places of its customers in all of them, also in those that
 * another version decides by.
 */
import { type CompileOptions, compilePolicy } from '@tierflow/customer/compile-policy';
import type { PolicyPublished, ThresholdsCalibrated } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';

export type Publication = 'published' | 'known' | 'conflict' | 'invalid';

/** What compiling asks for beside the document. */
export type PolicyContext = Pick<CompileOptions, 'baseCurrencyDigits' | 'horizonDays' | 'kindIndex' | 'topicAt'>;

/** Every change repeats the policy's id and hash, and must fit into a record. */
const nameLengthMax = 256;

interface Version {
  readonly record: PolicyPublished;
  /** Keys of the rankings that it decides by. */
  readonly rankings: readonly string[];
  /** Ascending. */
  calibrations: ThresholdsCalibrated[];
  /** By calibration. */
  readonly compiled: Map<number, Policy>;
}

export class PolicyCatalog {
  private readonly versions = new Map<number, Version>();
  /** Versions whose rankings every policy keeps. */
  private ranked: readonly number[] = [];

  /** A version is immutable: the same one again is known, another one under its number a conflict. */
  publish(record: PolicyPublished, context: PolicyContext): Publication {
    const known = this.versions.get(record.version);
    if (known) return known.record.hash === record.hash ? 'known' : 'conflict';
    if (record.hash.length > nameLengthMax || record.policyId.length > nameLengthMax) return 'invalid';
    const policy = this.compile(record, context, undefined);
    if (policy === null || policy.version !== record.version) return 'invalid';
    const rankings = policy.rankings.slice(0, policy.ownRankings).map(({ key }) => key);
    this.versions.set(record.version, { record, rankings, calibrations: [], compiled: new Map() });
    return 'published';
  }

  /** Why the cuts cannot be used; null where they are taken. */
  calibrate(record: ThresholdsCalibrated, context: PolicyContext): string | null {
    const version = this.versions.get(record.policyVersion);
    if (version === undefined) return `Policy version ${record.policyVersion} is not known.`;
    const last = version.calibrations.at(-1)?.calibration ?? 0;
    if (record.calibration !== last + 1) return `Calibration ${record.calibration} does not follow ${last}.`;
    const policy = this.compile(version.record, context, record);
    if (policy === null) return `The cuts do not fit policy version ${record.policyVersion}.`;
    version.calibrations.push(record);
    version.compiled.set(record.calibration, policy);
    return null;
  }

  /** Takes back stored calibrations, which were checked when they came. */
  restore(calibrations: readonly ThresholdsCalibrated[]): void {
    for (const record of calibrations) this.versions.get(record.policyVersion)!.calibrations.push(record);
  }

  /** Drops the cuts that nobody follows and that are not the latest. */
  keepCalibrations(isFollowed: (version: number, calibration: number) => boolean): void {
    for (const [number, version] of this.versions) {
      const latest = version.calibrations.at(-1);
      version.calibrations = version.calibrations.filter(
        record => record === latest || isFollowed(number, record.calibration),
      );
      for (const calibration of version.compiled.keys()) {
        if (calibration !== 0 && !this.hasCalibration(number, calibration)) version.compiled.delete(calibration);
      }
    }
  }

  /** From here on every policy keeps its customers' places in the rankings of these versions. True where that is new. */
  rank(versions: readonly number[]): boolean {
    if (versions.length === this.ranked.length && versions.every((version, i) => version === this.ranked[i]))
      return false;
    this.ranked = versions;
    for (const { compiled } of this.versions.values()) compiled.clear();
    return true;
  }

  /** null: the version, or its calibration, is not known. */
  policyOf(version: number, calibration: number, context: PolicyContext): Policy | null {
    const found = this.versions.get(version);
    if (found === undefined) return null;
    const known = found.compiled.get(calibration);
    if (known !== undefined) return known;
    const calibrated = found.calibrations.find(record => record.calibration === calibration);
    if (calibration !== 0 && calibrated === undefined) return null;
    const policy = this.compile(found.record, context, calibrated);
    if (policy === null) throw new Error(`Policy version ${version} was compiled before, and cannot be any more.`);
    found.compiled.set(calibration, policy);
    return policy;
  }

  private compile(
    { document }: PolicyPublished,
    context: PolicyContext,
    calibrated: ThresholdsCalibrated | undefined,
  ): Policy | null {
    try {
      const alsoRank = this.ranked.map(version => JSON.parse(this.versions.get(version)!.record.document));
      const compiled = compilePolicy(JSON.parse(document), { ...context, calibrated, alsoRank });
      return compiled.ok ? compiled.policy : null;
    } catch {
      // The document was validated before it was published; whatever else a stranger wrote here is invalid.
      return null;
    }
  }

  knows(version: number): boolean {
    return this.versions.has(version);
  }

  rankingsOf(version: number): readonly string[] {
    return this.versions.get(version)?.rankings ?? [];
  }

  record(version: number): PolicyPublished | null {
    return this.versions.get(version)?.record ?? null;
  }

  records(): PolicyPublished[] {
    return [...this.versions.values()].map(({ record }) => record);
  }

  calibrations(): ThresholdsCalibrated[] {
    return [...this.versions.values()].flatMap(({ calibrations }) => calibrations);
  }

  latestCalibration(version: number): ThresholdsCalibrated | null {
    return this.versions.get(version)?.calibrations.at(-1) ?? null;
  }

  hasCalibration(version: number, calibration: number): boolean {
    const known = this.versions.get(version)?.calibrations;
    return known?.some(record => record.calibration === calibration) ?? false;
  }
}
