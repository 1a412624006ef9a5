/** The score of a measure by cuts, whether a policy declares it or an rfm program makes it for itself. */
import { compileCuts } from './compile-cuts.ts';
import type { PlacedMeasure } from './compile-measures.ts';
import type { ScoreMeasure, SinceCrossing } from './policy.ts';
import type { LocalizedText } from './policy-document.ts';
import type { Path, PolicyReport } from './policy-report.ts';
import { addCrossings } from './since-crossings.ts';

export interface ScoreParts {
  readonly name: string;
  readonly title: LocalizedText | null;
  readonly better: 'more' | 'less';
  /** As written. */
  readonly cuts: readonly string[];
  /** They were taken from a population. */
  readonly areCalibrated?: boolean;
}

/** `path` is that of the cuts. */
export function compileScoreOf(
  { measure, position }: PlacedMeasure,
  { name, title, better, cuts, areCalibrated }: ScoreParts,
  path: Path,
  crossings: SinceCrossing[],
  report: PolicyReport,
): ScoreMeasure {
  const compiled = compileCuts(cuts, better, measure, path, { report }, areCalibrated);
  const thresholds = compiled.map(({ threshold }) => threshold);
  for (const cut of thresholds) addCrossings(crossings, measure, better === 'more' ? '>=' : '<=', cut);
  const { window, windowText } = measure;
  return {
    op: 'score',
    name,
    title,
    unit: 'count',
    digits: 0,
    window,
    windowText,
    measure: position,
    better,
    cuts: thresholds,
  };
}
