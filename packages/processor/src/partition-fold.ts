/**
 * The fold of one partition: records in log order in, writes and emissions out. Pure: no clock, no randomness, no I/O.
 * The same records give the same writes and emissions, however they are batched.
 *
 * A customer is advanced before a record is applied to it: it is stepped through its deadlines up to the log day, each
 * effective on its own day. So a fact before its sweep, a missed day and a repeated tick all give the same changes.
 */

import { advance } from '@tierflow/customer/advance';
import type {
  Emission,
  Rejection,
  RejectionReason,
  TierChanged,
  TierRecord,
  Trigger,
} from '@tierflow/customer/changes';
import { Customer } from '@tierflow/customer/customer';
import { nextDeadline } from '@tierflow/customer/deadline';
import { evaluate, type Occasion } from '@tierflow/customer/decide';
import { isCalendarDay, problemOf } from '@tierflow/customer/event-problem';
import type {
  CustomerEvent,
  CustomerForgotten,
  Decision,
  Fact,
  LogOpened,
  LogRecord,
  PolicyPublished,
  RolloutDirected,
  SliceSwept,
  StandingOverridden,
  ThresholdsCalibrated,
} from '@tierflow/customer/events';
import { type EvolveContext, evolve, identify, isDuplicate, remember, wouldOverflow } from '@tierflow/customer/evolve';
import { dropGrandfathered, grandfather } from '@tierflow/customer/grandfather';
import type { Policy } from '@tierflow/customer/policy';
import { priorOf } from '@tierflow/customer/prior';
import { restore } from '@tierflow/customer/restore';
import { advanceTotals, rebuildTotals } from '@tierflow/customer/rolling';
import { endOfStanding } from '@tierflow/customer/standing-records';
import { tiersOf } from '@tierflow/customer/view';
import type { Hash64 } from '@tierflow/window/hash';
import { Counters } from './counters.ts';
import type { CustomerCache } from './customer-cache.ts';
import { Halted } from './errors.ts';
import { partitionOf, sliceOf } from './partition-of.ts';
import type { PartitionState } from './partition-state.ts';
import type { CounterSnapshot, DayClosing } from './ports.ts';
import { storedHash } from './slice-digests.ts';

/** Part of every state's identity: a fold that decides otherwise gets a new number. */
export const foldVersion = 1;

/** Far beyond what a door opens a log with: a stranger's first record must not ask for tables of any size. */
const slicesMax = 65_536;
const partitionsMax = 65_536;

function isSize(size: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(size) && size >= 1 && size <= most;
}

/** What every evaluation of the fold adds: the policy's hash and the horizon. */
type FoldOccasion = Omit<Occasion, 'policyHash' | 'horizonDay'>;

/** What a run of records has changed, for one commit. */
export interface FoldOutput {
  readonly dirty: readonly Customer[];
  readonly forgotten: readonly ForgottenCustomer[];
  readonly emissions: readonly Emission[];
  readonly rejections: readonly Rejection[];
  readonly counters: CounterSnapshot;
  readonly closings: readonly DayClosing[];
  readonly droppedRankings: readonly string[];
}

export interface ForgottenCustomer {
  readonly customerId: string;
  readonly slice: number;
  readonly chunkSequences: readonly number[];
  /** Hash over all that is stored of the customer, which its slice's digest loses. */
  readonly stored: Readonly<Hash64>;
}

export class PartitionFold {
  readonly state: PartitionState;
  readonly cache: CustomerCache;
  private readonly partition: number;
  private readonly counters: Counters;
  private dirty = new Set<Customer>();
  private forgotten = new Map<string, ForgottenCustomer>();
  private emissions: Emission[] = [];
  private rejections: Rejection[] = [];
  private closings: DayClosing[] = [];
  private readonly kindIndex: EvolveContext['kindIndex'];
  private readonly topicIndex: EvolveContext['topicIndex'];
  /** Of the record being folded. */
  private readonly identity: Hash64 = { high: 0, low: 0 };
  /** Emissions of the record being folded. */
  private index = 0;

