/**
 * The fold of one partition as DESIGN tells it, without tiles, running sums or a due index: customers keep their raw
 * facts, every measure is taken from scratch, and time passes day by day. What the real fold emits must equal this.
 */
import type {
  CustomerEvent,
  Decision,
  EpochDay,
  Fact,
  LogOpened,
  LogRecord,
  PolicyPublished,
  SliceSwept,
} from '@tierflow/customer/events';
import type { ConditionsDocument, PolicyDocument, ProgramDocument } from '@tierflow/customer/policy-document';
import { sliceOf } from '@tierflow/processor/partition-of';
import { type AcceptedFact, accept, measureOn, measureText } from './naive-customer.ts';

export interface NaiveChange {
  readonly id: string;
  readonly customerId: string;
  readonly program: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: string;
  readonly effectiveDay: EpochDay;
  readonly recordedAt: number;
  readonly correction: boolean;
  readonly triggeredBy: string | null;
  readonly policyVersion: number;
  readonly revision: number;
  /** Tier by program after the record; null: forgotten. */
  readonly standings: Readonly<Record<string, string | null>> | null;
}

interface NaiveOverride {
  readonly program: string;
  readonly kind: 'pin' | 'floor' | 'cap';
  readonly tier: string;
  readonly untilDay: EpochDay | null;
}

interface NaiveCustomer {
  readonly id: string;
  readonly facts: AcceptedFact[];
  readonly seen: Set<string>;
  readonly standings: Map<string, string | null>;
  overrides: NaiveOverride[];
  /** The last day that it was evaluated for. */
  day: EpochDay;
  policyVersion: number;
  revision: number;
}

interface Reason {
  readonly cause: string;
  readonly correction: boolean;
  readonly triggeredBy: string | null;
}

const byTime: Reason = { cause: 'time', correction: false, triggeredBy: null };

export class NaiveFold {
  readonly changes: NaiveChange[] = [];
  readonly rejections: string[] = [];
  readonly customers = new Map<string, NaiveCustomer>();
  logDay: EpochDay | null = null;
  private genesis: LogOpened | null = null;
  private readonly policies = new Map<number, { document: PolicyDocument; hash: string }>();
  private slices: { version: number; rolloutSeq: number }[] = [];
  /** Who was forgotten, up to which instant, and when that was. */
  private readonly erasures: { readonly id: string; readonly untilMs: number; readonly day: EpochDay }[] = [];

  fold(records: readonly LogRecord[]): this {
    for (const record of records) this.apply(record);
    return this;
  }

  private apply(record: LogRecord): void {
    const { event } = record;
    switch (event.type) {
      case 'Unreadable':
        this.reject(record, 'unreadable');
        break;
      case 'LogOpened':
        this.open(record, event);
        break;
      case 'ClockTicked':
        this.logDay = Math.max(this.logDay ?? event.day, event.day);
        break;
      case 'PolicyPublished':
        this.publish(record, event);
        break;
      case 'SliceSwept':
        this.sweep(record, event);
        break;
      case 'StandingOverridden':
      case 'OverrideEnded':
      case 'CustomerForgotten':
        this.decision(record, event);
        break;
      default:
        this.fact(record, event);
    }
  }

  private open(record: LogRecord, genesis: LogOpened): void {
    if (this.genesis !== null) {
      this.reject(record, 'invalidControl');
      return;
    }
    this.genesis = genesis;
    this.slices = Array.from({ length: genesis.slices }, () => ({ version: 0, rolloutSeq: 0 }));
  }

  private publish(record: LogRecord, { version, hash, document }: PolicyPublished): void {
    const known = this.policies.get(version);
    if (known === undefined) this.policies.set(version, { document: JSON.parse(document), hash });
    else if (known.hash !== hash) this.reject(record, 'invalidControl');
  }

  private sweep(record: LogRecord, sweep: SliceSwept): void {
    const { fromSlice, toSlice, mode, policyVersion, rolloutSeq } = sweep;
    const isValid =
      fromSlice >= 0 &&
      fromSlice <= toSlice &&
      toSlice < this.slices.length &&
      (policyVersion === null || this.policies.has(policyVersion));
    if (!isValid) {
      this.reject(record, 'invalidControl');
      return;
    }
    const former = this.slices.map(({ version }) => version);
    if (mode === 'all' && policyVersion !== null && rolloutSeq !== null) {
      for (const slice of this.slices.slice(fromSlice, toSlice + 1)) {
        if (rolloutSeq > slice.rolloutSeq) Object.assign(slice, { version: policyVersion, rolloutSeq });
      }
    }
    for (const id of [...this.customers.keys()].sort()) {
      const customer = this.customers.get(id)!;
      const slice = this.sliceOf(id);
      if (slice < fromSlice || slice > toSlice) continue;
      this.catchUp(record, customer, former[slice]!);
      const { version } = this.slices[slice]!;
      if (mode === 'all') {
        this.evaluate(
          record,
          customer,
          version,
          version === customer.policyVersion ? byTime : { ...byTime, cause: 'policy' },
        );
      }
    }
  }

