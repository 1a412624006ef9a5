/**
 * A policy as it is written: the YAML file's shape, and as JSON text the `document` of PolicyPublished. Immutable once
 * published. `compilePolicy` turns it into what the fold works with.
 */

export interface PolicyDocument {
  /** Name of the policy line, e.g. `retail-ladder`. */
  readonly policy: string;
  /** Counts up from 1 with every published change. */
  readonly version: number;
  readonly title?: LocalizedText | undefined;
  readonly measures: Readonly<Record<string, MeasureDocument>>;
  readonly programs: Readonly<Record<string, ProgramDocument>>;
}

/** Text that a business user reads. */
export interface LocalizedText {
  readonly en: string;
  readonly zh?: string | undefined;
}

/** Ops that are taken of facts. */
export const factOps = ['sum', 'count', 'mean', 'last', 'since', 'years', 'distinctDays', 'topTopics'] as const;
export type FactOp = (typeof factOps)[number];
export const measureOps = [...factOps, 'attribute', 'expression', 'score'] as const;
export type MeasureOp = (typeof measureOps)[number];

/**
 * What a measure is taken of. Facts serve `count`, `last`, `since` and `distinctDays`; their numbers serve `sum` and
 * `mean`. `netSpend` (sum only) is purchase.amount − refund.amount. Scores are percent of their scale. `topic` (topTopics
 * only) is what interactions and feedback were about. `customer` (`since`, `years` only) is the day on which the
 * customer began: the profile's `since`, else the day of the first fact.
 */
export const measureSubjects = [
  'purchase',
  'purchase.amount',
  'purchase.margin',
  'refund',
  'refund.amount',
  'netSpend',
  'interaction',
  'interaction.cost',
  'interaction.responseSeconds',
  'feedback',
  'feedback.score',
  'complaint',
  'topic',
  'customer',
] as const;
export type MeasureSubject = (typeof measureSubjects)[number];

export type MeasureDocument =
  | FactMeasureDocument
  | AttributeMeasureDocument
  | ExpressionMeasureDocument
  | ScoreMeasureDocument;

export interface FactMeasureDocument {
  readonly op: FactOp;
  readonly of: MeasureSubject;
  /** Interactions of one kind only. */
  readonly kind?: string | undefined;
  /**
   * `P365D`: the 365 business days that end with the day of evaluation; `calendarMonth`, `calendarQuarter`,
   * `calendarHalf`, `calendarYear`: the period that the day is in, from its first day; `anniversary`: the customer's
   * own year, from the anniversary of its beginning (29 February: 28 in other years); `previous` before any of these:
   * the whole window before; or `lifetime`, the default.
   */
  readonly window?: string | undefined;
  /** Of topTopics: how many, 3 where it is not said. */
  readonly topics?: number | undefined;
  readonly title?: LocalizedText | undefined;
}

/** An attribute of the customer's profile. One that is not there, or not of the type, is missing. */
export interface AttributeMeasureDocument {
  readonly op: 'attribute';
  readonly attribute: string;
  readonly type: 'number' | 'text' | 'flag';
  /** Decimals of a number that count, 0 to 6; 2 where it is not said. */
  readonly digits?: number | undefined;
  readonly title?: LocalizedText | undefined;
}

/**
 * A CEL expression over the other measures. Numbers are exact decimals in the unit that people write (money in major
 * units), so that 1 / 4 is 0.25. Where a measure that it reads is missing, it is missing.
 */
export interface ExpressionMeasureDocument {
  readonly op: 'expression';
  readonly expression: string;
  readonly unit: 'money' | 'count' | 'percent' | 'number' | 'text' | 'flag';
  /** Decimals of a `number`, 0 to 6; 2 where it is not said. A result is rounded to its unit, half away from zero. */
  readonly digits?: number | undefined;
  readonly title?: LocalizedText | undefined;
}

