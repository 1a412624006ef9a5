/** Customers and policies for the tests of what is done with them. */
import { compilePolicy } from './compile-policy.ts';
import { Customer } from './customer.ts';
import type { Fact } from './events.ts';
import { evolve, identify, isDuplicate } from './evolve.ts';
import type { Policy } from './policy.ts';
import type { MeasureDocument, ProgramDocument } from './policy-document.ts';
import { advanceTotals, rebuildTotals } from './rolling.ts';

const dayMs = 86_400_000;
const kinds = ['other', 'call', 'visit'];
export const kindIndex = (kind: string): number => Math.max(0, kinds.indexOf(kind));
const topics = ['other', 'price', 'delivery', 'fit'];
export const topicIndex = (topic: string): number => Math.max(0, topics.indexOf(topic));
export const topicAt = (index: number): string => topics[index]!;

export function policyOf(
  measures: Record<string, MeasureDocument>,
  programs: Record<string, ProgramDocument> = { any: { kind: 'ladder', tiers: [{ tier: 'all' }] } },
  version = 1,
): Policy {
  const result = compilePolicy(
    { policy: 'test', version, measures, programs },
    { baseCurrencyDigits: 2, horizonDays: 400, kindIndex, topicAt },
  );
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

type Content<T extends Fact['type']> = Partial<Extract<Fact, { type: T }>>;

let facts = 0;
export function factOf<T extends Fact['type']>(type: T, businessDay: number, content: Content<T> = {}): Fact {
  const nothing = {
    PurchaseRecorded: { orderId: null, amountMinor: 1000, amountBaseMinor: 1000, marginBaseMinor: null },
    PurchaseRefunded: { orderId: null, amountMinor: 1000, amountBaseMinor: 1000 },
    InteractionRecorded: { kind: 'call', topic: null, responseSeconds: null, costBaseMinor: null },
    FeedbackReceived: { scoreHundredths: 450, scaleHundredths: 500, topic: null, complaint: false },
    ProfileUpdated: { attributes: {} },
  }[type];
  return {
    type,
    eventId: `f${++facts}`,
    source: 'test',
    customerId: 'ada',
    occurredAt: businessDay * dayMs,
    businessDay,
    bootstrap: false,
    ...nothing,
    ...content,
  } as unknown as Fact;
}

/** A customer who has seen the facts, evaluated at a day, under a policy. */
export function customerOn(day: number, policy: Policy | null, ...seen: readonly Fact[]): Customer {
  const customer = new Customer('ada');
  customer.evaluatedDay = day;
  if (policy !== null) rebuildTotals(customer, policy);
  for (const fact of seen) tell(customer, fact);
  return customer;
}

export function tell(customer: Customer, fact: Fact, horizonDay = Number.NEGATIVE_INFINITY) {
  const identity = { high: 0, low: 0 };
  identify(fact, identity);
  if (isDuplicate(customer, fact, identity, horizonDay)) return 'duplicate';
  advanceTotals(customer, fact.businessDay);
  return evolve(customer, fact, identity, { horizonDay, kindIndex, topicIndex });
}
