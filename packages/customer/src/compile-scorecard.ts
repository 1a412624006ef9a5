/** A scorecard becomes a measure of its own, `<program>.score`, and its tiers conditions on that. */
import { compileConditionOf } from './compile-conditions.ts';
import type { TierRule } from './compile-tiers.ts';
import { type ConditionScope, findMeasure } from './condition-scope.ts';
import { parseDecimal } from './decimal.ts';
import type { ScorecardMeasure, ScorecardPart } from './policy.ts';
import type { ProgramDocument, ScorecardPartDocument } from './policy-document.ts';
import { limits, type Path, shown } from './policy-report.ts';

const digits = 2;
const mostPoints = 100;

export function compileScorecard(name: string, document: ProgramDocument, scope: ConditionScope): ScorecardMeasure {
  const path = ['programs', name, 'scorecard'];
  const parts = document.scorecard ?? [];
  if (document.scorecard === undefined) {
    const remedy = 'Add scorecard: a list of { measure, weight, points }.';
    scope.report.add(['programs', name], 'badScorecard', 'by: scorecard does not say what makes the score.', remedy);
  } else {
    scope.report.checkCount(path, parts.length, limits.parts, 'parts of the score');
  }
  return {
    op: 'scorecard',
    name: `${name}.score`,
    unit: 'percent',
    digits,
    window: null,
    windowText: null,
    title: { en: 'Score', zh: '评分' },
    parts: parts.flatMap((part, index) => compilePart(part, [...path, index], scope) ?? []),
  };
}

function compilePart(document: ScorecardPartDocument, path: Path, scope: ConditionScope): ScorecardPart | null {
  const { report } = scope;
  report.checkWhole([...path, 'weight'], 'badScorecard', document.weight, 1, 1000);
  report.checkCount([...path, 'points'], document.points.length, limits.lines, 'lines of points');
  const measure = findMeasure(document.measure, [...path, 'measure'], scope);
  if (measure === null) return null;
  const lines = document.points.flatMap(({ when, points }, index) => {
    const at = [...path, 'points', index];
    report.checkWhole([...at, 'points'], 'badScorecard', points, 0, mostPoints);
    const comparison = compileConditionOf(measure, when, [...at, 'when'], scope);
    return comparison === null ? [] : { when: comparison, points };
  });
  return { measure, weight: document.weight, lines };
}

/** `from`, of which the first tier that is reached counts: so each one asks for less than those before it. */
export function scoreRule(score: number, path: Path, { report }: ConditionScope): TierRule {
  let leastBefore = Number.POSITIVE_INFINITY;
  return ({ from, when, tier }, index) => {
    if (from === undefined) return null;
    const at = [...path, 'tiers', index, 'from'];
    const threshold = typeof from === 'string' ? parseDecimal(from, digits) : null;
    if (threshold === null || threshold < 0 || threshold > mostPoints * 10 ** digits) {
      report.add(at, 'badScorecard', `${shown(from)} is not a score.`, 'Write 0 to 100, with at most 2 decimals.');
      return undefined;
    }
    if (threshold >= leastBefore) {
      const remedy = 'Write the tiers from the highest score down.';
      report.add(at, 'unreachableTier', `${tier} is never reached: a tier before it takes that score.`, remedy);
    }
    if (when === undefined) leastBefore = Math.min(leastBefore, threshold);
    return {
      kind: 'all',
      conditions: [{ kind: 'comparison', measure: score, operator: '>=', threshold, text: from }],
    };
  };
}