/** 1 + how many of the cuts the measure reaches: `more` is better where value ≥ cut counts, `less` where value ≤ cut. */
export interface ScoreMeasureDocument {
  readonly op: 'score';
  /** Name of a measure with a number. */
  readonly measure: string;
  readonly better: 'more' | 'less';
  /** As numbers are written in conditions, in the order in which they are harder to reach. */
  readonly cuts: readonly string[];
  readonly title?: LocalizedText | undefined;
}

export const classifiers = ['thresholds', 'scorecard', 'matrix', 'rfm', 'pyramid', 'exit'] as const;
export type Classifier = (typeof classifiers)[number];

export interface ProgramDocument {
  /** `ladder`: ranked, the first tier is the highest. `segment`: unranked, the first that fits. */
  readonly kind: 'ladder' | 'segment';
  /** How a tier is found; `thresholds` where it is not said. */
  readonly by?: Classifier | undefined;
  readonly title?: LocalizedText | undefined;

  /** Of a ladder, how its customers move; see Movement in policy.ts for what each of them means. */
  readonly demote?: 'now' | 'atExpiry' | undefined;
  readonly depth?: 'fit' | 'oneLevel' | undefined;
  readonly graceDays?: number | undefined;
  readonly minTenureDays?: number | undefined;
  readonly confirmDays?: number | undefined;
  readonly hysteresisPercent?: number | undefined;
  /** With `atExpiry`: `P365D`, or a calendar period or `anniversary`: to the end of the one after. */
  readonly validity?: string | undefined;
  readonly refunds?: 'unearned' | 'immediate' | 'atExpiry' | undefined;
  readonly warnings?: WarningsDocument | undefined;

  /** Of a scorecard: the weighted parts of the score, which conditions may ask for as `<program>.score`. */
  readonly scorecard?: readonly ScorecardPartDocument[] | undefined;
  /** Of a matrix: its two axes. */
  readonly axes?: MatrixAxesDocument | undefined;
  /** Of rfm. */
  readonly rfm?: RfmDocument | undefined;
  /** Of a pyramid: the measure that ranks its customers. */
  readonly pyramid?: { readonly measure: string } | undefined;
  /**
   * Of a pyramid (empty where it is not said) and of rfm (fixed numbers where it is not said): the cuts follow the
   * population. What the policy writes as cuts holds until the population is large enough, and where it no longer is.
   */
  readonly population?: PopulationDocument | undefined;
  /** Of exit: who is to go, who is not, and who comes back. */
  readonly exit?: ExitDocument | undefined;

  /**
   * In order of precedence. The last one of a ladder has no condition: it takes everybody else. Of an exit: the tier of
   * everybody else first, then the stages. Of rfm: may be left out, then they are the eight named segments; one of their
   * names among others (`rfm.111`) needs no `when`. Whatever else is asked for a tier, its `when` must hold as well.
   */
  readonly tiers?: readonly TierDocument[] | undefined;
}

export interface PopulationDocument {
  /** Who is ranked, and so who counts; everybody whose measure is not missing where it is not said. */
  readonly among?: ConditionsDocument | undefined;
  /** Of rfm axes with cuts: how their four cuts are found; `ties` where it is not said. An axis with a mean has the mean. */
  readonly scores?: 'ties' | 'type7' | undefined;
  /** Cuts are published anew once one has moved by more than this share of it; 1 where it is not said. */
  readonly deadBandPercent?: number | undefined;
  /** With fewer ranked customers, or on a shorter history, the written cuts hold; 500 and 180 where it is not said. */
  readonly minCustomers?: number | undefined;
  readonly minDays?: number | undefined;
}

export interface WarningsDocument {
  /** So many days before a tier is lost by time alone: [30, 7, 1]. */
  readonly expiringDays?: readonly number[] | undefined;
  readonly approaching?:
    | {
        /** Of the span between the two tiers' thresholds, so much at most is missing; 10 where it is not said. */
        readonly withinPercent?: number | undefined;
        /** 7 where it is not said. */
        readonly coolDownDays?: number | undefined;
      }
    | undefined;
}

