/** The cells of a value × potential matrix become conditions: a level reaches from its cut to the next one. */
import { addCrossingsOf } from './compile-comparison.ts';
import { type Cut, compileCuts, findNumber } from './compile-cuts.ts';
import type { TierRule } from './compile-tiers.ts';
import type { ConditionScope } from './condition-scope.ts';
import type { Comparison } from './policy.ts';
import type { MatrixAxisDocument, ProgramDocument, TierDocument } from './policy-document.ts';
import { limits, type Path, shown } from './policy-report.ts';

const any = 'any';

interface Axis {
  readonly measure: number;
  readonly levels: readonly string[];
  readonly cuts: readonly Cut[];
}

export function matrixRule(document: ProgramDocument, path: Path, scope: ConditionScope): TierRule {
  const { report } = scope;
  if (document.axes === undefined) {
    const remedy = 'Add axes: { value: …, potential: … }, each with measure, levels and cuts.';
    report.add(path, 'badMatrix', 'by: matrix does not say what its axes are.', remedy);
    return () => undefined;
  }
  const names = ['value', 'potential'] as const;
  const axes = names.map(name => compileAxis(document.axes![name], [...path, 'axes', name], scope));
  const taken = new Set<string>();
  return (tier, index) => {
    if (tier.at === undefined) return null;
    const at = [...path, 'tiers', index, 'at'];
    if (!Array.isArray(tier.at) || tier.at.length !== 2) {
      const remedy = 'Write two levels, value first: [high, low].';
      report.add(at, 'badMatrix', `${shown(tier.at)} is not a cell.`, remedy);
      return undefined;
    }
    const bands = axes.map((axis, side) => axis && bandOf(axis, tier.at![side]!, [...at, side], scope));
    const [value, potential] = bands;
    if (!value || !potential) return undefined;
    checkReached(tier, axes as Axis[], taken, at, scope);
    const conditions = [...value, ...potential];
    return conditions.length === 0 ? null : { kind: 'all', conditions };
  };
}

function compileAxis(document: MatrixAxisDocument, path: Path, scope: ConditionScope): Axis | null {
  const { report } = scope;
  const { levels, cuts } = document;
  const before = report.problems.length;
  const measure = findNumber(document.measure, [...path, 'measure'], scope);
  if (levels.length < 2 || levels.length > limits.levels) {
    const remedy = `Write 2 to ${limits.levels} levels, from the lowest.`;
    report.add([...path, 'levels'], 'badMatrix', `An axis with ${levels.length} levels is none.`, remedy);
  }
  levels.forEach((level, index) => {
    const at = [...path, 'levels', index];
    report.checkName(at, level);
    if (level === any) {
      report.add(at, 'badMatrix', 'any stands for all levels of an axis.', 'Give the level another name.');
    } else if (levels.indexOf(level) < index) {
      report.add(at, 'duplicateName', `Level ${level} stands here twice.`, 'Give each level its own name.');
    }
  });
  if (cuts.length !== levels.length - 1) {
    const message = `${levels.length} levels have ${levels.length - 1} cuts between them, not ${cuts.length}.`;
    report.add([...path, 'cuts'], 'badMatrix', message, 'Write one cut between each level and the next higher one.');
  }
  if (measure === null) return null;
  const compiled = compileCuts(cuts, 'more', scope.measures[measure]!, [...path, 'cuts'], scope);
  return report.problems.length > before ? null : { measure, levels, cuts: compiled };
}

function bandOf(axis: Axis, level: string, path: Path, scope: ConditionScope): readonly Comparison[] | null {
  if (level === any) return [];
  const position = axis.levels.indexOf(level);
  if (position < 0) {
    const remedy = scope.report.suggest(String(level), [...axis.levels, any]);
    scope.report.add(path, 'badMatrix', `There is no level ${shown(level)}.`, remedy);
    return null;
  }
  const [from, to] = [axis.cuts[position - 1], axis.cuts[position]];
  const band: Comparison[] = [];
  if (from) band.push({ kind: 'comparison', measure: axis.measure, operator: '>=', ...from });
  if (to) band.push({ kind: 'comparison', measure: axis.measure, operator: '<', ...to });
  for (const comparison of band) addCrossingsOf(comparison, scope);
  return band;
}

/** A tier whose cells have all been given away before it is never reached. */
function checkReached(
  { tier, at: cell, when }: TierDocument,
  axes: readonly Axis[],
  taken: Set<string>,
  path: Path,
  { report }: ConditionScope,
): void {
  // Who has no value on an axis is in no level of it, but in any.
  const [values, potentials] = axes.map(({ levels }, side) => (cell![side] === any ? [...levels, ''] : [cell![side]!]));
  const cells = values!.flatMap(value => potentials!.map(potential => `${value}/${potential}`));
  if (cells.every(own => taken.has(own))) {
    const remedy = 'Give it another cell, or move it before the tier that takes it.';
    report.add(path, 'unreachableTier', `${tier} is never reached: tiers before it take its cells.`, remedy);
  }
  if (when === undefined) for (const own of cells) taken.add(own);
}
