/**
 * How a customer is judged by a record: brought to its day, under the policy that it is judged by so far, then over to the
 * one that its slice follows.
 *
 * A customer is advanced before a record is applied to it: it is stepped through its deadlines up to the log day, each
 * effective on its own day. So a fact before its sweep, a missed day and a repeated tick all give the same changes.
 */
import { advance } from '@tierflow/customer/advance';
import type { TierRecord } from '@tierflow/customer/changes';
import type { Customer } from '@tierflow/customer/customer';
import { nextDeadline } from '@tierflow/customer/deadline';
import { evaluate, type Occasion } from '@tierflow/customer/decide';
import type { LogRecord } from '@tierflow/customer/events';
import { dropGrandfathered, grandfather } from '@tierflow/customer/grandfather';
import type { Policy } from '@tierflow/customer/policy';
import { priorOf } from '@tierflow/customer/prior';
import { restore } from '@tierflow/customer/restore';
import { advanceTotals, rebuildTotals } from '@tierflow/customer/rolling';
import type { FoldRun } from './fold-run.ts';
import type { PartitionState } from './partition-state.ts';

/** What every evaluation of the fold adds: the policy's hash and the horizon. */
export type FoldOccasion = Omit<Occasion, 'policyHash' | 'horizonDay'>;

export class Judgement {
  private readonly state: PartitionState;
  private readonly run: FoldRun;

  constructor(state: PartitionState, run: FoldRun) {
    this.state = state;
    this.run = run;
  }

  /**
   * Brings a customer to the day on which a record of `businessDay` is judged: stepped under the policy that it was judged
   * by last, then, where its slice follows another version by now, over to that. Gives the slice's policy.
   */
  bring(record: LogRecord, customer: Customer, businessDay: number): Policy | null {
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
        this.run.write(customer);
        customer.dueDay = nextDeadline(customer, target);
        this.run.emitAll(record, customer, records);
        return;
      }
    } else if (rollout !== null && !rollout.isSealed && customer.policyVersion > 0) {
      const { rolloutSeq, mode, keepUntilDay } = rollout;
      customer.prior = priorOf(customer, rolloutSeq);
      if (mode === 'grandfather') grandfather(customer, target, rolloutSeq, keepUntilDay);
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
    this.run.write(customer);
  }

  /** Decides, emits, and has the customer written. */
  settle(record: LogRecord, customer: Customer, policy: Policy | null, occasion: FoldOccasion): void {
    this.run.write(customer);
    if (policy === null) return;
    const { horizonDay } = this.state;
    const records: TierRecord[] = [];
    evaluate(customer, policy, { ...occasion, horizonDay, policyHash: this.state.hashOf(policy.version) }, told => {
      records.push(told);
    });
    customer.dueDay = nextDeadline(customer, policy);
    this.run.emitAll(record, customer, records);
  }

  /** Evaluates a customer of a slice that is swept whole. `former` is what the slice followed before the sweep. */
  judge(record: LogRecord, customer: Customer, former: Policy | null): void {
    const target = this.state.policyOf(customer.slice);
    const isOfVersion = target !== null && customer.policyVersion === target.version;
    // Who was never judged has no former policy to stay under.
    if (this.isLazy(customer.slice) && !isOfVersion && customer.policyVersion !== 0) return;
    // Up to here the cuts were those before the sweep.
    const own =
      former === null || former.version === customer.policyVersion ? former : this.ownPolicy(customer, former);
    this.advance(record, customer, own, customer.evaluatedDay);
    if (target === null) return;
    if (!isOfVersion) {
      this.adopt(record, customer, target);
      return;
    }
    const isRecut = former?.version === target.version && former.calibration !== target.calibration;
    this.settle(record, customer, target, {
      ...timeOccasion(record.timestamp),
      cause: isRecut ? 'population' : 'time',
    });
  }

  /** Nobody is judged by a policy that is lazily rolled out before anything happens to them. */
  isLazy(slice: number): boolean {
    const rollout = this.state.rolloutOf(slice);
    return rollout !== null && rollout.action === 'activate' && rollout.mode === 'lazy';
  }

  /** Gives a customer its places in the rank indexes, which the commit writes, and decides nothing by them. */
  place(record: LogRecord, customer: Customer): void {
    const own = this.ownPolicy(customer, this.state.policyOf(customer.slice));
    this.advance(record, customer, own, customer.evaluatedDay);
    this.run.write(customer);
    // Another policy's measures may change on other days than those of the customer's own. The due day that there is stays
    // one: it may be that of a warning, which nothing but an evaluation knows.
    if (own !== null && customer.policyVersion === own.version) {
      customer.dueDay = Math.min(customer.dueDay, nextDeadline(customer, own));
    }
  }
}

function timeOccasion(recordedAt: number): FoldOccasion {
  return { cause: 'time', recordedAt, correction: false, trigger: null };
}
