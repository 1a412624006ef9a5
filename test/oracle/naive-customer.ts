/**
 * One customer as the raw list of its accepted facts. Every measure is taken from scratch for a day, as an exact
 * fraction in the unit that people write: money in major units, scores in percent. Slow and obviously right.
 */
import type { AttributeValue, Fact, PurchaseRecorded, PurchaseRefunded } from '@tierflow/customer/events';
import type { TopicCount } from '@tierflow/customer/policy';
import type { FactMeasureDocument } from '@tierflow/customer/policy-document';
import { fullYears, windowHolds } from './naive-window.ts';

const dayMs = 86_400_000;

export interface AcceptedFact {
  readonly fact: Fact;
  /** False for facts from behind the horizon: they count towards lifetime sums only. */
  readonly inHorizon: boolean;
  /** The day on which it counts: its own, or for a refund the day of its order. */
  day: number;
  /** A refund that is charged to an order, bought on `day`. */
  chargedToOrder: boolean;
}

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** null: the measure is missing. */
export type NaiveValue = Fraction | string | boolean | readonly TopicCount[] | null;

interface Contribution {
  readonly day: number;
  readonly amount: bigint;
}

export function half(numerator: bigint, denominator: bigint): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (magnitude * 2n + denominator) / (denominator * 2n);
  return numerator < 0n ? -rounded : rounded;
}

/** What each refund day gives back: an order in proportion and never more than itself, the rest as it is. */
function refundContributions(facts: readonly AcceptedFact[]): Contribution[] {
  const contributions: Contribution[] = [];
  const orders = new Set<string>();
  for (const { fact, day, chargedToOrder } of facts) {
    if (fact.type !== 'PurchaseRefunded') continue;
    if (!chargedToOrder) contributions.push({ day, amount: BigInt(fact.amountBaseMinor) });
    else orders.add(JSON.stringify([day, fact.orderId]));
  }
  for (const order of orders) {
    const [day, orderId] = JSON.parse(order);
    let amount = 0n;
    let amountBase = 0n;
    let refunded = 0n;
    for (const accepted of facts) {
      if (accepted.day !== day || !accepted.inHorizon) continue;
      const { fact } = accepted;
      if (fact.type === 'PurchaseRecorded' && fact.orderId === orderId) {
        amount += BigInt(fact.amountMinor);
        amountBase += BigInt(fact.amountBaseMinor);
      }
      if (fact.type === 'PurchaseRefunded' && fact.orderId === orderId && accepted.chargedToOrder) {
        refunded += BigInt(fact.amountMinor);
      }
    }
    contributions.push({ day, amount: refunded >= amount ? amountBase : half(amountBase * refunded, amount) });
  }
  return contributions;
}

/** The facts that a measure counts. */
function countedBy(facts: readonly AcceptedFact[], { of, kind }: FactMeasureDocument): AcceptedFact[] {
  return facts.filter(({ fact }) => {
    switch (of) {
      case 'purchase':
      case 'purchase.amount':
      case 'netSpend':
        return fact.type === 'PurchaseRecorded';
      case 'purchase.margin':
        return fact.type === 'PurchaseRecorded' && fact.marginBaseMinor !== null;
      case 'refund':
      case 'refund.amount':
        return fact.type === 'PurchaseRefunded';
      case 'interaction':
        return fact.type === 'InteractionRecorded' && (kind === undefined || fact.kind === kind);
      case 'interaction.cost':
        return ofKind(fact, kind) && fact.costBaseMinor !== null;
      case 'interaction.responseSeconds':
        return ofKind(fact, kind) && fact.responseSeconds !== null;
      case 'feedback':
      case 'feedback.score':
        return fact.type === 'FeedbackReceived';
      case 'complaint':
        return fact.type === 'FeedbackReceived' && fact.complaint;
    }
    return false;
  });
}

