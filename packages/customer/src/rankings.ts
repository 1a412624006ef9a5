/**
 * The rankings that a program's cuts are taken from: a measure of the policy, among those who count.
 *
 * The key of a ranking is made of what it means and of nothing else, so that two policies, or two programs, that rank the
 * same customers by the same number share one index, whatever else they differ in.
 */
import { hash64 } from '@tierflow/window/hash';
import { comparisonsOf, compileConditions } from './compile-conditions.ts';
import { findNumber } from './compile-cuts.ts';
import type { PopulationAxis } from './events.ts';
import { measuresBehind } from './measure-reads.ts';
import type { Condition, Measure, Ranking } from './policy.ts';
import type { MeasureDocument, PolicyDocument, ProgramDocument } from './policy-document.ts';
import type { Path } from './policy-report.ts';
import type { ProgramScope } from './program-scope.ts';

interface RankedAxis {
  readonly axis: PopulationAxis;
  readonly measure: string;
  readonly better: 'more' | 'less';
  /** Of the measure's name, beneath the program. */
  readonly path: Path;
}

export interface ProgramRankings {
  /** Who is ranked; null: everybody whose measure is not missing. */
  readonly among: Condition | null;
  /** Those that are sound. */
  readonly byAxis: ReadonlyMap<PopulationAxis, Ranking>;
}

export function followsPopulation(program: ProgramDocument | undefined): boolean {
  if (program?.by === 'pyramid') return true;
  return program?.by === 'rfm' && program.population !== undefined;
}

/** Adds the program's rankings, or that of one axis, to those of the policy. */
export function compileRankings(
  name: string,
  program: ProgramDocument,
  scope: ProgramScope,
  only?: PopulationAxis,
): ProgramRankings {
  const path = ['programs', name];
  const before = scope.report.problems.length;
  const { among: written } = program.population ?? {};
  const at = [...path, 'population', 'among'];
  const among = written === undefined ? null : compileConditions(written, at, scope);
  const readByAmong = among === null ? [] : comparisonsOf(among).map(({ measure }) => measure);
  refuseCircle('Who is ranked', readByAmong, at, scope);
  const byAxis = new Map<PopulationAxis, Ranking>();
  for (const axis of rankedAxesOf(program)) {
    if (only !== undefined && axis.axis !== only) continue;
    const measureAt = [...path, ...axis.path];
    const position = findNumber(axis.measure, measureAt, scope);
    if (position === null) continue;
    refuseCircle('What customers are ranked by', [position], measureAt, scope);
    const measure = scope.measures[position]!;
    if (axis.axis !== 'recency' && agesDaily(measure)) {
      const message = `${measure.name} grows for everybody every day, so that cuts of it do not last.`;
      scope.report.add(measureAt, 'badPopulation', message, 'Name a measure that stands while nothing happens.');
    }
    if (scope.report.problems.length > before) continue;
    const key = keyOf(measure, [position, ...readByAmong], written, scope);
    const known = scope.rankings.get(key);
    const ranking = known ?? {
      key,
      measure: measure.name,
      title: measure.title,
      scope: scope.ranked,
      position,
      among,
      by: agesDaily(measure) ? 'lastDay' : 'value',
      better: axis.better,
      calibrated: calibratedOf(key, scope),
    };
    byAxis.set(axis.axis, ranking);
    scope.rankings.set(key, ranking);
  }
  return { among, byAxis };
}

function rankedAxesOf({ by, pyramid, rfm }: ProgramDocument): readonly RankedAxis[] {
  if (by === 'pyramid') {
    if (pyramid === undefined) return [];
    return [{ axis: 'value', measure: pyramid.measure, better: 'more', path: ['pyramid', 'measure'] }];
  }
  if (by !== 'rfm' || rfm === undefined) return [];
  return (['recency', 'frequency', 'monetary'] as const).map(axis => ({
    axis,
    measure: rfm[axis].measure,
    better: axis === 'recency' ? 'less' : 'more',
    path: ['rfm', axis, 'measure'],
  }));
}

function agesDaily({ op, unit }: Measure): boolean {
  return op === 'since' || (op === 'age' && unit === 'days');
}

/** A score whose cuts follow a ranking cannot say who is ranked, or how: its index would be another one with each cut. */
function refuseCircle(what: string, positions: readonly number[], path: Path, scope: ProgramScope): void {
  const { measures, declared, document, report } = scope;
  for (const index of measuresBehind(positions, measures)) {
    const { name } = measures[index]!;
    if (declared.has(name) || !followsPopulation(document.programs[programOf(name)])) continue;
    const message = `${what} cannot depend on ${name}, whose own cuts follow the population.`;
    report.add(path, 'badPopulation', message, 'Name a measure of the policy, or a score with fixed cuts.');
    return;
  }
}

function calibratedOf(key: string, { calibrated }: ProgramScope): Ranking['calibrated'] {
  const found = calibrated?.rankings.find(({ ranking }) => ranking === key);
  return found === undefined ? null : { day: calibrated!.day, size: found.size, topValues: found.topValues };
}

const hash = { high: 0, low: 0 };

function keyOf(
  { name }: Measure,
  reads: readonly number[],
  among: unknown,
  { measures, document }: ProgramScope,
): string {
  const meant = measuresBehind(reads, measures)
    .map(index => measures[index]!.name)
    .sort()
    .map(read => [read, meaningOf(read, document)]);
  hash64(hash, sorted([meant, among ?? null]));
  const hex = (word: number): string => word.toString(16).padStart(8, '0');
  return `${name}-${hex(hash.high)}${hex(hash.low)}`;
}

/** What is written of a measure, without its title and with its default window left out. */
function meaningOf(name: string, { measures, programs }: PolicyDocument): unknown {
  if (Object.hasOwn(measures, name)) {
    const { title: _title, ...meaning } = measures[name] as MeasureDocument & { readonly window?: string };
    return meaning.window === 'lifetime' ? { ...meaning, window: undefined } : meaning;
  }
  const program = programs[programOf(name)]!;
  if (program.by === 'scorecard') return program.scorecard;
  const axis = { r: 'recency', f: 'frequency', m: 'monetary' } as const;
  return program.rfm![axis[name.slice(-1) as keyof typeof axis]];
}

/** The program that makes the measure `<program>.score`, `<program>.r` and so on. */
export function programOf(measure: string): string {
  return measure.slice(0, measure.lastIndexOf('.'));
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) =>
    typeof nested === 'object' && nested !== null && !Array.isArray(nested)
      ? Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1)))
      : nested,
  );
}
