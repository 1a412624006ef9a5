/**
 * One customer as the raw list of its accepted facts. Every measure is taken from scratch for a day, as an exact
 * fraction in the unit that people write: money in major units, scores in percent. Slow and obviously right.
 */
import type { Fact, PurchaseRecorded, PurchaseRefunded } from '@tierflow/customer/events';
import type { MeasureDocument } from '@tierflow/customer/policy-document';

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
function countedBy(facts: readonly AcceptedFact[], { of, kind }: MeasureDocument): AcceptedFact[] {
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

function amountsOf(facts: readonly AcceptedFact[], measure: MeasureDocument): Contribution[] {
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

export function lengthOf(measure: MeasureDocument): number | null {
  const window = measure.window ?? 'lifetime';
  return window === 'lifetime' ? null : Number(window.slice(1, -1));
}

/** The measure as of the end of a day; null where there is nothing to measure. */
export function measureOn(
  facts: readonly AcceptedFact[],
  measure: MeasureDocument,
  asOf: number,
  moneyDigits: number,
): Fraction | null {
  const length = lengthOf(measure);
  const inWindow = (day: number): boolean => length === null || (day > asOf - length && day <= asOf);
  const counted = countedBy(facts, measure).filter(({ day }) => inWindow(day));
  const whole = (value: number): Fraction => ({ numerator: BigInt(value), denominator: 1n });
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
      const [last] = countedBy(facts, measure)
        .map(({ fact }) => fact)
        .sort((a, b) => b.occurredAt - a.occurredAt);
      if (last === undefined || !inWindow(last.businessDay)) return null;
      return whole(measure.op === 'last' ? last.occurredAt : asOf - last.businessDay);
    }
  }
}

/** The measure as a view shows it. */
export function measureText(
  facts: readonly AcceptedFact[],
  measure: MeasureDocument,
  asOf: number,
  moneyDigits: number,
): string | null {
  const value = measureOn(facts, measure, asOf, moneyDigits);
  if (value === null) return null;
  if (measure.op === 'last') return new Date(Number(value.numerator)).toISOString();
  const digits = digitsShown(measure, moneyDigits);
  const scaled = half(value.numerator * 10n ** BigInt(digits), value.denominator);
  if (digits === 0) return String(scaled);
  const text = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, '0');
  return `${scaled < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function digitsShown({ op, of }: MeasureDocument, moneyDigits: number): number {
  if (op !== 'sum' && op !== 'mean') return 0;
  if (of === 'feedback.score') return 2;
  if (of === 'interaction.responseSeconds') return op === 'mean' ? 2 : 0;
  return moneyDigits;
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
