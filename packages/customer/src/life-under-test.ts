/** Customers' lives for the tests of what moves them. */
import { expect } from 'vitest';
import { advance } from './advance.ts';
import type { Customer } from './customer.ts';
import { customerOn, factOf, tell } from './customer-under-test.ts';
import { nextDeadline } from './deadline.ts';
import { evaluate } from './decide.ts';
import type { Fact } from './events.ts';
import type { Policy } from './policy.ts';
import { advanceTotals } from './rolling.ts';

/** A customer's life under a policy, told day by day: what was said of its standing, as `type tier@day`. */
export class Life {
  readonly told: string[] = [];
  private readonly policy: Policy;
  private readonly customer: Customer;

  constructor(policy: Policy, firstDay: number) {
    this.policy = policy;
    this.customer = customerOn(firstDay, policy);
  }

  buys(day: number, amountMinor: number, orderId: string | null = null): this {
    return this.hears(factOf('PurchaseRecorded', day, { orderId, amountMinor, amountBaseMinor: amountMinor }), 'facts');
  }

  givesBack(day: number, amountMinor: number, orderId: string | null = null): this {
    return this.hears(
      factOf('PurchaseRefunded', day, { orderId, amountMinor, amountBaseMinor: amountMinor }),
      'refund',
    );
  }

  hears(fact: Fact, cause: 'facts' | 'refund' = 'facts'): this {
    this.waits(fact.businessDay);
    tell(this.customer, fact);
    this.looks(cause);
    return this;
  }

  /** Time passes to the day, deadline by deadline. */
  waits(day: number): this {
    while (nextDeadline(this.customer, this.policy) <= day) {
      advance(this.customer, this.policy, nextDeadline(this.customer, this.policy));
      this.looks('time');
    }
    advanceTotals(this.customer, day);
    return this;
  }

  private looks(cause: 'facts' | 'refund' | 'time'): void {
    const said = this.say(cause);
    this.told.push(...said);
    expect(this.say(cause), 'evaluating twice is evaluating once').toEqual([]);
  }

  private say(cause: 'facts' | 'refund' | 'time'): string[] {
    const said: string[] = [];
    const occasion = { cause, recordedAt: 0, correction: false, trigger: null, policyHash: '', horizonDay: -1e6 };
    evaluate(this.customer, this.policy, occasion, record => {
      const day = record.effectiveDay;
      if (record.type === 'TierChanged') said.push(`${record.to}@${day} ${record.reason.code}`);
      if (record.type === 'StandingRenewed') said.push(`renewed ${record.tier}@${day} until ${record.validUntilDay}`);
      if (record.type === 'Expiring')
        said.push(`expiring ${record.tier}@${day} on ${record.lostOnDay} (${record.withinDays})`);
      if (record.type === 'Approaching') said.push(`approaching ${record.next}@${day} ${record.missing[0]?.missing}`);
    });
    return said;
  }
}
