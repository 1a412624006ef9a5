/** Conditions of a policy document: names resolved to positions, thresholds to integers. */
import { parseDecimal } from './decimal.ts';
import type { Combination, Comparison, Condition, Measure, Operator, SinceCrossing } from './policy.ts';
import type { ConditionsDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport } from './policy-report.ts';
import { addCrossings } from './since-crossings.ts';

const namesShownMax = 20;
const conditionPattern = /^\s*([\p{L}][\p{L}\p{N}_-]*)\s*(>=|<=|==|>|<)\s*(\S+)\s*$/u;

/** In the order in which they are written. */
export function comparisonsOf(condition: Condition): readonly Comparison[] {
  return condition.kind === 'comparison' ? [condition] : condition.conditions.flatMap(comparisonsOf);
}

export function compileConditions(
  document: ConditionsDocument,
  path: Path,
  depth: number,
  measures: readonly Measure[],
  declared: ReadonlySet<string>,
  crossings: SinceCrossing[],
  report: PolicyReport,
): Combination {
  const kind = 'all' in document ? 'all' : 'any';
  const list = 'all' in document ? document.all : document.any;
  report.checkCount([...path, kind], list.length, limits.conditions, 'conditions');
  if (depth > limits.depth) {
    report.add(path, 'tooMany', `Conditions are nested deeper than ${limits.depth}.`, 'Flatten them.');
    return { kind, conditions: [] };
  }
  const conditions: Condition[] = [];
  list.forEach((item, index) => {
    const at = [...path, kind, index];
    if (typeof item === 'string') {
      const comparison = compileComparison(item, at, measures, declared, crossings, report);
      if (comparison) conditions.push(comparison);
    } else {
      conditions.push(compileConditions(item, at, depth + 1, measures, declared, crossings, report));
    }
  });
  return { kind, conditions };
}

function namesOf(declared: ReadonlySet<string>): string {
  const names = [...declared].slice(0, namesShownMax);
  return names.join(', ') + (declared.size > names.length ? ', …' : '');
}

function compileComparison(
  text: string,
  path: Path,
  measures: readonly Measure[],
  declared: ReadonlySet<string>,
  crossings: SinceCrossing[],
  report: PolicyReport,
): Comparison | null {
  const match = conditionPattern.exec(text);
  if (!match) {
    report.add(
      path,
      'badCondition',
      `Condition ${JSON.stringify(text)} is not understood.`,
      'Write a measure, one of >= > <= < ==, and a number: spend365 >= 5000.00',
    );
    return null;
  }
  const [, name, operator, threshold] = match as unknown as [string, string, Operator, string];
  const index = measures.findIndex(measure => measure.name === name);
  if (index < 0) {
    if (!declared.has(name)) {
      report.add(
        path,
        'unknownMeasure',
        `There is no measure ${name}.`,
        `Use one of ${namesOf(declared)}, or declare it under measures.`,
      );
    }
    return null;
  }
  const measure = measures[index]!;
  if (measure.op === 'last') {
    report.add(
      path,
      'badCondition',
      `${name} is an instant and cannot be compared with a number.`,
      'Compare the days since then: a measure with op: since.',
    );
    return null;
  }
  const scaled = parseDecimal(threshold, measure.digits);
  if (scaled === null) {
    report.add(
      path,
      'badThreshold',
      `${threshold} is not a number that ${name} can be compared with.`,
      `Write a plain decimal number with at most ${measure.digits} decimals.`,
    );
    return null;
  }
  addCrossings(crossings, measure, operator, scaled);
  return { kind: 'comparison', measure: index, operator, threshold: scaled, text: threshold };
}
