/**
 * Recency, frequency and monetary value, each high or low, make eight tiers. An axis with cuts becomes a score of its
 * own, `<program>.r` and so on, so that people see the 1 to 5 that they know; an axis with a mean is compared itself.
 */
import { addCrossingsOf } from './compile-comparison.ts';
import { findNumber } from './compile-cuts.ts';
import { compileScoreOf } from './compile-score.ts';
import type { TierRule } from './compile-tiers.ts';
import type { ConditionScope } from './condition-scope.ts';
import { parseBoundary } from './decimal.ts';
import type { Comparison, Measure, ScoreMeasure } from './policy.ts';
import type { LocalizedText, ProgramDocument, TierDocument } from './policy-document.ts';
import { type Path, shown } from './policy-report.ts';
import { isCalibrated, type ProgramScope } from './program-scope.ts';

const cutsCount = 4;

const axes = [
  { key: 'recency', letter: 'r', better: 'less', title: { en: 'Recency score', zh: '最近购买评分' } },
  { key: 'frequency', letter: 'f', better: 'more', title: { en: 'Frequency score', zh: '购买频率评分' } },
  { key: 'monetary', letter: 'm', better: 'more', title: { en: 'Monetary score', zh: '购买金额评分' } },
] as const;
type Axis = (typeof axes)[number];

const titles: Readonly<Record<string, LocalizedText>> = {
  'rfm.111': { en: 'Key value', zh: '重要价值客户' },
  'rfm.110': { en: 'General value', zh: '一般价值客户' },
  'rfm.101': { en: 'Key development', zh: '重要发展客户' },
  'rfm.100': { en: 'General development', zh: '一般发展客户' },
  'rfm.011': { en: 'Key retention', zh: '重要保持客户' },
  'rfm.010': { en: 'General retention', zh: '一般保持客户' },
  'rfm.001': { en: 'Key win-back', zh: '重要挽留客户' },
  'rfm.000': { en: 'General win-back', zh: '一般挽留客户' },
};

/** A tier of this name has the conditions of its combination. */
export function isRfmType(tier: unknown): boolean {
  return typeof tier === 'string' && Object.hasOwn(titles, tier);
}

/** Those of the document, or the eight; a title that is not written is the usual one. */
export function rfmTiers({ tiers }: ProgramDocument): readonly TierDocument[] {
  const listed: readonly TierDocument[] = tiers ?? Object.keys(titles).map(tier => ({ tier }));
  return listed.map(tier =>
    tier.title === undefined && isRfmType(tier.tier) ? { ...tier, title: titles[tier.tier] } : tier,
  );
}

export function compileRfmScores(name: string, document: ProgramDocument, scope: ProgramScope): ScoreMeasure[] {
  const { rfm } = document;
  const areCalibrated = isCalibrated(name, scope);
  if (rfm === undefined) {
    const remedy = 'Add rfm: { recency: …, frequency: …, monetary: … }.';
    scope.report.add(['programs', name], 'badRfm', 'by: rfm does not say what its axes are.', remedy);
    return [];
  }
  return axes.flatMap(axis => {
    const document = rfm[axis.key];
    if (!('cuts' in document)) return [];
    const path = ['programs', name, 'rfm', axis.key];
    const measure = findAxisMeasure(axis, document.measure, path, scope);
    const { cuts, highFrom } = document;
    scope.report.checkWhole([...path, 'highFrom'], 'badRfm', highFrom, 2, cutsCount + 1);
    if (cuts.length !== cutsCount) {
      const message = `${cuts.length} cuts do not make the scores 1 to 5.`;
      scope.report.add([...path, 'cuts'], 'badRfm', message, `Write ${cutsCount} cuts.`);
    }
    if (measure === null) return [];
    const compared = { measure: scope.measures[measure]!, position: measure };
    const parts = { name: `${name}.${axis.letter}`, title: axis.title, better: axis.better, cuts, areCalibrated };
    return compileScoreOf(compared, parts, [...path, 'cuts'], scope.crossings, scope.report);
  });
}

/** What makes each axis high, and what low: of a missing measure neither holds, so that it is in no tier. */
export function rfmRule(name: string, document: ProgramDocument, scope: ConditionScope): TierRule {
  const path = ['programs', name];
  const isRanked = document.tiers === undefined && document.kind === 'ladder';
  if (isRanked) {
    const remedy = 'Write kind: segment, or list the tiers from the highest down.';
    scope.report.add([...path, 'kind'], 'badRfm', 'The eight types have no rank.', remedy);
  }
  const sides = document.rfm === undefined ? [] : axes.map(axis => sidesOf(axis, name, document, scope));
  return ({ tier }) => {
    if (!isRfmType(tier)) return null;
    const bits = [...tier.slice('rfm.'.length)];
    const conditions = bits.flatMap((bit, index) => sides[index]?.[bit === '1' ? 'high' : 'low'] ?? []);
    if (isRanked || conditions.length < axes.length) return undefined;
    for (const comparison of conditions) addCrossingsOf(comparison, scope);
    return { kind: 'all', conditions };
  };
}

interface Sides {
  readonly high: Comparison;
  readonly low: Comparison;
}

function sidesOf(axis: Axis, name: string, { rfm }: ProgramDocument, scope: ConditionScope): Sides | null {
  const document = rfm![axis.key];
  const path = ['programs', name, 'rfm', axis.key];
  const sides = (measure: number, better: 'more' | 'less', threshold: number, text: string): Sides => ({
    high: { kind: 'comparison', measure, operator: better === 'more' ? '>=' : '<=', threshold, text },
    low: { kind: 'comparison', measure, operator: better === 'more' ? '<' : '>', threshold, text },
  });
  if ('cuts' in document) {
    const score = scope.measures.findIndex(measure => measure.name === `${name}.${axis.letter}`);
    return score < 0 ? null : sides(score, 'more', document.highFrom, String(document.highFrom));
  }
  const { mean } = document;
  const measure = findAxisMeasure(axis, document.measure, path, scope);
  if (measure === null) return null;
  const compared = scope.measures[measure]!;
  const threshold = boundaryOf(mean, axis, compared);
  if (threshold !== null) return sides(measure, axis.better, threshold, mean);
  const remedy = `Write a plain decimal number with at most ${compared.digits} decimals.`;
  const message = `${shown(mean)} is not a number that ${compared.name} can be compared with.`;
  scope.report.add([...path, 'mean'], 'badRfm', message, remedy);
  return null;
}

function findAxisMeasure(axis: Axis, name: string, path: Path, scope: ConditionScope): number | null {
  const at = [...path, 'measure'];
  const measure = findNumber(name, at, scope);
  if (measure === null || axis.key !== 'recency' || scope.measures[measure]!.op === 'since') return measure;
  const remedy = 'Name a measure with op: since, of: purchase.';
  scope.report.add(at, 'badRfm', `${name} does not count the days since something.`, remedy);
  return null;
}

/** A mean of whole numbers is seldom whole: at least 4.16 orders are at least 5, at most 87.24 days at most 87. */
function boundaryOf(mean: unknown, { better }: Axis, { op, digits }: Measure): number | null {
  if (typeof mean !== 'string') return null;
  const isWhole = op !== 'mean' && op !== 'scorecard';
  return parseBoundary(mean, digits, isWhole ? better : 'exact');
}
