/** What conditions of a policy are compiled against. */
import type { Measure, SinceCrossing } from './policy.ts';
import { cutText, type Path, type PolicyReport } from './policy-report.ts';

export interface ConditionScope {
  readonly measures: readonly Measure[];
  /** Names under `measures`, also of those that are wrong themselves: that is told once. */
  readonly declared: ReadonlySet<string>;
  /** Short names of the program's own measures. */
  readonly shortNames: ReadonlyMap<string, string>;
  readonly crossings: SinceCrossing[];
  readonly report: PolicyReport;
}

/** Position of the measure; null where it is unknown, or wrong itself. */
export function findMeasure(name: string, path: Path, scope: ConditionScope): number | null {
  const { measures, declared, shortNames, report } = scope;
  const meant = declared.has(name) ? name : (shortNames.get(name) ?? name);
  const index = measures.findIndex(measure => measure.name === meant);
  if (index >= 0) return index;
  if (!declared.has(name)) {
    const known = new Set([...declared, ...shortNames.keys(), ...measures.map(measure => measure.name)]);
    const remedy = `${report.suggest(name, known)} Or declare it under measures.`;
    report.add(path, 'unknownMeasure', `There is no measure ${cutText(name)}.`, remedy);
  }
  return null;
}