  constructor(partition: number, state: PartitionState, cache: CustomerCache, counters: CounterSnapshot) {
    this.partition = partition;
    this.state = state;
    this.cache = cache;
    this.counters = new Counters(counters);
    this.kindIndex = kind => state.kindIndex(kind);
    this.topicIndex = topic => state.topicIndex(topic);
  }

  /** Folds one record that is no sweep. The customers of the run are in the cache. */
  apply(record: LogRecord): void {
    const { event } = record;
    this.index = 0;
    switch (event.type) {
      case 'PurchaseRecorded':
      case 'PurchaseRefunded':
      case 'InteractionRecorded':
      case 'FeedbackReceived':
      case 'ProfileUpdated':
        this.applyFact(record, event);
        break;
      case 'StandingOverridden':
      case 'OverrideEnded':
      case 'CustomerForgotten':
        this.applyDecision(record, event);
        break;
      case 'ClockTicked':
        if (isCalendarDay(event.day)) this.tick(event.day);
        else this.reject(record, 'invalidControl', `Day ${event.day} is not in 1970 … 2200.`);
        break;
      case 'PolicyPublished':
        this.publish(record, event);
        break;
      case 'RolloutDirected':
      case 'ThresholdsCalibrated':
        this.control(record, event);
        break;
      case 'LogOpened':
        this.open(record, event);
        break;
      case 'Unreadable':
        this.reject(record, 'unreadable', `${event.reason}: ${event.detail}`);
        break;
      case 'SliceSwept':
        throw new Error('A sweep is a batch of its own.');
    }
  }

  private open(record: LogRecord, genesis: LogOpened): void {
    if (this.state.genesis !== null) {
      this.reject(record, 'invalidControl', 'The log is open already.');
      return;
    }
    if (
      !isSize(genesis.slices, slicesMax) ||
      !isSize(genesis.partitions, partitionsMax) ||
      !isSize(genesis.horizonDays)
    ) {
      const { slices, partitions, horizonDays } = genesis;
      throw new Halted(
        'genesisDiffers',
        `The log was opened with ${slices} slices, ${partitions} partitions and a horizon of ${horizonDays} days.`,
        'That is no log of `tierctl init`: find out who wrote its first record, and begin a new namespace.',
      );
    }
    this.state.open(genesis);
  }

  /** The days that are over are closed with the counters as they stand. */
  private tick(day: number): void {
    const { logDay, hasTicked } = this.state;
    if (hasTicked && day > logDay) this.closings.push(...this.counters.close(logDay, day));
    this.state.tick(day);
  }

  private control(record: LogRecord, event: RolloutDirected | ThresholdsCalibrated): void {
    const problem = event.type === 'RolloutDirected' ? this.state.direct(event) : this.state.calibrate(event);
    if (problem !== null) this.reject(record, 'invalidControl', problem);
  }

  private publish(record: LogRecord, event: PolicyPublished): void {
    const publication = this.state.publish(event);
    if (publication === 'conflict') {
      this.reject(record, 'invalidControl', `Policy version ${event.version} is published with another content.`);
    } else if (publication === 'invalid') {
      this.reject(record, 'invalidControl', `Policy version ${event.version} cannot be compiled.`);
    }
  }

  private customerOf(id: string): Customer {
    const customer = this.cache.get(id);
    if (customer === undefined) throw new Error(`Customer ${id} was not loaded before its record was folded.`);
    if (customer.slice < 0) customer.slice = sliceOf(id, this.state.slices.length);
    return customer;
  }

