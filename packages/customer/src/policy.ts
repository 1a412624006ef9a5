/**
 * A compiled policy: names resolved to positions, thresholds to integers. What the fold reads for each event.
 *
 * Every rolling number is an accumulator: one cell over one window, kept up to date as tiles enter and leave. Several
 * measures share an accumulator. Lifetime numbers are read from the customer's lifetime totals instead.
 */
import type { PopulationAxis } from './events.ts';
import type { FactOp, LocalizedText, MeasureSubject, PlaybookDocument } from './policy-document.ts';

/** A number that a measure reads: an accumulator's position, or a cell of the lifetime totals. */
export type Source = { readonly accumulator: number } | { readonly lifetimeCell: number; readonly days: boolean };

export type Unit =
  | 'money'
  | 'count'
  | 'days'
  | 'percent'
  | 'seconds'
  | 'instant'
  /** A decimal with the measure's own digits. */
  | 'number'
  | 'text'
  | 'flag'
  /** A list of topics. */
  | 'topics';

/** The days that a measure counts, as of the day of evaluation; null stands for the lifetime. */
export type Window =
  | { readonly kind: 'rolling'; readonly days: number; readonly previous: boolean }
  | { readonly kind: 'calendar'; readonly period: CalendarPeriod; readonly previous: boolean }
  | { readonly kind: 'anniversary'; readonly previous: boolean };

export type CalendarPeriod = 'month' | 'quarter' | 'half' | 'year';

interface MeasureBase {
  readonly name: string;
  readonly unit: Unit;
  /** Decimals of its scaled integer. */
  readonly digits: number;
  /** The days that it counts; null: lifetime, or there are none to count. */
  readonly window: Window | null;
  /** As written, `lifetime` where nothing was; null for what has no window. */
  readonly windowText: string | null;
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

/** Since the customer began: whole days, or whole years. */
export interface AgeMeasure extends MeasureBase {
  readonly op: 'age';
  readonly unit: 'days' | 'count';
}

export interface TopTopicsMeasure extends MeasureBase {
  readonly op: 'topTopics';
  /** Of the window, and of the one before; both null: lifetime. */
  readonly tally: number | null;
  readonly tallyBefore: number | null;
  /** How many of them are told. */
  readonly topics: number;
  readonly topicAt: (index: number) => string;
}

export interface AttributeMeasure extends MeasureBase {
  readonly op: 'attribute';
  readonly attribute: string;
}

export interface ExpressionMeasure extends MeasureBase {
  readonly op: 'expression';
  readonly expression: string;
  /** Positions of the measures that it reads. */
  readonly reads: readonly number[];
  /** Takes their values in the order of `reads`, none of them missing; null where there is no result. */
  readonly calculate: (values: readonly MeasureValue[]) => MeasureValue | null;
}

/** 1 + the cuts that are reached. */
export interface ScoreMeasure extends MeasureBase {
  readonly op: 'score';
  readonly measure: number;
  readonly better: 'more' | 'less';
  /** In the measure's own minor unit. */
  readonly cuts: readonly number[];
}

/** The weighted mean of its parts' points, as a fraction of hundredths. A part that is missing has no points. */
export interface ScorecardMeasure extends MeasureBase {
  readonly op: 'scorecard';
  readonly parts: readonly ScorecardPart[];
}

export interface ScorecardPart {
  readonly measure: number;
  readonly weight: number;
  /** The last line whose condition holds counts. */
  readonly lines: readonly { readonly when: Comparison; readonly points: number }[];
}

export type Measure =
  | SumMeasure
  | MeanMeasure
  | LastMeasure
  | AgeMeasure
  | TopTopicsMeasure
  | AttributeMeasure
  | ExpressionMeasure
  | ScoreMeasure
  | ScorecardMeasure;

/** A number is kept as a fraction of integers in the measure's minor unit, so that comparing it is exact. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** One of the customer's most frequent topics: how often in the window, and how many more than in the window before. */
export interface TopicCount {
  readonly topic: string;
  readonly count: number;
  /** null: there is no window before a lifetime. */
  readonly change: number | null;
}

export type MeasureValue = Fraction | string | boolean | readonly TopicCount[];

export type Operator = '>=' | '>' | '<=' | '<' | '==' | '!=' | 'in' | 'contains';

/** A condition on one measure. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly measure: number;
  readonly operator: Operator;
  /** A number is an integer in the measure's own minor unit; a list belongs to `in`. */
  readonly threshold: number | string | boolean | readonly (number | string)[];
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
  /** What is enough to keep it: `when` with its thresholds eased by the hysteresis. */
  readonly keep: Condition | null;
  readonly title: LocalizedText | null;
  readonly playbook: PlaybookDocument | null;
  /** Of an exit's stage; null: none. */
  readonly dwellDays: number | null;
  readonly reviewDays: number | null;
}

