/**
 * The numbers of one customer under one policy, as of the end of any day, taken from its facts. A number is taken once
 * and kept for as long as the facts are the same, which is all that makes a year of days bearable.
 */
import type { EpochDay } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import type { Numbers } from './naive-conditions.ts';
import { type AcceptedFact, beginningOf, type NaiveValue } from './naive-customer.ts';
import { NaiveMeasures } from './naive-measures.ts';
import { windowHolds } from './naive-window.ts';

export class NaiveNumbers {
  private readonly facts: readonly AcceptedFact[];
  private readonly policy: PolicyDocument;
  private readonly measures: NaiveMeasures;
  private readonly days = new Map<EpochDay, Numbers>();

  constructor(facts: readonly AcceptedFact[], policy: PolicyDocument, moneyDigits: number) {
    this.facts = facts;
    this.policy = policy;
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

  beginningAt(day: EpochDay): EpochDay | null {
    return beginningOf(this.facts, day);
  }

  /** Whether the measure, or one that it is made of, reads days up to `behindDay` as of the end of a day. */
  readsBack(name: string, day: EpochDay, behindDay: EpochDay): boolean {
    const document = this.policy.measures[name]!;
    switch (document.op) {
      case 'attribute':
        return false;
      case 'score':
        return this.readsBack(document.measure, day, behindDay);
      case 'expression':
        return Object.keys(this.policy.measures).some(
          other => new RegExp(`\\b${other}\\b`).test(document.expression) && this.readsBack(other, day, behindDay),
        );
      default: {
        const { window = 'lifetime' } = document;
        if (window === 'lifetime') return false;
        const holds = windowHolds(window, day, this.beginningAt(day));
        for (let past = behindDay; past > behindDay - 1000; past--) if (holds(past)) return true;
        return false;
      }
    }
  }
}