  /** What every record of a customer goes through; null where it was rejected or is a duplicate. */
  private admit(record: LogRecord, event: CustomerEvent): Customer | null {
    const { state } = this;
    const customer = this.customerOf(event.customerId);
    const misrouted =
      record.key !== event.customerId ||
      (!customer.exists && partitionOf(event.customerId, state.genesis!.partitions) !== this.partition);
    if (misrouted) {
      const home = partitionOf(event.customerId, state.genesis!.partitions);
      this.reject(record, 'misrouted', `Key and customer ${event.customerId} belong to partition ${home}.`);
      return null;
    }
    if (state.hasTicked && event.businessDay > state.logDay + 1) {
      this.reject(record, 'inFuture', `Business day ${event.businessDay} is after log day ${state.logDay}.`);
      return null;
    }
    if (!event.bootstrap && event.businessDay <= state.horizonDay) {
      this.reject(record, 'tooLate', `Business day ${event.businessDay} is behind the horizon.`);
      return null;
    }
    const problem = problemOf(event);
    if (problem !== null) {
      this.reject(record, 'invalidFact', problem);
      return null;
    }
    if (state.isForgotten(event.customerId, event.occurredAt)) {
      this.counters.record('forgotten');
      return null;
    }
    // Before anything else is done: what comes twice changes nothing at all, not even the day the customer is as of.
    identify(event, this.identity);
    if (isDuplicate(customer, event, this.identity, state.horizonDay)) {
      this.counters.record('duplicate');
      return null;
    }
    return customer;
  }

  private applyFact(record: LogRecord, fact: Fact): void {
    const customer = this.admit(record, fact);
    if (customer === null) return;
    if (wouldOverflow(customer, fact)) {
      this.reject(record, 'invalidFact', 'A total would leave the range of exact integers.');
      return;
    }
    const policy = this.bring(record, customer, fact.businessDay);
    customer.prior = null;
    const { kindIndex, topicIndex } = this;
    const { horizonDay } = this.state;
    const outcome = evolve(customer, fact, this.identity, { horizonDay, kindIndex, topicIndex });
    const isLate = this.state.hasTicked && fact.businessDay < this.state.logDay;
    this.counters.record('applied');
    if (isLate) this.counters.record('late');
    if (outcome === 'refundCapped') this.counters.record('refundCapped');
    this.settle(record, customer, policy, {
      cause: fact.type === 'PurchaseRefunded' ? 'refund' : 'facts',
      recordedAt: record.timestamp,
      correction: isLate,
      trigger: triggerOf(fact),
    });
    this.counters.brought(fact, customer.standings);
  }

  private applyDecision(record: LogRecord, decision: Decision): void {
    const customer = this.admit(record, decision);
    if (customer === null) return;
    const policy = this.state.policyOf(customer.slice);
    if (decision.type === 'CustomerForgotten') {
      this.forget(record, customer, decision);
      return;
    }
    const { program } = decision;
    const problem = decision.type === 'StandingOverridden' ? this.checkOverride(decision, policy) : null;
    if (problem !== null) {
      this.reject(
        record,
        problem,
        `${decision.program}/${'tier' in decision ? decision.tier : ''} is not in the policy.`,
      );
      return;
    }
    this.bring(record, customer, decision.businessDay);
    customer.prior = null;
    remember(customer, decision, this.identity, this.state.horizonDay);
    this.counters.record('applied');
    if (decision.type === 'StandingOverridden') {
      const { kind, tier, untilDay, actor, reason } = decision;
      customer.overrides = customer.overrides.filter(known => known.program !== program || known.kind !== kind);
      customer.overrides.push({ program, kind, tier, untilDay, actor, reason });
    } else {
      customer.overrides = customer.overrides.filter(known => known.program !== program);
    }
    this.settle(record, customer, policy, {
      cause: 'override',
      recordedAt: record.timestamp,
      correction: false,
      trigger: triggerOf(decision),
      decidedProgram: program,
    });
  }

