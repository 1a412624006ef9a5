/**
 * Rankings of other policies, kept along so that an index is complete before such a policy decides. Their measures share
 * the totals of this one, and are part of nothing else: no view shows them, no program reads them.
 */
import { AccumulatorTable } from './accumulator-table.ts';
import { comparisonsOf } from './compile-conditions.ts';
import { compileMeasures } from './compile-measures.ts';
import type { CompileOptions } from './compile-policy.ts';
import { compileScores } from './compile-program.ts';
import type { PopulationAxis } from './events.ts';
import { measuresBehind } from './measure-reads.ts';
import type { Measure, Ranking, SinceCrossing } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import { PolicyReport } from './policy-report.ts';
import type { ProgramScope } from './program-scope.ts';
import { compileRankings, followsPopulation, programOf } from './rankings.ts';

/** What the policy keeps along. */
interface Kept {
  readonly table: AccumulatorTable;
  readonly crossings: SinceCrossing[];
  /** Grows by those that are not there yet. */
  readonly rankings: Map<string, Ranking>;
}

/** The document has compiled by itself before. */
export function addHiddenRankings(document: PolicyDocument, kept: Kept, options: CompileOptions): void {
  const followers = Object.entries(document.programs).filter(([, program]) => followsPopulation(program));
  if (followers.length === 0) return;
  // What they are made of is known once all is compiled: first aside, then so much of it as is needed.
  const aside = scopeOf(document, { table: new AccumulatorTable(), crossings: [] }, options);
  const missing: { readonly name: string; readonly axis: PopulationAxis; readonly ranking: Ranking }[] = [];
  for (const [name, program] of followers) {
    for (const [axis, ranking] of compileRankings(name, program, aside).byAxis) {
      const isKnown = kept.rankings.has(ranking.key) || missing.some(other => other.ranking === ranking);
      if (!isKnown) missing.push({ name, axis, ranking });
    }
  }
  requireSound(document, aside);
  if (missing.length === 0) return;
  const scope = scopeOf(
    partOf(
      document,
      missing.map(({ ranking }) => ranking),
      aside.measures,
    ),
    kept,
    options,
  );
  for (const { name, axis } of missing) {
    for (const ranking of compileRankings(name, document.programs[name]!, scope, axis).byAxis.values()) {
      kept.rankings.set(ranking.key, ranking);
    }
  }
  requireSound(document, scope);
}

function scopeOf(
  document: PolicyDocument,
  { table, crossings }: Pick<Kept, 'table' | 'crossings'>,
  options: CompileOptions,
): ProgramScope {
  const report = new PolicyReport();
  const measures = compileMeasures(document.measures, table, crossings, options, report);
  const scope: ProgramScope = {
    measures,
    ranked: { measures },
    declared: new Set(Object.keys(document.measures)),
    shortNames: new Map(),
    crossings,
    report,
    document,
    calibrated: undefined,
    rankings: new Map(),
  };
  const scores = Object.entries(document.programs).flatMap(([name, program]) => compileScores(name, program, scope));
  measures.push(...scores);
  return scope;
}

/** The measures behind the rankings, and the programs that make them for themselves. */
function partOf(document: PolicyDocument, rankings: readonly Ranking[], measures: readonly Measure[]): PolicyDocument {
  const read = measuresBehind(rankings.flatMap(readsOfRanking), measures).map(index => measures[index]!.name);
  const makers = new Set(read.filter(name => !Object.hasOwn(document.measures, name)).map(programOf));
  // A program makes all of its scores at once.
  const made = measures.flatMap(({ name }, index) => (makers.has(programOf(name)) ? [index] : []));
  const names = new Set([...read, ...measuresBehind(made, measures).map(index => measures[index]!.name)]);
  return { ...document, measures: only(document.measures, names), programs: only(document.programs, makers) };
}

function readsOfRanking({ position, among }: Ranking): readonly number[] {
  return [position, ...(among === null ? [] : comparisonsOf(among).map(({ measure }) => measure))];
}

function only<T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}

function requireSound({ policy, version }: PolicyDocument, { report }: ProgramScope): void {
  if (report.problems.length === 0) return;
  throw new Error(`${policy} version ${version} cannot be ranked along: ${report.problems[0]!.message}`);
}