export interface Program {
  readonly name: string;
  readonly kind: 'ladder' | 'segment';
  readonly title: LocalizedText | null;
  /** In order of precedence; of a ladder the highest first; of an exit the tier of everybody else, then the stages. */
  readonly tiers: readonly Tier[];
  /** Measures that decide; where one of them is missing, the standing is incomplete. */
  readonly measures: readonly number[];
  /** null: the standing is what the numbers give on the day (a segment, or a ladder that demotes now without guards). */
  readonly movement: Movement | null;
  readonly warnings: Warnings | null;
  readonly exit: Exit | null;
  /** null: its cuts are fixed. */
  readonly population: ProgramPopulation | null;
}

/**
 * How a customer moves on a guarded ladder. What the numbers give on a day is its fit.
 *
 * - A fit above the standing promotes at once, and qualifies the customer anew from that day.
 * - `keep`: the standing is kept while its own conditions hold, eased by the hysteresis. Where they do not hold and the
 *   fit is lower, the customer is below.
 * - `confirmDays`: below counts on the day on which it has lasted for so many days, the first one included (1: at once).
 * - `minTenureDays`: and not before so many days after the customer came to the tier.
 * - `atExpiry`: and not before the standing's last valid day is over. The review looks at the end of that last day: who
 *   is not below then is renewed and qualified anew. `confirmDays` and `minTenureDays` are refused with it.
 * - `graceDays`: then the tier is kept for so many days more; who is no longer below in them is out of grace (with
 *   `atExpiry`: renewed).
 * - `depth`: then the customer falls to its fit, or by one level and is qualified there anew.
 * - `refunds`: `immediate`, a refund that leaves the customer below makes it fall to its fit at once, whatever the
 *   guards say; `unearned`, it does so where the standing would not have been reached on any day since it was qualified,
 *   had the refunds been there; `atExpiry`, a refund is like any fact.
 */
export interface Movement {
  readonly demote: 'now' | 'atExpiry';
  readonly depth: 'fit' | 'oneLevel';
  readonly graceDays: number;
  readonly minTenureDays: number;
  readonly confirmDays: number;
  readonly validity: Validity | null;
  readonly refunds: 'unearned' | 'immediate' | 'atExpiry';
}

/** Days from the day of qualification on, that day included; or to the end of the period after the one it is in. */
export type Validity =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'calendar'; readonly period: CalendarPeriod }
  | { readonly kind: 'anniversary' };

/** Of a program whose cuts follow the population. */
export interface ProgramPopulation {
  readonly axes: readonly CutAxis[];
  readonly deadBandPercent: number;
  readonly minCustomers: number;
  readonly minDays: number;
  /** The day and size of the population that the cuts in force were taken from; null: they are as written. */
  readonly calibrated: { readonly day: number; readonly size: number } | null;
}

export interface CutAxis {
  readonly axis: PopulationAxis;
  /** Key of the ranking. */
  readonly ranking: string;
  readonly better: 'more' | 'less';
  /** Decimals of the measure, to write cuts with. */
  readonly digits: number;
  readonly method: /** Cumulative shares in hundredths of a per cent. */
    | { readonly kind: 'shares'; readonly cumulativeShares: readonly number[] }
    | { readonly kind: 'mean' }
    | { readonly kind: 'ties' }
    | { readonly kind: 'type7'; readonly unit: number };
  /** The cuts in force, as written. */
  readonly cuts: readonly string[];
}