  private checkOverride(decision: StandingOverridden, policy: Policy | null): RejectionReason | null {
    const program = policy?.programs.find(candidate => candidate.name === decision.program);
    if (program === undefined) return 'unknownProgram';
    if (!program.tiers.some(tier => tier.name === decision.tier)) return 'unknownTier';
    // A segment has no order, so there is nothing above a floor or below a cap.
    return program.kind === 'segment' && decision.kind !== 'pin' ? 'invalidFact' : null;
  }

  /**
   * Drops the customer's state; what happens after it opens a new customer. The ids that told duplicates go with the
   * state, so what happened before is kept out by its time: else a source that writes its records again would bring the
   * customer back.
   */
  private forget(record: LogRecord, customer: Customer, decision: CustomerForgotten): void {
    this.counters.record('applied');
    this.state.forget(customer.id, decision.occurredAt, decision.businessDay);
    if (!customer.exists) return;
    const held = customer.standings.filter(standing => standing.tier !== null);
    // One marker where there is no standing to end, so that the output tells of the erasure in any case.
    const ended = held.length > 0 ? held : [{ program: '*', tier: null, sinceDay: null }];
    for (const { program, tier, sinceDay } of ended) {
      customer.revision++;
      const change: TierChanged = {
        type: 'TierChanged',
        customerId: customer.id,
        program,
        from: tier,
        to: null,
        cause: 'erasure',
        effectiveDay: Math.max(customer.evaluatedDay, this.state.logDay),
        recordedAt: record.timestamp,
        correction: false,
        trigger: triggerOf(decision),
        reason: forgottenReason,
        ...endOfStanding,
        fromSinceDay: sinceDay,
        policyId: this.state.policyOf(customer.slice)?.policyId ?? '',
        policyVersion: customer.policyVersion,
        policyHash: this.state.hashOf(customer.policyVersion),
        revision: customer.revision,
      };
      if (program !== '*') this.counters.flowed(change);
      this.emissions.push({ id: { offset: record.offset, index: this.index++ }, record: change, standings: null });
    }
    const sequences = customer.tiles.segments.map(segment => segment.sequence).filter(sequence => sequence >= 0);
    const former = this.forgotten.get(customer.id);
    this.forgotten.set(customer.id, {
      customerId: customer.id,
      slice: customer.slice,
      chunkSequences: [...new Set([...(former?.chunkSequences ?? []), ...sequences, ...customer.tiles.droppedChunks])],
      // Who is forgotten a second time before the commit has not been stored meanwhile.
      stored: former?.stored ?? storedHash(customer),
    });
    this.dirty.delete(customer);
    this.cache.put(new Customer(customer.id));
  }

  /**
   * Brings a customer to the day on which a record of `businessDay` is judged: stepped under the policy that it was judged
   * by last, then, where its slice follows another version by now, over to that. Gives the slice's policy.
   */
  private bring(record: LogRecord, customer: Customer, businessDay: number): Policy | null {
    const target = this.state.policyOf(customer.slice);
    const own = this.ownPolicy(customer, target);
    this.advance(record, customer, own, businessDay);
    if (target !== null && own !== target) this.adopt(record, customer, target);
    return target;
  }

  /** Of a customer that its slice's roll-out has not reached yet, the version that it was judged by. */
  private ownPolicy({ policyVersion }: Customer, target: Policy | null): Policy | null {
    if (target === null || policyVersion === 0 || policyVersion === target.version) return target;
    return this.state.policyUnder(policyVersion);
  }