function ofKind(fact: Fact, kind: string | undefined): fact is Extract<Fact, { type: 'InteractionRecorded' }> {
  return fact.type === 'InteractionRecorded' && (kind === undefined || fact.kind === kind);
}

function amountsOf(facts: readonly AcceptedFact[], measure: FactMeasureDocument): Contribution[] {
  if (measure.of === 'refund.amount') return refundContributions(facts);
  const amounts = countedBy(facts, measure).map(({ fact, day }) => ({ day, amount: amountOf(fact, measure.of) }));
  if (measure.of !== 'netSpend') return amounts;
  return [...amounts, ...refundContributions(facts).map(({ day, amount }) => ({ day, amount: -amount }))];
}

function amountOf(fact: Fact, of: string): bigint {
  switch (fact.type) {
    case 'PurchaseRecorded':
      return BigInt(of === 'purchase.margin' ? fact.marginBaseMinor! : fact.amountBaseMinor);
    case 'InteractionRecorded':
      return BigInt(of === 'interaction.cost' ? fact.costBaseMinor! : fact.responseSeconds!);
    case 'FeedbackReceived':
      return half(BigInt(fact.scoreHundredths) * 10_000n, BigInt(fact.scaleHundredths));
    default:
      return 0n;
  }
}

/** Minor units of the amounts above in one unit that people write. */
function minorUnits(of: string, moneyDigits: number): bigint {
  if (of === 'feedback.score') return 100n;
  if (of === 'interaction.responseSeconds') return 1n;
  return 10n ** BigInt(moneyDigits);
}

/** A measure of facts as of the end of a day; null where there is nothing to measure. */
export function measureOn(
  facts: readonly AcceptedFact[],
  measure: FactMeasureDocument,
  asOf: number,
  moneyDigits: number,
): NaiveValue {
  const beginning = beginningOf(facts, asOf);
  const whole = (value: number): Fraction => ({ numerator: BigInt(value), denominator: 1n });
  if (measure.of === 'customer') {
    const years = fullYears(beginning, asOf);
    if (years === null) return null;
    return whole(measure.op === 'years' ? years : asOf - beginning!);
  }
  const window = measure.window ?? 'lifetime';
  const inWindow = windowHolds(window, asOf, beginning);
  const counted = countedBy(facts, measure).filter(({ day }) => inWindow(day));
  const sum = (): bigint => {
    const amounts = amountsOf(facts, measure).filter(({ day }) => inWindow(day));
    return amounts.reduce((total, { amount }) => total + amount, 0n);
  };
  const unit = minorUnits(measure.of, moneyDigits);
  switch (measure.op) {
    case 'sum':
      return { numerator: sum(), denominator: unit };
    case 'count':
      return whole(counted.length);
    case 'distinctDays':
      return whole(new Set(counted.filter(({ inHorizon }) => inHorizon).map(({ day }) => day)).size);
    case 'mean':
      return counted.length === 0 ? null : { numerator: sum(), denominator: unit * BigInt(counted.length) };
    case 'last':
    case 'since': {
      const last = lastOf(countedBy(facts, measure), asOf);
      if (last === null || !inWindow(last.day)) return null;
      return whole(measure.op === 'last' ? last.instant : asOf - last.day);
    }
    case 'topTopics':
      return topTopics(facts, measure, asOf, beginning);
    case 'years':
      throw new Error(`years of ${measure.of}`);
  }
}

/** The profile's `since` where it is a date, else the day of the first fact, if that was not later. */
export function beginningOf(facts: readonly AcceptedFact[], asOf: number): number | null {
  const { since } = attributesOf(facts);
  if (typeof since === 'string' && /^\d{4}-\d\d-\d\d$/.test(since)) {
    const instant = new Date(`${since}T00:00:00Z`);
    if (!Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === since) {
      return instant.getTime() / dayMs;
    }
  }
  const first = Math.min(...facts.map(({ fact }) => fact.businessDay));
  return first <= asOf ? first : null;
}

