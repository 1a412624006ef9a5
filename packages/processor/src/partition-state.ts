/**
 * What the fold of one partition knows beside its customers: genesis, log day, published policies, which policy each
 * slice follows, and the tables of names, kinds and topics that states refer to by position. All of it comes from the log, in
 * log order, and is committed with the cursor.
 */
import { type CompileResult, compilePolicy } from '@tierflow/customer/compile-policy';
import { noDay } from '@tierflow/customer/customer';
import type { NameTable } from '@tierflow/customer/customer-codec';
import type { LogOpened, PolicyPublished } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import { type Hash64, hash64 } from '@tierflow/window/hash';

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
const presetTopics = ['other'] as const;
const topicsMax = 1000;
/** The whole table is written whenever it grows; a longer text is no topic but prose. */
const topicLengthMax = 256;

/** Every change repeats the policy's id and hash, and must fit into a record. */
const nameLengthMax = 256;

interface PublishedPolicy {
  readonly record: PolicyPublished;
  readonly policy: Policy;
}

/**
 * How long a forgotten customer's past is kept out, in log days, and of how many customers at the most. Only what was
 * under way when the customer was forgotten can still come: an intake that writes again what it had written, a source
 * that lags. So the list is short, and it holds hashes, because an id is what was to be forgotten.
 */
const forgottenDays = 30;
const forgottenMax = 2000;

interface Erasure {
  /** Epoch milliseconds: what happened up to here stays forgotten. */
  untilMs: number;
  day: number;
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
  topics: string[];
  policies: PolicyPublished[];
  slices: SliceFollow[];
  /** By hash of the customer's id. */
  forgotten: Record<string, Erasure>;
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
  private readonly topics: string[] = [...presetTopics];
  private readonly topicIndexes = new Map<string, number>(presetTopics.map((topic, index) => [topic, index]));
  private readonly forgotten = new Map<string, Erasure>();
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
    for (const topic of snapshot.topics) state.topicIndex(topic);
    for (const [hash, erasure] of Object.entries(snapshot.forgotten ?? {})) state.forgotten.set(hash, erasure);
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
      topics: this.topics,
      policies: [...this.policies.values()].map(({ record }) => record),
      slices: this.slices,
      forgotten: Object.fromEntries(this.forgotten),
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
    for (const [hash, erasure] of this.forgotten) if (erasure.day + forgottenDays < day) this.forgotten.delete(hash);
    this.changed = true;
  }

  /** What happened to the customer up to the instant is forgotten, also what comes only later. */
  forget(customerId: string, untilMs: number, businessDay: number): void {
    const hash = hashOf(customerId);
    const known = this.forgotten.get(hash);
    this.forgotten.delete(hash);
    this.forgotten.set(hash, {
      untilMs: Math.max(untilMs, known?.untilMs ?? untilMs),
      day: Math.max(this.logDay, businessDay, known?.day ?? businessDay),
    });
    if (this.forgotten.size > forgottenMax) this.forgotten.delete(this.forgotten.keys().next().value!);
    this.changed = true;
  }

  isForgotten(customerId: string, occurredAt: number): boolean {
    // Almost always nobody is: no fact pays for a hash then.
    if (this.forgotten.size === 0) return false;
    const erasure = this.forgotten.get(hashOf(customerId));
    return erasure !== undefined && occurredAt <= erasure.untilMs;
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
    if (record.hash.length > nameLengthMax || record.policyId.length > nameLengthMax) return 'invalid';
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
        topicAt: index => this.topics[index]!,
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

  /** Grows the table by a new topic; a full table counts the rest as `other`. */
  topicIndex(topic: string): number {
    const known = this.topicIndexes.get(topic);
    if (known !== undefined) return known;
    if (this.topics.length >= topicsMax || topic.length > topicLengthMax) return 0;
    this.topics.push(topic);
    this.topicIndexes.set(topic, this.topics.length - 1);
    this.changed = true;
    return this.topics.length - 1;
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

const scratch: Hash64 = { high: 0, low: 0 };

function hashOf(customerId: string): string {
  hash64(scratch, customerId);
  return `${scratch.high.toString(36)}-${scratch.low.toString(36)}`;
}
