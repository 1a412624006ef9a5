/**
 * The fold of one partition as DESIGN tells it, without tiles, running sums or a due index: customers keep their raw
 * facts, every measure is taken from scratch, and time passes day by day. What the real fold emits must equal this.
 */
import type {
  Control,
  CustomerEvent,
  Decision,
  EpochDay,
  Fact,
  LogRecord,
  SliceSwept,
} from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { sliceOf } from '@tierflow/processor/partition-of';
import { grandfather, remember, restore } from './naive-adoption.ts';
import { decimalText } from './naive-conditions.ts';
import { type Judged, NaiveControl, type NaiveSlice } from './naive-control.ts';
import { NaiveCounters } from './naive-counters.ts';
import { accept } from './naive-customer.ts';
import {
  byTime,
  type EvaluationContext,
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
import { type NaiveRanking, placeOf } from './naive-rankings.ts';

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

/** What a log may meet. */
export type NaiveMeeting =
  | 'roll-out begun'
  | 'rolled back half-way'
  | 'restored'
  | 'sealed'
  | 'grandfathered'
  | 'adopted lazily'
  | 'calibrated'
  | 'cause population'
  | 'index sweep';

/** A program's standing as `customer-tiers` tells it. */
export type NaiveTold = Pick<NaiveStanding, 'tier' | 'sinceDay' | 'validUntilDay' | 'incomplete'>;

/** Whom the sweep at an offset met; it is the product's to say who is due. Where it is not told, everybody is. */
export type WhoIsDue = (offset: number) => ReadonlySet<string> | undefined;

const everybody: WhoIsDue = () => undefined;

export class NaiveFold {
  readonly records: NaiveRecord[] = [];
  readonly rejections: string[] = [];
  readonly customers = new Map<string, NaiveCustomer>();
  readonly control = new NaiveControl();
  readonly counters = new NaiveCounters();
  /** What has come about, for whoever wants to know what a log has met. */
  readonly met = new Set<NaiveMeeting>();
  private readonly whoIsDue: WhoIsDue;
  private readonly numbers = new Map<string, Map<number, NaiveNumbers>>();
  /** Who was forgotten, up to which instant, and when that was. */
  private readonly erasures: { readonly id: string; readonly untilMs: number; readonly day: EpochDay }[] = [];

  constructor(whoIsDue = everybody) {
    this.whoIsDue = whoIsDue;
  }

  get logDay(): EpochDay | null {
    return this.control.logDay;
  }

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
      case 'ClockTicked':
        if (this.logDay !== null) this.counters.close(this.logDay, event.day);
        this.control.apply(event);
        break;
      case 'LogOpened':
      case 'PolicyPublished':
      case 'RolloutDirected':
      case 'ThresholdsCalibrated':
        if (this.control.apply(event)) this.meet(event);
        else this.reject(record, 'invalidControl');
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

  private meet(event: Control): void {
    if (event.type === 'ThresholdsCalibrated') this.met.add('calibrated');
    if (event.type !== 'RolloutDirected') return;
    const following = this.control.slices.filter(({ version }) => version === event.fromVersion).length;
    if (event.action === 'activate') this.met.add('roll-out begun');
    if (event.action === 'seal') this.met.add('sealed');
    if (event.action !== 'rollback' || event.fromVersion === event.policyVersion) return;
    if (following > 0 && following < this.control.slices.length) this.met.add('rolled back half-way');
  }

  private sweep(record: LogRecord, sweep: SliceSwept): void {
    const { control } = this;
    if (!control.accepts(sweep)) {
      this.reject(record, 'invalidControl');
      return;
    }
    const former = control.sweep(sweep);
    if (sweep.mode === 'index') this.met.add('index sweep');
    const due = this.whoIsDue(record.offset);
    for (const id of [...this.customers.keys()].sort()) {
      const slice = this.sliceOf(id);
      if (slice < sweep.fromSlice || slice > sweep.toSlice) continue;
      const customer = this.customers.get(id)!;
      const own = this.ownOf(customer, former[slice]!);
      if (sweep.mode === 'all') {
        this.sweepAll(record, customer, own, former[slice]!);
        continue;
      }
      this.catchUp(record, customer, own, this.logDay ?? customer.day);
      const isAdopting = sweep.mode === 'due' && (due === undefined || due.has(id));
      if (isAdopting && this.isToAdopt(customer)) {
        this.met.add('adopted lazily');
        this.adopt(record, customer);
      }
      if (sweep.mode === 'index') this.written(customer);
    }
  }

  private sweepAll(record: LogRecord, customer: NaiveCustomer, own: Judged, former: NaiveSlice): void {
    const slice = this.sliceOf(customer.id);
    const target = this.control.slices[slice]!;
    if (this.control.isLazy(slice) && ![0, target.version].includes(customer.policyVersion)) return;
    this.catchUp(record, customer, own, this.logDay ?? customer.day);
    if (this.isToAdopt(customer)) {
      this.adopt(record, customer);
      return;
    }
    const isRecut = target.version === former.version && target.calibration !== former.calibration;
    let cause = isRecut ? 'population' : 'time';
    if (customer.policyVersion !== target.version) cause = 'policy';
    this.evaluate(record, customer, target, { ...byTime, cause });
    this.written(customer);
  }

  /** What the customer's slice follows. */
  private targetOf({ id }: { readonly id: string }): Judged {
    return this.control.slices[this.sliceOf(id)]!;
  }

  /** What the customer is judged by until it adopts what its slice follows. */
  private ownOf({ policyVersion }: NaiveCustomer, target: Judged): Judged {
    return policyVersion === 0 || policyVersion === target.version ? target : this.control.latest(policyVersion);
  }

  private isToAdopt(customer: NaiveCustomer): boolean {
    return customer.policyVersion !== 0 && customer.policyVersion !== this.targetOf(customer).version;
  }

  /** The customer goes over to what its slice follows, or back. */
  private adopt(record: LogRecord, customer: NaiveCustomer): void {
    const target = this.targetOf(customer);
    const policy = this.control.documentOf(target)!;
    const { directive, isSealed, takesBack } = this.control.followedBy(this.sliceOf(customer.id)) ?? {};
    if (directive?.action === 'rollback') {
      const { prior } = customer;
      if (prior !== null && prior.rolloutSeq === takesBack && prior.version === target.version) {
        this.met.add('restored');
        const news = restore(customer, prior, this.contextOf(customer, target, policy));
        customer.policyVersion = target.version;
        this.told(record, customer, news);
        this.written(customer);
        return;
      }
      customer.prior = null;
      customer.overrides = customer.overrides.filter(({ rolloutSeq }) => rolloutSeq !== takesBack);
    } else if (directive?.action === 'activate' && !isSealed) {
      customer.prior = remember(customer, directive);
      if (directive.mode === 'grandfather') {
        const numbers = this.numbersOf(customer, target.version, policy);
        if (grandfather(customer, policy, numbers, directive)) this.met.add('grandfathered');
      }
    }
    this.evaluate(record, customer, target, { ...byTime, cause: 'policy' });
    this.written(customer);
  }

  private fact(record: LogRecord, fact: Fact): void {
    const customer = this.admit(record, fact);
    if (customer === null) return;
    const isLate = this.logDay !== null && fact.businessDay < this.logDay;
    accept(customer.facts, fact, this.behindDay);
    this.numbers.delete(customer.id);
    customer.day = Math.max(customer.day, fact.businessDay);
    this.evaluate(record, customer, this.targetOf(customer), {
      cause: fact.type === 'PurchaseRefunded' ? 'refund' : 'facts',
      correction: isLate,
      triggeredBy: fact.eventId,
    });
    this.written(customer);
    this.counters.brought(fact, customer.standings);
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
    this.evaluate(record, customer, this.targetOf(customer), cause, program);
    this.written(customer);
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
    const document = this.control.documentOf(this.targetOf({ id: customerId }))?.programs[program];
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
        prior: null,
        day,
        policyVersion: 0,
        revision: 0,
        rankedGeneration: 0,
      };
      this.customers.set(id, customer);
    }
    if (isRemembered) customer.seen.add(identity);
    const own = this.ownOf(customer, this.targetOf(customer));
    this.catchUp(record, customer, own, this.logDay ?? customer.day);
    // Guards and stages see every day, so one that only this record brings passes before it.
    if (this.isGuarded(own)) this.catchUp(record, customer, own, businessDay);
    if (this.isToAdopt(customer)) {
      customer.day = Math.max(customer.day, businessDay);
      this.met.add('adopted lazily');
      this.adopt(record, customer);
    }
    customer.prior = null;
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

  /** Lets the days up to the last one pass one by one. Time decides nothing where nothing was decided yet. */
  private catchUp(record: LogRecord, customer: NaiveCustomer, own: Judged, last: EpochDay): void {
    while (customer.day < last) {
      customer.day++;
      if (customer.policyVersion !== 0) this.evaluate(record, customer, own, byTime);
    }
  }

  private evaluate(
    record: LogRecord,
    customer: NaiveCustomer,
    judged: Judged,
    cause: NaiveCause,
    decidedProgram: string | null = null,
  ): void {
    const policy = this.control.documentOf(judged);
    if (policy === undefined) return;
    const news = evaluate(customer, { ...this.contextOf(customer, judged, policy), decidedProgram }, cause);
    customer.policyVersion = judged.version;
    this.told(record, customer, news);
  }

  private contextOf(customer: NaiveCustomer, { version }: Judged, policy: PolicyDocument): EvaluationContext {
    const numbers = this.numbersOf(customer, version, policy);
    return { policy, numbers, behindDay: this.behindDay, decidedProgram: null };
  }

  private told(record: LogRecord, customer: NaiveCustomer, news: readonly NaiveNews[]): void {
    const standings = Object.fromEntries(
      [...customer.standings].map(([program, { tier, sinceDay, validUntilDay, incomplete }]) => [
        program,
        { tier, sinceDay, validUntilDay, incomplete },
      ]),
    );
    for (const one of news) this.emit(record, customer, one, customer.day, standings);
  }

  /** Cuts are no part of the numbers, so those of a version serve all its calibrations. */
  private numbersOf({ id, facts }: NaiveCustomer, version: number, policy: PolicyDocument): NaiveNumbers {
    const known = this.numbers.get(id) ?? new Map<number, NaiveNumbers>();
    this.numbers.set(id, known);
    let numbers = known.get(version);
    if (numbers === undefined) {
      numbers = new NaiveNumbers(facts, policy, this.control.genesis!.baseCurrencyDigits);
      known.set(version, numbers);
    }
    return numbers;
  }

  /** A write that puts the customer into all rankings there are. */
  private written(customer: NaiveCustomer): void {
    if (this.policyOf(customer.id) !== undefined) customer.rankedGeneration = this.control.generation;
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
    this.counters.tell(news);
    if (news.type === 'TierChanged' && news.cause === 'population') this.met.add('cause population');
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

  /** The policy that the customer is judged by. */
  policyOf(id: string): PolicyDocument | undefined {
    const customer = this.customers.get(id)!;
    return this.control.documentOf(this.ownOf(customer, this.targetOf(customer)));
  }

  /** What the customer's slice follows, where the customer is judged by it already; null: it is not. */
  judgedBySlice(id: string): Judged | null {
    const target = this.targetOf({ id });
    const { policyVersion } = this.customers.get(id)!;
    return policyVersion !== 0 && policyVersion === target.version ? target : null;
  }

  /** Every measure of the customer's policy, as of the end of a day. */
  measuresOf(id: string, asOf: EpochDay): Record<string, string | null> {
    const policy = this.policyOf(id);
    const { facts } = this.customers.get(id)!;
    const digits = this.control.genesis!.baseCurrencyDigits;
    if (policy === undefined) return {};
    const measures = new NaiveMeasures(facts, policy.measures, digits);
    const measured = Object.keys(policy.measures).map(name => [name, measures.viewOf(name, asOf)]);
    const numbers = new NaiveNumbers(facts, policy, digits).on(asOf);
    const scores = Object.entries(policy.programs)
      .flatMap(([name, document]) => [...new NaiveFit(name, document, numbers).scores])
      .map(([name, { value, digits: shown }]) => [name, value === null ? null : decimalText(value, shown)]);
    return Object.fromEntries([...measured, ...scores]);
  }

  /** The customer's place in a ranking of a version, as of its day; null: none, also where no policy judges it. */
  placeOf(id: string, version: number, ranking: NaiveRanking): number | null {
    const customer = this.customers.get(id)!;
    if (this.policyOf(id) === undefined) return null;
    const policy = this.control.documentOf({ version, calibration: 0 })!;
    const { day } = customer;
    return placeOf(policy, ranking, this.numbersOf(customer, version, policy).on(day), day);
  }

  /** Whether the customer has its place in every ranking for sure, and not only where something was due. */
  isPlaced(id: string): boolean {
    return this.customers.get(id)!.rankedGeneration === this.control.generation;
  }

  /** The last day behind the horizon; there is none before the first tick. */
  private get behindDay(): number {
    return this.logDay === null ? Number.NEGATIVE_INFINITY : this.logDay - this.control.genesis!.horizonDays;
  }

  private isGuarded(judged: Judged): boolean {
    const programs = Object.values(this.control.documentOf(judged)?.programs ?? {});
    return programs.some(program => program.by === 'exit' || isGuarded(program));
  }

  private sliceOf(id: string): number {
    return sliceOf(id, this.control.slices.length);
  }

  private reject(record: LogRecord, reason: string): void {
    this.rejections.push(`${record.offset} ${reason}`);
  }
}
