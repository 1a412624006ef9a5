/** What the programs of one policy are compiled against. */
import type { ConditionScope } from './condition-scope.ts';
import type { ThresholdsCalibrated } from './events.ts';
import type { MeasureScope, Ranking } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';

export interface ProgramScope extends ConditionScope {
  readonly document: PolicyDocument;
  readonly calibrated: ThresholdsCalibrated | undefined;
  /** What rankings read their measures in: the same measures, and nothing of the compiler. */
  readonly ranked: MeasureScope;
  /** By key, in the order of their first use. */
  readonly rankings: Map<string, Ranking>;
}

/** The program's cuts were taken from its population. */
export function isCalibrated(name: string, { calibrated }: ProgramScope): boolean {
  return calibrated?.programs.some(({ program }) => program === name) ?? false;
}
