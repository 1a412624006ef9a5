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

export const measureOps = ['sum', 'count', 'mean', 'last', 'since', 'distinctDays'] as const;
export type MeasureOp = (typeof measureOps)[number];

/**
 * What a measure is taken of. Facts serve `count`, `last`, `since` and `distinctDays`; their numbers serve `sum` and
 * `mean`. `netSpend` (sum only) is purchase.amount − refund.amount. Scores are percent of their scale.
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
] as const;
export type MeasureSubject = (typeof measureSubjects)[number];

export interface MeasureDocument {
  readonly op: MeasureOp;
  readonly of: MeasureSubject;
  /** Interactions of one kind only. */
  readonly kind?: string | undefined;
  /** `P365D`: the 365 business days that end with the day of evaluation; or `lifetime`, the default. */
  readonly window?: string | undefined;
  readonly title?: LocalizedText | undefined;
}

export interface ProgramDocument {
  /** `ladder`: ranked, the first tier is the highest. `segment`: unranked, the first that fits. */
  readonly kind: 'ladder' | 'segment';
  readonly title?: LocalizedText | undefined;
  /** Ladders: `now`, a customer falls on the day on which the numbers no longer reach the tier. */
  readonly demote?: 'now' | undefined;
  /** In order of precedence. The last one of a ladder has no condition: it takes everybody else. */
  readonly tiers: readonly TierDocument[];
}

export interface TierDocument {
  readonly tier: string;
  readonly title?: LocalizedText | undefined;
  readonly when?: ConditionsDocument | undefined;
}

/** Conditions read `<measure> <operator> <number>`: `spend365 >= 5000.00`, money in major units of the base currency. */
export type ConditionsDocument =
  | { readonly all: readonly (string | ConditionsDocument)[] }
  | { readonly any: readonly (string | ConditionsDocument)[] };
