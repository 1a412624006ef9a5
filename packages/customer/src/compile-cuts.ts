/** Cuts of a measure: numbers in the order in which they are harder to reach. */
import { isNumeric } from './compile-comparison.ts';
import { type ConditionScope, findMeasure } from './condition-scope.ts';
import { parseDecimal } from './decimal.ts';
import type { Measure } from './policy.ts';
import { type Path, shown } from './policy-report.ts';

export interface Cut {
  /** In the measure's minor unit. */
  readonly threshold: number;
  /** As written. */
  readonly text: string;
}

/** Position of a measure that has a number; null where it has none. */
export function findNumber(name: string, path: Path, scope: ConditionScope): number | null {
  const index = findMeasure(name, path, scope);
  if (index === null || isNumeric(scope.measures[index]!.unit)) return index;
  const { unit } = scope.measures[index]!;
  scope.report.add(path, 'badMeasure', `${name} is ${nounOf(unit)}, not a number.`, 'Name a measure with a number.');
  return null;
}

/** `mayTie`: equal cuts follow one another where many customers of a population have the same value. */
export function compileCuts(
  cuts: readonly string[],
  better: 'more' | 'less',
  measure: Measure,
  path: Path,
  { report }: Pick<ConditionScope, 'report'>,
  mayTie = false,
): readonly Cut[] {
  const compiled: Cut[] = [];
  cuts.forEach((text, index) => {
    const at = [...path, index];
    const threshold = typeof text === 'string' ? parseDecimal(text, measure.digits) : null;
    if (threshold === null) {
      const remedy = `Write a plain decimal number with at most ${measure.digits} decimals.`;
      report.add(at, 'badCuts', `${shown(text)} is not a number that ${measure.name} can be compared with.`, remedy);
      return;
    }
    const before = compiled.at(-1);
    const harder = before === undefined ? 1 : (threshold - before.threshold) * (better === 'more' ? 1 : -1);
    if (before !== undefined && (mayTie ? harder < 0 : harder <= 0)) {
      const order = better === 'more' ? 'Write the lowest first.' : 'Write the highest first: fewer days are better.';
      report.add(at, 'badCuts', `${text} is no harder to reach than ${before.text} before it.`, order);
    }
    compiled.push({ threshold, text });
  });
  return compiled;
}

function nounOf(unit: Measure['unit']): string {
  if (unit === 'text') return 'text';
  if (unit === 'flag') return 'true or false';
  return unit === 'topics' ? 'a list of topics' : 'an instant';
}
