/**
 * What the fold of one partition knows beside its customers: genesis, log day, published policies, which policy each
 * slice follows, and the tables of names and kinds that states refer to by position. All of it comes from the log, in
 * log order, and is committed with the cursor.
 */
import { type CompileResult, compilePolicy } from '@tierflow/customer/compile-policy';
import { noDay } from '@tierflow/customer/customer';
import type { NameTable } from '@tierflow/customer/customer-codec';
import type { LogOpened, PolicyPublished } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';

/** Kinds every partition knows from the start, so that the usual ones need no log order. */
const presetKinds = [
  'other',
  'visit',
  'view',
  'download',
  'webinar',
  'call',
  'meeting',
  'email',
  'service',
  'campaign',
  'coupon',
  'chat',
] as const;
const kindsMax = 200;

interface PublishedPolicy {
  readonly record: PolicyPublished;
  readonly policy: Policy;
}

interface SliceFollow {
  /** Version that the slice follows; 0: none. */
  version: number;
  rolloutSeq: number;
}

interface Snapshot {
  genesis: LogOpened | null;
  logDay: number;
  names: string[];
  kinds: string[];
  policies: PolicyPublished[];
  slices: SliceFollow[];
}

export type Publication = 'published' | 'known' | 'conflict' | 'invalid';

export class PartitionState implements NameTable {
  genesis: LogOpened | null = null;
  logDay = noDay;
  slices: SliceFollow[] = [];
  private readonly policies = new Map<number, PublishedPolicy>();
  private readonly names: string[] = [];
  private readonly nameIndex = new Map<string, number>();
  private readonly kinds: string[] = [...presetKinds];
  private readonly kindIndexes = new Map<string, number>(presetKinds.map((kind, index) => [kind, index]));
  /** Since the last snapshot. */
  changed = false;

  static parse(json: string): PartitionState {
    const snapshot: Snapshot = JSON.parse(json);
    const state = new PartitionState();
    state.genesis = snapshot.genesis;
    state.logDay = snapshot.logDay;
    state.slices = snapshot.slices;
    for (const name of snapshot.names) state.intern(name);
    for (const kind of snapshot.kinds) state.kindIndex(kind);
    for (const record of snapshot.policies) {
      if (state.publish(record) !== 'published') throw new Error(`Stored policy version ${record.version} is damaged.`);
    }
    state.changed = false;
    return state;
  }

  snapshot(): string {
    const snapshot: Snapshot = {
      genesis: this.genesis,
      logDay: this.logDay,
      names: this.names,
      kinds: this.kinds,
      policies: [...this.policies.values()].map(({ record }) => record),
      slices: this.slices,
    };
    return JSON.stringify(snapshot);
  }

  open(genesis: LogOpened): void {
    this.genesis = genesis;
    this.slices = Array.from({ length: genesis.slices }, () => ({ version: 0, rolloutSeq: 0 }));
    this.changed = true;
  }

  tick(day: number): void {
    if (day <= this.logDay) return;
    this.logDay = day;
    this.changed = true;
  }

  get hasTicked(): boolean {
    return this.logDay !== noDay;
  }

  /** The last day behind the horizon. Before the first tick there is no log time, and nothing is behind. */
  get horizonDay(): number {
    return this.hasTicked ? this.logDay - this.genesis!.horizonDays : Number.NEGATIVE_INFINITY;
  }

  /** A version is immutable: the same one again is known, another one under its number a conflict. */
  publish(record: PolicyPublished): Publication {
    const known = this.policies.get(record.version);
    if (known) return known.record.hash === record.hash ? 'known' : 'conflict';
    const compiled = this.compile(record.document);
    if (!compiled.ok || compiled.policy.version !== record.version) return 'invalid';
    this.policies.set(record.version, { record, policy: compiled.policy });
    for (const program of compiled.policy.programs) {
      this.intern(program.name);
      for (const tier of program.tiers) this.intern(tier.name);
    }
    this.changed = true;
    return 'published';
  }

  private compile(document: string): CompileResult {
    try {
      return compilePolicy(JSON.parse(document), {
        baseCurrencyDigits: this.genesis!.baseCurrencyDigits,
        horizonDays: this.genesis!.horizonDays,
        kindIndex: kind => this.kindIndex(kind),
      });
    } catch {
      // The document was validated before it was published; whatever else a stranger wrote here is invalid.
      return { ok: false, problems: [] };
    }
  }

  knows(version: number): boolean {
    return this.policies.has(version);
  }

  policyOf(slice: number): Policy | null {
    return this.policies.get(this.slices[slice]!.version)?.policy ?? null;
  }

  policyIdOf(version: number): string {
    return this.policies.get(version)?.record.policyId ?? '';
  }

  hashOf(version: number): string {
    return this.policies.get(version)?.record.hash ?? '';
  }

  /** The slice follows a version from here on, unless it follows a later roll-out. */
  follow(slice: number, version: number, rolloutSeq: number): void {
    const follow = this.slices[slice]!;
    if (rolloutSeq <= follow.rolloutSeq) return;
    follow.version = version;
    follow.rolloutSeq = rolloutSeq;
    this.changed = true;
  }

  /** Grows the table by a new kind; a full table counts the rest as `other`. */
  kindIndex(kind: string): number {
    const known = this.kindIndexes.get(kind);
    if (known !== undefined) return known;
    if (this.kinds.length >= kindsMax) return 0;
    this.kinds.push(kind);
    this.kindIndexes.set(kind, this.kinds.length - 1);
    this.changed = true;
    return this.kinds.length - 1;
  }

  private intern(name: string): void {
    if (this.nameIndex.has(name)) return;
    this.nameIndex.set(name, this.names.length);
    this.names.push(name);
  }

  indexOf(name: string): number {
    return this.nameIndex.get(name)!;
  }

  nameAt(index: number): string {
    return this.names[index]!;
  }
}
