/** Who has which place in which rank index, from the raw facts. */
import type { EpochDay } from '@tierflow/customer/events';
import type { ConditionsDocument, MeasureDocument, PolicyDocument } from '@tierflow/customer/policy-document';
import { axesOf } from './naive-calibration.ts';
import { holds, isFraction, isMet, type Numbers } from './naive-conditions.ts';

/** What is ranked among whom. Two policies that mean the same by both have one index. */
export interface NaiveRanking {
  /** Says the meaning in full: every document that has a part in it, and the conditions. */
  readonly meaning: string;
  readonly measure: string;
  readonly among: ConditionsDocument | undefined;
}

export function rankingOf(document: PolicyDocument, measure: string, among?: ConditionsDocument): NaiveRanking {
  const documents = new Map<string, MeasureDocument>();
  for (const name of [measure, ...namesIn(among)]) addBehind(document, name, documents);
  const behind = [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
  return { meaning: JSON.stringify([measure, behind, among ?? null]), measure, among };
}

/** One for each meaning, in the order of the programs and their axes. */
export function rankingsOf(document: PolicyDocument): readonly NaiveRanking[] {
  const rankings = new Map<string, NaiveRanking>();
  for (const program of Object.values(document.programs)) {
    for (const { measure, among } of axesOf(program)) {
      const ranking = rankingOf(document, measure, among);
      if (!rankings.has(ranking.meaning)) rankings.set(ranking.meaning, ranking);
    }
  }
  return [...rankings.values()];
}

function namesIn(conditions: ConditionsDocument | undefined): readonly string[] {
  if (conditions === undefined) return [];
  const items = 'all' in conditions ? conditions.all : conditions.any;
  return items.flatMap(item => (typeof item === 'string' ? [item.split(' ')[0]!] : namesIn(item)));
}

function addBehind(document: PolicyDocument, name: string, known: Map<string, MeasureDocument>): void {
  const measure = document.measures[name];
  if (measure === undefined || known.has(name)) return;
  const { title: _title, window, ...meaning } = measure as MeasureDocument & { readonly window?: string };
  known.set(name, (window === 'lifetime' ? meaning : { ...meaning, window }) as MeasureDocument);
  if (measure.op === 'score') addBehind(document, measure.measure, known);
  if (measure.op !== 'expression') return;
  for (const other of measure.expression.replaceAll(/"[^"]*"/g, '').match(/[A-Za-z_]\w*/g) ?? []) {
    addBehind(document, other, known);
  }
}

/** The whole of the value in the measure's smallest unit, or the day that days are counted from; null: no place. */
export function placeOf(
  document: PolicyDocument,
  { measure, among }: NaiveRanking,
  numbers: Numbers,
  day: EpochDay,
): number | null {
  if (among !== undefined && !holds(among, numbers, isMet)) return null;
  const value = numbers.valueOf(measure);
  if (!isFraction(value)) return null;
  const scaled = value.numerator * 10n ** BigInt(numbers.digitsOf(measure));
  const rest = ((scaled % value.denominator) + value.denominator) % value.denominator;
  const whole = Number((scaled - rest) / value.denominator);
  return document.measures[measure]!.op === 'since' ? day - whole : whole;
}
