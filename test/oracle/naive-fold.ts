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
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { sliceOf } from '@tierflow/processor/partition-of';
import { decimalText } from './naive-conditions.ts';
import { accept } from './naive-customer.ts';
import {
  byTime,
  evaluate,
  gone,
  type NaiveCause,
  type NaiveCustomer,
  type NaiveNews,
  type NaiveStanding,
} from './naive-evaluation.ts';
import { NaiveFit, tierNames } from './naive-fit.ts';
import { NaiveMeasures } from './naive-measures.ts';
import { isGuarded } from './naive-movement.ts';
import { NaiveNumbers } from './naive-numbers.ts';

/** A record of `tier-changes`, without the texts and numbers that explain it. */
export type NaiveRecord = NaiveNews & {
  readonly id: string;
  readonly customerId: string;
  readonly effectiveDay: EpochDay;
  readonly recordedAt: number;
  readonly policyVersion: number;
  readonly revision: number;
  /** By program, after the record; null: forgotten. */
  readonly standings: Readonly<Record<string, NaiveTold>> | null;
};

/** A program's standing as `customer-tiers` tells it. */
export type NaiveTold = Pick<NaiveStanding, 'tier' | 'sinceDay' | 'validUntilDay' | 'incomplete'>;

export class NaiveFold {
  readonly records: NaiveRecord[] = [];
  readonly rejections: string[] = [];
  readonly customers = new Map<string, NaiveCustomer>();
  logDay: EpochDay | null = null;
  private genesis: LogOpened | null = null;
  private readonly policies = new Map<number, { document: PolicyDocument; hash: string }>();
  private readonly numbers = new Map<string, { version: number; numbers: NaiveNumbers }>();
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
      this.catchUp(record, customer, former[slice]!, this.logDay ?? customer.day);
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
    this.numbers.delete(customer.id);
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
    const cause = { cause: 'override', correction: false, triggeredBy: decision.eventId };
    this.evaluate(record, customer, this.versionOf(customer.id), cause, program);
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
    if (!tierNames(document).includes(tier)) return 'unknownTier';
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
    const version = this.versionOf(id);
    this.catchUp(record, customer, version, this.logDay ?? customer.day);
    // Guards and stages see every day, so one that only this record brings passes before it.
    if (this.isGuarded(version)) this.catchUp(record, customer, version, businessDay);
    return customer;
  }

  private forget(record: LogRecord, id: string, eventId: string): void {
    const customer = this.customers.get(id);
    if (customer === undefined) return;
    this.customers.delete(id);
    this.numbers.delete(id);
    const cause = { cause: 'erasure', correction: false, triggeredBy: eventId };
    const news = [...customer.standings]
      .filter(([, { tier }]) => tier !== null)
      .map(([program, { tier, sinceDay }]) => gone(program, tier, sinceDay, 'forgotten', cause));
    if (news.length === 0) news.push(gone('*', null, null, 'forgotten', cause));
    const effectiveDay = Math.max(customer.day, this.logDay ?? customer.day);
    for (const one of news) this.emit(record, customer, one, effectiveDay, null);
  }

  /** Lets the days up to the last one pass one by one. */
  private catchUp(record: LogRecord, customer: NaiveCustomer, version: number, last: EpochDay): void {
    while (customer.day < last) {
      customer.day++;
      this.evaluate(record, customer, version, byTime);
    }
  }

  private evaluate(
    record: LogRecord,
    customer: NaiveCustomer,
    version: number,
    cause: NaiveCause,
    decidedProgram: string | null = null,
  ): void {
    const policy = this.policies.get(version)?.document;
    if (policy === undefined) return;
    const { behindDay } = this;
    const numbers = this.numbersOf(customer, version, policy);
    const news = evaluate(customer, { policy, numbers, behindDay, decidedProgram }, cause);
    customer.policyVersion = version;
    const standings = Object.fromEntries(
      [...customer.standings].map(([program, { tier, sinceDay, validUntilDay, incomplete }]) => [
        program,
        { tier, sinceDay, validUntilDay, incomplete },
      ]),
    );
    for (const one of news) this.emit(record, customer, one, customer.day, standings);
  }

  private numbersOf({ id, facts }: NaiveCustomer, version: number, policy: PolicyDocument): NaiveNumbers {
    const known = this.numbers.get(id);
    if (known?.version === version) return known.numbers;
    const numbers = new NaiveNumbers(facts, policy, this.genesis!.baseCurrencyDigits);
    this.numbers.set(id, { version, numbers });
    return numbers;
  }

  private emit(
    record: LogRecord,
    customer: NaiveCustomer,
    news: NaiveNews,
    effectiveDay: EpochDay,
    standings: NaiveRecord['standings'],
  ): void {
    const index = this.records.filter(({ id }) => id.startsWith(`${record.offset}-`)).length;
    customer.revision++;
    this.records.push({
      ...news,
      id: `${record.offset}-${index}`,
      customerId: customer.id,
      effectiveDay,
      recordedAt: record.timestamp,
      policyVersion: customer.policyVersion,
      revision: customer.revision,
      standings,
    });
  }

  /** The policy that the customer's slice follows. */
  policyOf(id: string): PolicyDocument | undefined {
    return this.policies.get(this.versionOf(id))?.document;
  }

  /** Every measure of the customer's policy, as of the end of a day. */
  measuresOf(id: string, asOf: EpochDay): Record<string, string | null> {
    const policy = this.policyOf(id);
    const { facts } = this.customers.get(id)!;
    const digits = this.genesis!.baseCurrencyDigits;
    if (policy === undefined) return {};
    const measures = new NaiveMeasures(facts, policy.measures, digits);
    const measured = Object.keys(policy.measures).map(name => [name, measures.viewOf(name, asOf)]);
    const numbers = new NaiveNumbers(facts, policy, digits).on(asOf);
    const scores = Object.entries(policy.programs)
      .flatMap(([name, document]) => [...new NaiveFit(name, document, numbers).scores])
      .map(([name, { value, digits: shown }]) => [name, value === null ? null : decimalText(value, shown)]);
    return Object.fromEntries([...measured, ...scores]);
  }

  /** The last day behind the horizon; there is none before the first tick. */
  private get behindDay(): number {
    return this.logDay === null ? Number.NEGATIVE_INFINITY : this.logDay - this.genesis!.horizonDays;
  }

  private isGuarded(version: number): boolean {
    const programs = Object.values(this.policies.get(version)?.document.programs ?? {});
    return programs.some(program => program.by === 'exit' || isGuarded(program));
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
