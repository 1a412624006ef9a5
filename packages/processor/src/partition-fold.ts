/**
 * The fold of one partition: records in log order in, writes and emissions out. Pure: no clock, no randomness, no I/O.
 * The same records give the same writes and emissions, however they are batched.
 */
import type { RejectionReason, Trigger } from '@tierflow/customer/changes';
import { Customer } from '@tierflow/customer/customer';
import { controlProblemOf, isCalendarDay, problemOf } from '@tierflow/customer/event-problem';
import type {
  CustomerEvent,
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
import type { Policy } from '@tierflow/customer/policy';
import type { Hash64 } from '@tierflow/window/hash';
import type { CustomerCache } from './customer-cache.ts';
import { Halted } from './errors.ts';
import { type FoldOutput, FoldRun } from './fold-run.ts';
import { forget } from './forget.ts';
import { Judgement } from './judgement.ts';
import { partitionOf, sliceOf } from './partition-of.ts';
import type { PartitionState } from './partition-state.ts';
import type { CounterSnapshot } from './ports.ts';

/** Part of every state's identity: a fold that decides otherwise gets a new number. */
export const foldVersion = 1;

/** Far beyond what a door opens a log with: a stranger's first record must not ask for tables of any size. */
const slicesMax = 65_536;
const partitionsMax = 65_536;

function isSize(size: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(size) && size >= 1 && size <= most;
}

export class PartitionFold {
  readonly state: PartitionState;
  readonly cache: CustomerCache;
  private readonly partition: number;
  private readonly run: FoldRun;
  private readonly judgement: Judgement;
  private readonly kindIndex: EvolveContext['kindIndex'];
  private readonly topicIndex: EvolveContext['topicIndex'];
  /** Of the record being folded. */
  private readonly identity: Hash64 = { high: 0, low: 0 };
  constructor(partition: number, state: PartitionState, cache: CustomerCache, counters: CounterSnapshot) {
    this.partition = partition;
    this.state = state;
    this.cache = cache;
    this.run = new FoldRun(state, counters);
    this.judgement = new Judgement(state, this.run);
    this.kindIndex = kind => state.kindIndex(kind);
    this.topicIndex = topic => state.topicIndex(topic);
  }

  /** Folds one record that is no sweep. The customers of the run are in the cache. */
  apply(record: LogRecord): void {
    const { event } = record;
    this.run.begin();
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
    if (hasTicked && day > logDay) this.run.close(logDay, day);
    this.state.tick(day);
  }

  private control(record: LogRecord, event: RolloutDirected | ThresholdsCalibrated): void {
    const { state } = this;
    const problem =
      controlProblemOf(event) ?? (event.type === 'RolloutDirected' ? state.direct(event) : state.calibrate(event));
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
      this.run.counters.record('forgotten');
      return null;
    }
    // Before anything else is done: what comes twice changes nothing at all, not even the day the customer is as of.
    identify(event, this.identity);
    if (isDuplicate(customer, event, this.identity, state.horizonDay)) {
      this.run.counters.record('duplicate');
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
    const policy = this.judgement.bring(record, customer, fact.businessDay);
    customer.prior = null;
    const { kindIndex, topicIndex } = this;
    const { horizonDay } = this.state;
    const outcome = evolve(customer, fact, this.identity, { horizonDay, kindIndex, topicIndex });
    const isLate = this.state.hasTicked && fact.businessDay < this.state.logDay;
    this.run.counters.record('applied');
    if (isLate) this.run.counters.record('late');
    if (outcome === 'refundCapped') this.run.counters.record('refundCapped');
    this.judgement.settle(record, customer, policy, {
      cause: fact.type === 'PurchaseRefunded' ? 'refund' : 'facts',
      recordedAt: record.timestamp,
      correction: isLate,
      trigger: triggerOf(fact),
    });
    this.run.counters.brought(fact, customer.standings);
  }

  private applyDecision(record: LogRecord, decision: Decision): void {
    const customer = this.admit(record, decision);
    if (customer === null) return;
    const policy = this.state.policyOf(customer.slice);
    if (decision.type === 'CustomerForgotten') {
      this.run.counters.record('applied');
      forget(record, customer, decision, triggerOf(decision), this.state, this.run);
      if (customer.exists) this.cache.put(new Customer(customer.id));
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
    this.judgement.bring(record, customer, decision.businessDay);
    customer.prior = null;
    remember(customer, decision, this.identity, this.state.horizonDay);
    this.run.counters.record('applied');
    if (decision.type === 'StandingOverridden') {
      const { kind, tier, untilDay, actor, reason } = decision;
      customer.overrides = customer.overrides.filter(known => known.program !== program || known.kind !== kind);
      customer.overrides.push({ program, kind, tier, untilDay, actor, reason });
    } else {
      customer.overrides = customer.overrides.filter(known => known.program !== program);
    }
    this.judgement.settle(record, customer, policy, {
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
   * Folds a sweep over the given customers, which are in the cache: those of its slices that are due, or all of them.
   * In order of customer id, so that the emissions' indexes do not depend on the order in which they were found.
   */
  sweep(record: LogRecord, sweep: SliceSwept, ids: readonly string[]): void {
    this.run.begin();
    const { state } = this;
    const { fromSlice, toSlice, mode } = sweep;
    const former = state.slices.map((_, slice) => state.policyOf(slice));
    if (mode === 'all') for (let slice = fromSlice; slice <= toSlice; slice++) state.follow(slice, sweep);
    for (const id of [...ids].sort()) {
      const customer = this.customerOf(id);
      if (!customer.exists) continue;
      if (mode === 'all') this.judgement.judge(record, customer, former[customer.slice]!);
      else if (mode === 'due') this.judgement.bring(record, customer, customer.evaluatedDay);
      else this.judgement.place(record, customer);
    }
    for (let slice = fromSlice; slice <= toSlice; slice++) {
      if (mode === 'index' || (mode === 'all' && !this.judgement.isLazy(slice))) state.markIndexed(slice);
    }
    this.run.counters.record('sweeps');
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
    this.run.reject(record, reason, detail);
  }

  /** Hands over what has changed since the last time. */
  take(): FoldOutput {
    return this.run.take();
  }
}

function triggerOf({ type, source, eventId, occurredAt }: CustomerEvent): Trigger {
  return { type, source, eventId, occurredAt };
}