  private fact(record: LogRecord, fact: Fact): void {
    const customer = this.admit(record, fact);
    if (customer === null) return;
    const isLate = this.logDay !== null && fact.businessDay < this.logDay;
    accept(customer.facts, fact, this.behindDay);
    customer.day = Math.max(customer.day, fact.businessDay);
    this.evaluate(record, customer, this.versionOf(customer.id), {
      cause: fact.type === 'PurchaseRefunded' ? 'refund' : 'facts',
      correction: isLate,
      triggeredBy: fact.eventId,
    });
  }

  private decision(record: LogRecord, decision: Decision): void {
    if (decision.type === 'CustomerForgotten') {
      if (!this.isAcceptable(record, decision)) return;
      const { customerId: id, occurredAt: untilMs, businessDay } = decision;
      this.erasures.push({ id, untilMs, day: Math.max(this.logDay ?? businessDay, businessDay) });
      this.forget(record, id, decision.eventId);
      return;
    }
    const customer = this.admit(record, decision);
    if (customer === null) return;
    const { program } = decision;
    if (decision.type === 'StandingOverridden') {
      const { kind, tier, untilDay } = decision;
      customer.overrides = customer.overrides.filter(known => known.program !== program || known.kind !== kind);
      customer.overrides.push({ program, kind, tier, untilDay });
    } else {
      customer.overrides = customer.overrides.filter(known => known.program !== program);
    }
    customer.day = Math.max(customer.day, decision.businessDay);
    const reason = { cause: 'override', correction: false, triggeredBy: decision.eventId };
    this.evaluate(record, customer, this.versionOf(customer.id), reason);
  }

  private isAcceptable(record: LogRecord, event: CustomerEvent): boolean {
    const { logDay } = this;
    const { businessDay } = event;
    let reason: string | null = null;
    if (record.key !== event.customerId) reason = 'misrouted';
    else if (logDay !== null && businessDay > logDay + 1) reason = 'inFuture';
    else if (businessDay <= this.behindDay && !event.bootstrap) reason = 'tooLate';
    if (reason !== null) this.reject(record, reason);
    const erased = this.erasures.filter(
      ({ id, day }) => id === event.customerId && (logDay === null || day + 30 >= logDay),
    );
    return reason === null && !erased.some(({ untilMs }) => event.occurredAt <= untilMs);
  }

  private overrideProblem({ customerId, program, tier, kind }: Extract<Decision, { type: 'StandingOverridden' }>) {
    const document = this.policies.get(this.versionOf(customerId))?.document.programs[program];
    if (document === undefined) return 'unknownProgram';
    if (!document.tiers.some(candidate => candidate.tier === tier)) return 'unknownTier';
    return document.kind === 'segment' && kind !== 'pin' ? 'invalidFact' : null;
  }

  /** The customer, stepped to the log day and about to take the record; null where the record changes nothing. */
  private admit(record: LogRecord, event: CustomerEvent): NaiveCustomer | null {
    if (!this.isAcceptable(record, event)) return null;
    const { customerId: id, source, type, eventId, businessDay } = event;
    const identity = JSON.stringify([source, type, eventId, businessDay]);
    const isRemembered = businessDay > this.behindDay;
    if (isRemembered && this.customers.get(id)?.seen.has(identity)) return null;
    const problem = event.type === 'StandingOverridden' ? this.overrideProblem(event) : null;
    if (problem !== null) {
      this.reject(record, problem);
      return null;
    }
    let customer = this.customers.get(id);
    if (customer === undefined) {
      const day = Math.max(this.logDay ?? businessDay, businessDay);
      customer = {
        id,
        facts: [],
        seen: new Set(),
        standings: new Map(),
        overrides: [],
        day,
        policyVersion: 0,
        revision: 0,
      };
      this.customers.set(id, customer);
    }
    if (isRemembered) customer.seen.add(identity);
    this.catchUp(record, customer, this.versionOf(id));
    return customer;
  }

  private forget(record: LogRecord, id: string, eventId: string): void {
    const customer = this.customers.get(id);
    if (customer === undefined) return;
    this.customers.delete(id);
    const held = [...customer.standings].filter(([, tier]) => tier !== null);
    for (const [program, from] of held.length > 0 ? held : [['*', null] as const]) {
      this.emit(record, customer, program, from, null, {
        effectiveDay: Math.max(customer.day, this.logDay ?? customer.day),
        policyVersion: customer.policyVersion,
        standings: null,
        reason: { cause: 'erasure', correction: false, triggeredBy: eventId },
      });
    }
  }

  /** Lets the days up to the log day pass one by one. */
  private catchUp(record: LogRecord, customer: NaiveCustomer, version: number): void {
    const last = this.logDay ?? customer.day;
    while (customer.day < last) {
      customer.day++;
      this.evaluate(record, customer, version, byTime);
    }
  }