export interface ScorecardPartDocument {
  readonly measure: string;
  /** A whole number; the score is the mean of the parts' points, weighted by it. */
  readonly weight: number;
  /** The last line that fits counts; where none does, or the measure is missing, there are no points. */
  readonly points: readonly ScorecardLineDocument[];
}

/** 0 … 100 points for a condition on the part's measure: `{ when: ">= 1000.00", points: 50 }`. */
export interface ScorecardLineDocument {
  readonly when: string;
  readonly points: number;
}

export interface MatrixAxesDocument {
  readonly value: MatrixAxisDocument;
  readonly potential: MatrixAxisDocument;
}

/** Levels from the lowest: `{ measure: spend365, levels: [low, high], cuts: ["5000.00"] }`, high from 5000.00 on. */
export interface MatrixAxisDocument {
  readonly measure: string;
  readonly levels: readonly string[];
  readonly cuts: readonly string[];
}

/**
 * Each axis is high or low; the tiers are the eight combinations, `rfm.111` to `rfm.000` (recency, frequency, monetary).
 * Recency is high where it is at most its boundary, the others where they are at least theirs. A boundary is a number
 * of the measure, or the least score (2 … 5) that is high among fixed cuts. A score is a measure, `<program>.r`, `.f` or
 * `.m`, which any condition may ask for; those of the program itself may call it `r`, where no other measure is called so.
 */
export interface RfmDocument {
  readonly recency: RfmAxisDocument;
  readonly frequency: RfmAxisDocument;
  readonly monetary: RfmAxisDocument;
}

export type RfmAxisDocument =
  /** A given mean, or any number, to compare with. */
  | { readonly measure: string; readonly mean: string }
  /** Four fixed cuts, in the order in which they are harder to reach, and the least score that is high. */
  | { readonly measure: string; readonly cuts: readonly string[]; readonly highFrom: number };

export interface ExitDocument {
  /** Who is to go. */
  readonly when: ConditionsDocument;
  /** While one of them holds, nobody goes a stage further: an open complaint, a contract, a key account. */
  readonly vetoes?: readonly string[] | undefined;
  /** Who comes back from any stage; where it is not said, whoever is not to go any more. */
  readonly reentry?: ConditionsDocument | undefined;
}

export interface TierDocument {
  readonly tier: string;
  readonly title?: LocalizedText | undefined;
  readonly when?: ConditionsDocument | undefined;
  /** Of a scorecard: the least score, 0 … 100. Of a pyramid: the least value, until the population is large enough. */
  readonly from?: string | undefined;
  /**
   * Of a pyramid: the share of the ranked customers in per cent, with at most two decimals. The tiers with a share come
   * first, from the top down; their shares make 100 at most. At 100 the last of them takes whoever is ranked and in none
   * above. One more tier without a share takes everybody else.
   */
  readonly share?: string | undefined;
  /** What the playbook costs a year for one customer of the tier, in major units of the base currency; for what-if. */
  readonly playbookCost?: string | undefined;
  /** Of a matrix: the levels of value and potential, each one or `any`. */
  readonly at?: readonly [value: string, potential: string] | undefined;
  /** Of an exit's stage: days after which the next one follows; the last stage has none. */
  readonly dwellDays?: number | undefined;
  /** Of an exit's stage: days after which somebody is to look at it. */
  readonly reviewDays?: number | undefined;
  readonly playbook?: PlaybookDocument | undefined;
}

/** What is done with a customer of the tier. It travels in the change record. */
export interface PlaybookDocument {
  readonly marketing?: LocalizedText | undefined;
  readonly sales?: LocalizedText | undefined;
  readonly service?: LocalizedText | undefined;
}

/**
 * Conditions read `<measure> <operator> <value>`: `spend365 >= 5000.00`, money in major units of the base currency;
 * `region == "north"`, `region in ["north", "east"]`, `isPartner == true`, `needs contains "price"`.
 */
export type ConditionsDocument =
  | { readonly all: readonly (string | ConditionsDocument)[] }
  | { readonly any: readonly (string | ConditionsDocument)[] };
