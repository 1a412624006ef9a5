/**
 * The numbers of one customer under one policy, as of the end of any day, taken from its facts. A number is taken once
 * and kept for as long as the facts are the same, which is all that makes a year of days bearable.
 */
import type { AttributeValue, EpochDay } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import type { Numbers } from './naive-conditions.ts';
import type { AcceptedFact, NaiveValue } from './naive-customer.ts';
import { NaiveMeasures } from './naive-measures.ts';

export class NaiveNumbers {
  private readonly facts: readonly AcceptedFact[];
  private readonly measures: NaiveMeasures;
  private readonly days = new Map<EpochDay, Numbers>();

  constructor(facts: readonly AcceptedFact[], policy: PolicyDocument, moneyDigits: number) {
    this.facts = facts;
    this.measures = new NaiveMeasures(facts, policy.measures, moneyDigits);
  }

  on(day: EpochDay): Numbers {
    const known = this.days.get(day);
    if (known !== undefined) return known;
    const values = new Map<string, NaiveValue>();
    const numbers: Numbers = {
      valueOf: measure => {
        if (!values.has(measure)) values.set(measure, this.measures.valueOf(measure, day));
        return values.get(measure)!;
      },
      digitsOf: measure => this.measures.digitsOf(measure),
    };
    this.days.set(day, numbers);
    return numbers;
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