  private evaluate(record: LogRecord, customer: NaiveCustomer, version: number, reason: Reason): void {
    const policy = this.policies.get(version)?.document;
    if (policy === undefined) return;
    const { day, standings } = customer;
    const ended = customer.overrides.filter(({ untilDay }) => untilDay !== null && untilDay < day);
    customer.overrides = customer.overrides.filter(override => !ended.includes(override));
    customer.policyVersion = version;
    const changes: { program: string; from: string | null; to: string | null; cause: string }[] = [];
    for (const [program, from] of [...standings]) {
      if (policy.programs[program] !== undefined) continue;
      standings.delete(program);
      if (from !== null) changes.push({ program, from, to: null, cause: reason.cause });
    }
    for (const [program, document] of Object.entries(policy.programs)) {
      const from = standings.get(program) ?? null;
      const to = this.tierOf(customer, policy, program, document);
      standings.delete(program);
      standings.set(program, to);
      const endsOverride = reason === byTime && ended.some(override => override.program === program);
      if (from !== to) changes.push({ program, from, to, cause: endsOverride ? 'override' : reason.cause });
    }
    for (const { program, from, to, cause } of changes) {
      this.emit(record, customer, program, from, to, {
        effectiveDay: day,
        policyVersion: version,
        standings: Object.fromEntries(standings),
        reason: { ...reason, cause },
      });
    }
  }

  /** Pin over cap over floor over what the numbers give. */
  private tierOf(customer: NaiveCustomer, policy: PolicyDocument, program: string, document: ProgramDocument) {
    const names = document.tiers.map(({ tier }) => tier);
    const positionOf = (kind: NaiveOverride['kind']): number | null => {
      const override = customer.overrides.find(candidate => candidate.program === program && candidate.kind === kind);
      const position = override === undefined ? -1 : names.indexOf(override.tier);
      return position < 0 ? null : position;
    };
    const pin = positionOf('pin');
    if (pin !== null) return names[pin]!;
    const fitting = document.tiers.findIndex(({ when }) => when === undefined || this.holds(customer, policy, when));
    const computed = fitting < 0 ? null : fitting;
    const floor = positionOf('floor');
    const cap = positionOf('cap');
    let position = computed;
    if (floor !== null) position = Math.min(position ?? floor, floor);
    if (cap !== null) position = Math.max(position ?? cap, cap);
    return position === null ? null : names[position]!;
  }

  private holds(customer: NaiveCustomer, policy: PolicyDocument, conditions: ConditionsDocument): boolean {
    const each = (item: string | ConditionsDocument): boolean =>
      typeof item === 'string' ? this.compares(customer, policy, item) : this.holds(customer, policy, item);
    return 'all' in conditions ? conditions.all.every(each) : conditions.any.some(each);
  }

  private compares(customer: NaiveCustomer, policy: PolicyDocument, text: string): boolean {
    const [name, operator, threshold] = text.split(' ') as [string, string, string];
    const value = measureOn(customer.facts, policy.measures[name]!, customer.day, this.genesis!.baseCurrencyDigits);
    if (value === null) return false;
    const [whole, fraction = ''] = threshold.split('.') as [string, string?];
    const scale = 10n ** BigInt(fraction.length);
    const difference = value.numerator * scale - BigInt(whole + fraction) * value.denominator;
    switch (operator) {
      case '>=':
        return difference >= 0n;
      case '>':
        return difference > 0n;
      case '<=':
        return difference <= 0n;
      case '<':
        return difference < 0n;
      default:
        return difference === 0n;
    }
  }

  private emit(
    record: LogRecord,
    customer: NaiveCustomer,
    program: string,
    from: string | null,
    to: string | null,
    rest: Pick<NaiveChange, 'effectiveDay' | 'policyVersion' | 'standings'> & { reason: Reason },
  ): void {
    const { reason, ...proof } = rest;
    const index = this.changes.filter(({ id }) => id.startsWith(`${record.offset}-`)).length;
    customer.revision++;
    this.changes.push({
      id: `${record.offset}-${index}`,
      customerId: customer.id,
      program,
      from,
      to,
      recordedAt: record.timestamp,
      revision: customer.revision,
      ...reason,
      ...proof,
    });
  }

  /** Every measure of the customer's policy, as of the end of a day. */
  measuresOf(id: string, asOf: EpochDay): Record<string, string | null> {
    const policy = this.policies.get(this.versionOf(id))?.document;
    const { facts } = this.customers.get(id)!;
    const digits = this.genesis!.baseCurrencyDigits;
    return Object.fromEntries(
      Object.entries(policy?.measures ?? {}).map(([name, measure]) => [
        name,
        measureText(facts, measure, asOf, digits),
      ]),
    );
  }

  /** The last day behind the horizon; there is none before the first tick. */
  private get behindDay(): number {
    return this.logDay === null ? Number.NEGATIVE_INFINITY : this.logDay - this.genesis!.horizonDays;
  }

  private sliceOf(id: string): number {
    return sliceOf(id, this.slices.length);
  }

  private versionOf(id: string): number {
    return this.slices[this.sliceOf(id)]!.version;
  }

  private reject(record: LogRecord, reason: string): void {
    this.rejections.push(`${record.offset} ${reason}`);
  }
}