  /**
   * The first evaluation of a customer under the version that its slice follows. While the roll-out is not sealed it keeps
   * what it was, so that a rollback can restore it; a rollback itself does so.
   */
  private adopt(record: LogRecord, customer: Customer, target: Policy): void {
    const rollout = this.state.rolloutOf(customer.slice);
    const occasion: FoldOccasion = { ...timeOccasion(record.timestamp), cause: 'policy' };
    if (rollout?.action === 'rollback') {
      dropGrandfathered(customer, rollout.takesBack!);
      const { prior } = customer;
      if (prior !== null && this.state.keepsPrior(prior) && prior.policyVersion === target.version) {
        const { horizonDay } = this.state;
        const policyHash = this.state.hashOf(target.version);
        const records = restore(customer, prior, target, { ...occasion, horizonDay, policyHash });
        this.write(customer);
        customer.dueDay = nextDeadline(customer, target);
        this.emit(record, customer, records);
        return;
      }
    } else if (rollout !== null && !rollout.isSealed && customer.policyVersion > 0) {
      const { rolloutSeq, mode, keepUntilDay } = rollout;
      customer.prior = priorOf(customer, rolloutSeq);
      if (mode === 'grandfather' && keepUntilDay !== null) grandfather(customer, target, rolloutSeq, keepUntilDay);
    }
    this.settle(record, customer, target, occasion);
  }

  /**
   * Steps a customer through its deadlines up to the log day, each effective on its own day, and then on to the day on
   * which a record of `businessDay` is judged. Emits what time alone has changed. Guards count days, so a guarded
   * customer is also stepped through those days that its own record is ahead of the log day.
   */
  private advance(record: LogRecord, customer: Customer, policy: Policy | null, businessDay: number): void {
    const { logDay } = this.state;
    const day = Math.max(logDay, businessDay);
    if (policy !== null && customer.policy !== policy) {
      if (!customer.exists) customer.evaluatedDay = day;
      rebuildTotals(customer, policy);
    }
    if (policy !== null) {
      const throughDay = policy.isGuarded ? day : logDay;
      while (customer.dueDay <= throughDay) {
        advance(customer, policy, customer.dueDay);
        this.settle(record, customer, policy, timeOccasion(record.timestamp));
      }
    }
    if (day <= customer.evaluatedDay) return;
    advanceTotals(customer, day);
    // Whoever moved is written: else what is stored would depend on how long a customer is cached.
    this.write(customer);
  }

  /** Puts the customer on the list of what the commit writes. */
  private write(customer: Customer): void {
    if (customer.prior !== null && !this.state.keepsPrior(customer.prior)) customer.prior = null;
    this.dirty.add(customer);
  }

  private settle(record: LogRecord, customer: Customer, policy: Policy | null, occasion: FoldOccasion): void {
    this.write(customer);
    if (policy === null) return;
    const { horizonDay } = this.state;
    const records: TierRecord[] = [];
    evaluate(customer, policy, { ...occasion, horizonDay, policyHash: this.state.hashOf(policy.version) }, told => {
      records.push(told);
    });
    customer.dueDay = nextDeadline(customer, policy);
    this.emit(record, customer, records);
  }

  private emit(record: LogRecord, customer: Customer, records: readonly TierRecord[]): void {
    if (records.length === 0) return;
    const standings = tiersOf(customer);
    for (const told of records) {
      if (told.type === 'TierChanged') this.counters.flowed(told);
      this.emissions.push({ id: { offset: record.offset, index: this.index++ }, record: told, standings });
    }
  }

  /**
   * Folds a sweep over the given customers, which are in the cache: those of its slices that are due, or all of them.
   * In order of customer id, so that the emissions' indexes do not depend on the order in which they were found.
   */
  sweep(record: LogRecord, sweep: SliceSwept, ids: readonly string[]): void {
    this.index = 0;
    const { state } = this;
    const { fromSlice, toSlice, mode } = sweep;
    const former = state.slices.map((_, slice) => state.policyOf(slice));
    if (mode === 'all') for (let slice = fromSlice; slice <= toSlice; slice++) state.follow(slice, sweep);
    for (const id of [...ids].sort()) {
      const customer = this.customerOf(id);
      if (!customer.exists) continue;
      if (mode === 'all') this.judge(record, customer, former[customer.slice]!);
      else if (mode === 'due') this.bring(record, customer, customer.evaluatedDay);
      else this.place(record, customer);
    }
    for (let slice = fromSlice; slice <= toSlice; slice++) {
      if (mode === 'index' || (mode === 'all' && !this.isLazy(slice))) state.markIndexed(slice);
    }
    this.counters.record('sweeps');
  }

