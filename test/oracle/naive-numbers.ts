/**
 * The numbers of one customer under one policy, as of the end of any day, taken from its facts. A number is taken once
 * and kept for as long as the facts are the same, which is all that makes a year of days bearable.
 */
import type { AttributeValue, EpochDay } from '@tierflow/customer/events';
import type { MeasureDocument, PolicyDocument } from '@tierflow/customer/policy-document';
import type { NaiveValue, Numbers } from './naive-conditions.ts';
import { type AcceptedFact, measureOn } from './naive-customer.ts';

export class NaiveNumbers {
  private readonly facts: readonly AcceptedFact[];
  private readonly policy: PolicyDocument;
  private readonly moneyDigits: number;
  private readonly days = new Map<EpochDay, Numbers>();

  constructor(facts: readonly AcceptedFact[], policy: PolicyDocument, moneyDigits: number) {
    this.facts = facts;
    this.policy = policy;
    this.moneyDigits = moneyDigits;
  }

  on(day: EpochDay): Numbers {
    const known = this.days.get(day);
    if (known !== undefined) return known;
    const values = new Map<string, NaiveValue>();
    const numbers: Numbers = {
      valueOf: measure => {
        if (!values.has(measure)) values.set(measure, this.take(measure, day));
        return values.get(measure)!;
      },
      digitsOf: measure => digitsOf(this.policy.measures[measure]!, this.moneyDigits),
    };
    this.days.set(day, numbers);
    return numbers;
  }

  private take(name: string, day: EpochDay): NaiveValue {
    const measure = this.policy.measures[name]!;
    if (measure.op === 'attribute' || measure.op === 'expression' || measure.op === 'score') throw new Error('later');
    const isOfDay = measure.op === 'last' || measure.op === 'since';
    const known = this.facts.filter(({ fact, day: countedOn }) => (isOfDay ? fact.businessDay : countedOn) <= day);
    return measureOn(known, measure, day, this.moneyDigits);
  }

  /** The profile says so, or the first fact. */
  get beginning(): EpochDay | null {
    let since: AttributeValue = null;
    for (const { fact } of this.facts) {
      if (fact.type === 'ProfileUpdated' && fact.attributes.since !== undefined) since = fact.attributes.since;
    }
    const written = typeof since === 'string' ? dayOf(since) : null;
    if (written !== null) return written;
    return this.facts.length === 0 ? null : Math.min(...this.facts.map(({ fact }) => fact.businessDay));
  }
}

function dayOf(text: string): EpochDay | null {
  const instant = Date.parse(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(instant || 0).toISOString().startsWith(text);
  return isDay ? instant / 86_400_000 : null;
}

/** Decimals of the unit that a measure is in. */
function digitsOf(measure: MeasureDocument, moneyDigits: number): number {
  switch (measure.op) {
    case 'attribute':
      return measure.digits ?? 2;
    case 'expression':
      return { money: moneyDigits, percent: 2, number: measure.digits ?? 2, count: 0, text: 0, flag: 0 }[measure.unit];
    case 'sum':
    case 'mean':
      if (measure.of === 'feedback.score') return 2;
      if (measure.of === 'interaction.responseSeconds') return measure.op === 'mean' ? 2 : 0;
      return moneyDigits;
    default:
      return 0;
  }
}
