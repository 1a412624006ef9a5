/**
 * A pyramid: the first so many per cent of the ranked customers by one measure, and the next ones. A tier's cut is the
 * least value in it, so that its condition is one comparison; the shares say where the cuts come from.
 */
import { addCrossingsOf } from './compile-comparison.ts';
import type { TierRule } from './compile-tiers.ts';
import { parseDecimal } from './decimal.ts';
import type { Combination, Comparison, Condition } from './policy.ts';
import type { ProgramDocument, TierDocument } from './policy-document.ts';
import { type Path, shown } from './policy-report.ts';
import { isCalibrated, type ProgramScope } from './program-scope.ts';
import type { ProgramRankings } from './rankings.ts';

const shareDigits = 2;
const whole = 100 * 10 ** shareDigits;

export interface Pyramid {
  readonly rule: TierRule;
  /** Of the tiers with a cut, in hundredths of a per cent. */
  readonly cumulativeShares: readonly number[];
  /** As written. */
  readonly cuts: readonly string[];
}

type Cut = Comparison & { readonly threshold: number };

const none: Pyramid = { rule: () => undefined, cumulativeShares: [], cuts: [] };

export function compilePyramid(
  name: string,
  document: ProgramDocument,
  { among, byAxis }: ProgramRankings,
  path: Path,
  scope: ProgramScope,
): Pyramid {
  const { report } = scope;
  if (document.pyramid === undefined) {
    const remedy = 'Add pyramid: { measure: spend365 }.';
    report.add(path, 'badPopulation', 'by: pyramid does not say what ranks its customers.', remedy);
    return none;
  }
  const tiers = document.tiers ?? [];
  const shares = sharesOf(tiers, [...path, 'tiers'], scope);
  const ranking = byAxis.get('value');
  if (shares === null) return none;
  checkRest(document, shares, among !== null, path, scope);
  const mayTie = isCalibrated(name, scope);
  const conditions: (Condition | null)[] = [];
  const cuts: string[] = [];
  let before: Cut | null = null;
  let isSound = ranking !== undefined;
  for (const [index, cumulative] of shares.entries()) {
    const at = [...path, 'tiers', index, 'from'];
    const { tier, from, when } = tiers[index]!;
    if (cumulative === whole) {
      if (from !== undefined) {
        const message = `${tier} completes the shares to 100 and takes whoever is ranked and in none above.`;
        report.add(at, 'misplaced', message, 'Remove from.');
      }
      conditions.push(among);
      continue;
    }
    if (ranking === undefined) continue;
    const comparison = comparisonOf(from, tier, ranking.position, at, scope);
    if (comparison === null) {
      isSound = false;
      continue;
    }
    if (
      before !== null &&
      (mayTie ? comparison.threshold > before.threshold : comparison.threshold >= before.threshold)
    ) {
      const message = `${tier} is never reached: a tier before it begins no higher, at ${before.text}.`;
      report.add(at, 'unreachableTier', message, 'Write the tiers from the highest value down.');
    }
    if (when === undefined) before = comparison;
    cuts.push(comparison.text);
    conditions.push(joined(among, comparison));
  }
  if (!isSound) return none;
  return {
    // A tier without a share takes everybody else.
    rule: (_tier, index) => (index < conditions.length ? conditions[index]! : null),
    cumulativeShares: shares.filter(share => share < whole),
    cuts,
  };
}

function joined(among: Condition | null, comparison: Comparison): Combination {
  return { kind: 'all', conditions: among === null ? [comparison] : [among, comparison] };
}

/** The shares of the first tiers, summed up; null where one of them is wrong. */
function sharesOf(tiers: readonly TierDocument[], path: Path, { report }: ProgramScope): readonly number[] | null {
  const before = report.problems.length;
  const cumulative: number[] = [];
  let total = 0;
  let rest: string | null = null;
  tiers.forEach(({ tier, share, from }, index) => {
    const at = [...path, index];
    if (share === undefined) {
      if (rest !== null) {
        const remedy = `Give one of them a share, or remove it.`;
        report.add(at, 'badPopulation', `${rest} takes everybody else before ${tier}, which has no share.`, remedy);
      }
      if (from !== undefined) {
        const message = `from is the cut of a share, and ${tier} has no share.`;
        report.add([...at, 'from'], 'misplaced', message, 'Add share: 15, or remove from.');
      }
      rest ??= tier;
      return;
    }
    if (rest !== null) {
      const message = `${tier} has a share, and ${rest} before it takes everybody else.`;
      report.add([...at, 'share'], 'badPopulation', message, `Move ${rest} to the end.`);
      return;
    }
    const parsed = typeof share === 'string' ? parseDecimal(share, shareDigits) : null;
    if (parsed === null || parsed <= 0 || parsed > whole) {
      const remedy = `Write more than 0 and at most 100, with at most ${shareDigits} decimals: 4 for the next 4 %.`;
      report.add([...at, 'share'], 'badPopulation', `${shown(share)} is not a share in per cent.`, remedy);
      return;
    }
    total += parsed;
    if (total > whole) {
      const message = `The shares up to ${tier} make more than 100 per cent.`;
      report.add(
        [...at, 'share'],
        'badPopulation',
        message,
        'Write the own share of each tier, not those before it too.',
      );
      total = whole;
    }
    cumulative.push(total);
  });
  if (cumulative.length === 0 && report.problems.length === before) {
    const remedy = 'Write the own share of each tier in per cent: share: 1, then share: 4.';
    report.add(path, 'badPopulation', 'No tier has a share of the customers.', remedy);
  }
  return report.problems.length > before ? null : cumulative;
}

/** A ladder has a place for everybody, and shares of the ranked ones may leave some out. */
function checkRest(
  { kind, tiers = [] }: ProgramDocument,
  shares: readonly number[],
  hasAmong: boolean,
  path: Path,
  { report }: ProgramScope,
): void {
  if (kind !== 'ladder' || shares.length < tiers.length) return;
  if (shares.at(-1) === whole && !hasAmong) return;
  const { tier } = tiers.at(-1)!;
  const who = shares.at(-1) === whole ? 'who is not ranked' : 'everybody else';
  report.add(
    [...path, 'tiers', tiers.length - 1, 'share'],
    'missingDefault',
    `After ${tier} there is no tier for ${who}.`,
    'Add one more tier without a share.',
  );
}

function comparisonOf(from: unknown, tier: string, measure: number, path: Path, scope: ProgramScope): Cut | null {
  const { name, digits } = scope.measures[measure]!;
  if (from === undefined) {
    const message = `${tier} does not say from which value on it is reached while there are few customers.`;
    scope.report.add(path.slice(0, -1), 'badPopulation', message, 'Add from: 1000.00, the least value of the tier.');
    return null;
  }
  const threshold = typeof from === 'string' ? parseDecimal(from, digits) : null;
  if (threshold === null) {
    const remedy = `Write a plain decimal number with at most ${digits} decimals.`;
    scope.report.add(
      path,
      'badPopulation',
      `${shown(from)} is not a number that ${name} can be compared with.`,
      remedy,
    );
    return null;
  }
  const comparison = { kind: 'comparison', measure, operator: '>=', threshold, text: from as string } as const;
  addCrossingsOf(comparison, scope);
  return comparison;
}
