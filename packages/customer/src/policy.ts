/**
 * A compiled policy: names resolved to positions, thresholds to integers. What the fold reads for each event.
 *
 * Every rolling number is an accumulator: one cell over one window, kept up to date as tiles enter and leave. Several
 * measures share an accumulator. Lifetime numbers are read from the customer's lifetime totals instead.
 */
import type { LocalizedText, MeasureOp } from './policy-document.ts';

/** A number that a measure reads: an accumulator's position, or a cell of the lifetime totals. */
export type Source = { readonly accumulator: number } | { readonly lifetimeCell: number; readonly days: boolean };

export type Unit = 'money' | 'count' | 'days' | 'percent' | 'seconds' | 'instant';

interface MeasureBase {
  readonly name: string;
  readonly unit: Unit;
  /** null: lifetime. */
  readonly windowDays: number | null;
  readonly title: LocalizedText | null;
}

export interface SumMeasure extends MeasureBase {
  readonly op: 'sum' | 'count' | 'distinctDays';
  readonly plus: Source;
  readonly minus: Source | null;
}

export interface MeanMeasure extends MeasureBase {
  readonly op: 'mean';
  readonly sum: Source;
  readonly count: Source;
}

export interface LastMeasure extends MeasureBase {
  readonly op: 'last' | 'since';
  /** The cell that counts the facts. */
  readonly cell: number;
}

export type Measure = SumMeasure | MeanMeasure | LastMeasure;

export type Operator = '>=' | '>' | '<=' | '<' | '==';

/** A condition on one measure. `threshold` is an integer in the measure's own minor unit. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly measure: number;
  readonly operator: Operator;
  readonly threshold: number;
  /** The threshold as written. */
  readonly text: string;
}

export interface Combination {
  readonly kind: 'all' | 'any';
  readonly conditions: readonly Condition[];
}

export type Condition = Comparison | Combination;

export interface Tier {
  readonly name: string;
  readonly when: Condition | null;
  readonly title: LocalizedText | null;
}

export interface Program {
  readonly name: string;
  readonly kind: 'ladder' | 'segment';
  readonly title: LocalizedText | null;
  /** In order of precedence; of a ladder the highest first. */
  readonly tiers: readonly Tier[];
}

/** `since` of a fact crosses a threshold so many days after its last day: a deadline. */
export interface SinceCrossing {
  readonly cell: number;
  readonly offsetDays: number;
}

export interface Policy {
  readonly policyId: string;
  readonly version: number;
  readonly title: LocalizedText | null;
  readonly measures: readonly Measure[];
  readonly programs: readonly Program[];
  /** Lengths of the rolling windows, ascending, each once. */
  readonly windows: readonly number[];
  readonly accumulators: number;
  /** One more than the highest cell that an accumulator reads. */
  readonly cells: number;
  /** [window × cells + cell] → accumulator of the sum, or −1. */
  readonly sumSlots: Int32Array;
  /** [window × cells + cell] → accumulator of the distinct days, or −1. */
  readonly daySlots: Int32Array;
  readonly crossings: readonly SinceCrossing[];
  readonly baseCurrencyDigits: number;
}

export interface PolicyProblem {
  readonly path: readonly (string | number)[];
  readonly code: PolicyProblemCode;
  readonly message: string;
  readonly remedy: string;
}

export type PolicyProblemCode =
  | 'badName'
  | 'duplicateName'
  | 'badVersion'
  | 'badOp'
  | 'badWindow'
  | 'beyondHorizon'
  | 'badKind'
  | 'badCondition'
  | 'unknownMeasure'
  | 'badThreshold'
  | 'missingDefault'
  | 'unreachableTier'
  | 'tooMany'
  | 'empty';

export const opsOf: Readonly<Record<string, readonly MeasureOp[]>> = {
  purchase: ['count', 'last', 'since', 'distinctDays'],
  'purchase.amount': ['sum', 'mean'],
  'purchase.margin': ['sum', 'mean'],
  refund: ['count', 'last', 'since', 'distinctDays'],
  'refund.amount': ['sum', 'mean'],
  netSpend: ['sum'],
  interaction: ['count', 'last', 'since', 'distinctDays'],
  'interaction.cost': ['sum', 'mean'],
  'interaction.responseSeconds': ['sum', 'mean'],
  feedback: ['count', 'last', 'since', 'distinctDays'],
  'feedback.score': ['mean'],
  complaint: ['count', 'last', 'since', 'distinctDays'],
};