  /** Evaluates a customer of a slice that is swept whole. `former` is what the slice followed before the sweep. */
  private judge(record: LogRecord, customer: Customer, former: Policy | null): void {
    const target = this.state.policyOf(customer.slice);
    const isOfVersion = target !== null && customer.policyVersion === target.version;
    if (this.isLazy(customer.slice) && !isOfVersion) return;
    // Up to here the cuts were those before the sweep.
    const own =
      former === null || former.version === customer.policyVersion ? former : this.ownPolicy(customer, former);
    this.advance(record, customer, own, customer.evaluatedDay);
    if (target === null) return;
    if (!isOfVersion) {
      this.adopt(record, customer, target);
      return;
    }
    const isRecut = former !== null && former.calibration !== target.calibration;
    this.settle(record, customer, target, {
      ...timeOccasion(record.timestamp),
      cause: isRecut ? 'population' : 'time',
    });
  }

  /** Nobody is judged by a policy that is lazily rolled out before anything happens to them. */
  private isLazy(slice: number): boolean {
    const rollout = this.state.rolloutOf(slice);
    return rollout !== null && rollout.action === 'activate' && rollout.mode === 'lazy';
  }

  /** Gives a customer its places in the rank indexes, which the commit writes, and decides nothing by them. */
  private place(record: LogRecord, customer: Customer): void {
    const own = this.ownPolicy(customer, this.state.policyOf(customer.slice));
    this.advance(record, customer, own, customer.evaluatedDay);
    this.write(customer);
    // Another policy's measures may change on other days than those of the customer's own.
    if (own !== null && customer.policyVersion === own.version) customer.dueDay = nextDeadline(customer, own);
  }

  /** Why a sweep cannot be folded; null where it can. */
  sweepProblem(sweep: SliceSwept): string | null {
    const { fromSlice, toSlice, policyVersion, calibration } = sweep;
    const last = this.state.slices.length - 1;
    if (!(fromSlice >= 0 && fromSlice <= toSlice && toSlice <= last))
      return `Slices ${fromSlice}…${toSlice} of 0…${last}.`;
    if (policyVersion !== null && !this.state.knows(policyVersion))
      return `Policy version ${policyVersion} is not known.`;
    if (calibration !== null && (policyVersion === null || !this.state.hasCalibration(policyVersion, calibration)))
      return `Calibration ${calibration} of policy version ${policyVersion} is not known.`;
    return null;
  }

  reject(record: LogRecord, reason: RejectionReason, detail: string): void {
    this.counters.record(`rejected.${reason}`);
    this.rejections.push({ offset: record.offset, key: record.key, reason, detail });
  }

  /** Hands over what has changed since the last time. */
  take(): FoldOutput {
    const output: FoldOutput = {
      dirty: [...this.dirty],
      forgotten: [...this.forgotten.values()],
      emissions: this.emissions,
      rejections: this.rejections,
      counters: this.counters.take(),
      closings: this.closings,
      droppedRankings: this.state.takeDroppedRankings(),
    };
    this.dirty = new Set();
    this.forgotten = new Map();
    this.emissions = [];
    this.rejections = [];
    this.closings = [];
    return output;
  }
}

const forgottenReason = { code: 'forgotten', en: 'The customer was forgotten', zh: '客户资料已被遗忘' } as const;

function timeOccasion(recordedAt: number): FoldOccasion {
  return { cause: 'time', recordedAt, correction: false, trigger: null };
}

function triggerOf({ type, source, eventId, occurredAt }: CustomerEvent): Trigger {
  return { type, source, eventId, occurredAt };
}