/** The profile as it is now. */
export function attributesOf(facts: readonly AcceptedFact[]): Readonly<Record<string, AttributeValue>> {
  const attributes = new Map<string, AttributeValue>();
  for (const { fact } of facts) {
    if (fact.type !== 'ProfileUpdated') continue;
    for (const [name, value] of Object.entries(fact.attributes)) {
      if (value === null) attributes.delete(name);
      else attributes.set(name, value);
    }
  }
  return Object.fromEntries(attributes);
}

/**
 * The last fact that was not later than a day. Where the last one of all was later, a customer remembers of the others
 * the day on which they count, and its first moment in UTC.
 */
function lastOf(facts: readonly AcceptedFact[], asOf: number): { day: number; instant: number } | null {
  const [last] = [...facts].sort((a, b) => b.fact.occurredAt - a.fact.occurredAt);
  if (last === undefined) return null;
  if (last.fact.businessDay <= asOf) return { day: last.fact.businessDay, instant: last.fact.occurredAt };
  const days = facts.filter(({ inHorizon, day }) => inHorizon && day <= asOf).map(({ day }) => day);
  return days.length === 0 ? null : { day: Math.max(...days), instant: Math.max(...days) * dayMs };
}

function topTopics(
  facts: readonly AcceptedFact[],
  { window = 'lifetime', topics = 3 }: FactMeasureDocument,
  asOf: number,
  beginning: number | null,
): readonly TopicCount[] | null {
  const tally = (of: string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { fact, day } of facts) {
      if (fact.type !== 'InteractionRecorded' && fact.type !== 'FeedbackReceived') continue;
      if (fact.topic === null || !windowHolds(of, asOf, beginning)(day)) continue;
      counts.set(fact.topic, (counts.get(fact.topic) ?? 0) + 1);
    }
    return counts;
  };
  const counts = tally(window);
  const before = window === 'lifetime' ? null : tally(`previous ${window}`);
  const top = [...counts]
    .map(([topic, count]) => ({ topic, count, change: before === null ? null : count - (before.get(topic) ?? 0) }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1))
    .sort((a, b) => b.count - a.count);
  return top.length === 0 ? null : top.slice(0, topics);
}

/** Accepts a fact, and lets refunds find their order: the latest day in the horizon on which it was bought. */
export function accept(facts: AcceptedFact[], fact: Fact, behindDay: number): void {
  const accepted: AcceptedFact = {
    fact,
    inHorizon: fact.businessDay > behindDay,
    day: fact.businessDay,
    chargedToOrder: false,
  };
  facts.push(accepted);
  if (!accepted.inHorizon) return;
  if (fact.type === 'PurchaseRecorded') chargeWaiting(facts, fact, behindDay);
  if (fact.type === 'PurchaseRefunded') chargeToOrder(facts, accepted, fact, behindDay);
}

function chargeWaiting(facts: readonly AcceptedFact[], purchase: PurchaseRecorded, behindDay: number): void {
  if (purchase.orderId === null) return;
  for (const waiting of facts) {
    const { fact } = waiting;
    if (fact.type !== 'PurchaseRefunded' || fact.orderId !== purchase.orderId || !waiting.inHorizon) continue;
    if (waiting.day <= behindDay) continue;
    if (waiting.chargedToOrder && waiting.day >= purchase.businessDay) continue;
    waiting.day = purchase.businessDay;
    waiting.chargedToOrder = true;
  }
}

function chargeToOrder(
  facts: readonly AcceptedFact[],
  refund: AcceptedFact,
  { orderId }: PurchaseRefunded,
  behindDay: number,
): void {
  if (orderId === null) return;
  const days = facts
    .filter(
      ({ fact, inHorizon, day }) =>
        fact.type === 'PurchaseRecorded' && fact.orderId === orderId && inHorizon && day > behindDay,
    )
    .map(({ day }) => day);
  if (days.length === 0) return;
  refund.day = Math.max(...days);
  refund.chargedToOrder = true;
}