/** Measures that may read one another by position. */
export interface MeasureScope {
  readonly measures: readonly Measure[];
}

/** Customers by a number, in an index of every partition. */
export interface Ranking {
  /** Says what is ranked among whom, so that two policies that mean the same share an index. */
  readonly key: string;
  /** Name of the measure, for people. */
  readonly measure: string;
  readonly title: LocalizedText | null;
  readonly scope: MeasureScope;
  /** Position of the measure in its scope. */
  readonly position: number;
  /** Read in the same scope; null: everybody whose measure is not missing. */
  readonly among: Condition | null;
  /** Days since something are ranked by that day itself, which does not age: the later, the greater. */
  readonly by: 'value' | 'lastDay';
  readonly better: 'more' | 'less';
  /** Of the policy's own rankings, once they were calibrated. */
  readonly calibrated: CalibratedRankingValues | null;
}

export interface CalibratedRankingValues {
  readonly day: number;
  readonly size: number;
  /** By `topShares`: the least ranked value of those in the share. */
  readonly topValues: readonly number[];
}

export interface Warnings {
  /** Descending, each once; empty: none. */
  readonly expiringDays: readonly number[];
  readonly approaching: { readonly withinPercent: number; readonly coolDownDays: number } | null;
}

/**
 * Stages for those who are to go. On a day: who meets `reentry` goes back to everybody else; who meets `when` and no veto
 * goes from everybody else to the first stage, and from a stage to the next one after its dwell; else nothing moves.
 */
export interface Exit {
  readonly when: Condition;
  readonly vetoes: readonly Condition[];
  /** null: whoever does not meet `when`. */
  readonly reentry: Condition | null;
}

/** `since` of a fact crosses a threshold so many days after its last day: a deadline. */
export interface SinceCrossing {
  /** null: since the customer began. */
  readonly cell: number | null;
  readonly offsetDays: number;
}

export interface Policy {
  readonly policyId: string;
  readonly version: number;
  readonly title: LocalizedText | null;
  readonly measures: readonly Measure[];
  readonly programs: readonly Program[];
  /** Windows that tiles enter and leave, each once. */
  readonly windows: readonly Window[];
  readonly accumulators: number;
  /** One more than the highest cell that an accumulator reads. */
  readonly cells: number;
  /** [window × cells + cell] → accumulator of the sum, or −1. */
  readonly sumSlots: Int32Array;
  /** [window × cells + cell] → accumulator of the distinct days, or −1. */
  readonly daySlots: Int32Array;
  /** How many windows count topics. */
  readonly tallies: number;
  /** [window] → tally of its topics, or −1. */
  readonly tallySlots: Int32Array;
  readonly crossings: readonly SinceCrossing[];
  /** Reads the customer's beginning: an anniversary window or validity, days or years since then. */
  readonly readsBeginning: boolean;
  /** A program has guards or stages: a customer is stepped through all its deadlines. */
  readonly isGuarded: boolean;
  /** A program has warnings. */
  readonly warns: boolean;
  readonly baseCurrencyDigits: number;
  /** Which calibration its cuts are of; 0: as written. */
  readonly calibration: number;
  /** Its own rankings, then those of other policies that this one keeps along. Each key once. */
  readonly rankings: readonly Ranking[];
  /** How many of them are its own. */
  readonly ownRankings: number;
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
  | 'badTopics'
  | 'badDigits'
  | 'badExpression'
  | 'badMeasure'
  | 'badProgram'
  | 'badText'
  | 'badCuts'
  | 'badMovement'
  | 'badWarning'
  | 'badScorecard'
  | 'badMatrix'
  | 'badRfm'
  | 'badExit'
  | 'badPopulation'
  | 'misplaced'
  | 'badCondition'
  | 'unknownMeasure'
  | 'badThreshold'
  | 'missingDefault'
  | 'unreachableTier'
  | 'tooMany'
  | 'empty';

export const opsOf: Readonly<Record<MeasureSubject, readonly FactOp[]>> = {
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
  topic: ['topTopics'],
  customer: ['since', 'years'],
};
