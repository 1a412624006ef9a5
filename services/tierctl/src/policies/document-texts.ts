/**
 * A policy document as a list of texts: each thing that it says under one path, so that two documents can be compared
 * whatever keys they have. Conditions and lists read as one text; what has names is known by them, not by its place.
 */
import type {
  ConditionsDocument,
  PolicyDocument,
  ProgramDocument,
  TierDocument,
} from '@tierflow/customer/policy-document';
import { conditionsText } from './conditions-text.ts';

/** By path, such as `playbook.sales.en`, in the order of the document. */
export type Texts = ReadonlyMap<string, string>;

export interface ProgramTexts {
  /** All but its tiers. */
  readonly fields: Texts;
  readonly tiers: ReadonlyMap<string, Texts>;
}

export interface DocumentTexts {
  /** All but measures, programs and the version. */
  readonly fields: Texts;
  readonly measures: ReadonlyMap<string, Texts>;
  readonly programs: ReadonlyMap<string, ProgramTexts>;
}

export function textsOf(document: PolicyDocument): DocumentTexts {
  const { measures, programs, version, ...fields } = document;
  return {
    fields: textsIn(fields),
    measures: mapped(measures, textsIn),
    programs: mapped(programs, textsOfProgram),
  };
}

function textsOfProgram({ tiers = [], ...fields }: ProgramDocument): ProgramTexts {
  return {
    fields: textsIn(fields),
    tiers: new Map(tiers.map(({ tier, ...rest }: TierDocument) => [tier, textsIn(rest)])),
  };
}

function mapped<A, B>(named: Readonly<Record<string, A>>, change: (value: A) => B): Map<string, B> {
  return new Map(Object.entries(named).map(([name, value]) => [name, change(value)]));
}

function textsIn(value: object): Map<string, string> {
  const texts = new Map<string, string>();
  collect(value, [], texts);
  return texts;
}

function collect(value: unknown, path: readonly string[], texts: Map<string, string>): void {
  if (value === undefined) return;
  const text = leafText(value);
  if (text !== null) {
    texts.set(path.join('.'), text);
    return;
  }
  // The parts of a scorecard are known by what they measure.
  const entries = Array.isArray(value)
    ? value.map(({ measure, ...part }) => [measure, part] as const)
    : Object.entries(value as object);
  for (const [key, nested] of entries) collect(nested, [...path, key], texts);
}

/** null: it has parts of its own. */
function leafText(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('all' in value || 'any' in value) return conditionsText(value as ConditionsDocument);
  if (!Array.isArray(value)) return null;
  const isScorecard = value.some(item => typeof item === 'object' && 'measure' in item);
  return isScorecard ? null : value.map(listedText).join(', ');
}

/** A line of a scorecard is an object, `{ when: ">= 1000.00", points: 50 }`. */
function listedText(item: unknown): string {
  return typeof item === 'object' && item !== null ? Object.values(item).reverse().join(': ') : String(item);
}
