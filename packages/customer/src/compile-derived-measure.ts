/** Measures that are no sums of facts: attributes of the profile, and scores of another measure. */
import { isNumeric } from './compile-comparison.ts';
import type { MeasureReader } from './compile-measures.ts';
import { compileScoreOf } from './compile-score.ts';
import type { AttributeMeasure, ScoreMeasure, SinceCrossing } from './policy.ts';
import type { AttributeMeasureDocument, ScoreMeasureDocument } from './policy-document.ts';
import type { Path, PolicyReport } from './policy-report.ts';

const cutsMax = 20;
const digitsMax = 6;
const attributeLengthMax = 256;
const digitsUnsaid = 2;

/** Decimals of a number; null where they cannot be. */
export function compileDigits(
  digits: number | undefined,
  isNumber: boolean,
  path: Path,
  report: PolicyReport,
): number | null {
  if (!isNumber) {
    if (digits === undefined) return 0;
    report.add([...path, 'digits'], 'misplaced', 'Only a number has digits of its own.', 'Leave digits out.');
    return null;
  }
  const said = digits ?? digitsUnsaid;
  if (Number.isInteger(said) && said >= 0 && said <= digitsMax) return said;
  const remedy = `Write a whole number from 0 to ${digitsMax}.`;
  report.add([...path, 'digits'], 'badDigits', `A number cannot have ${said} decimals.`, remedy);
  return null;
}

export function compileAttribute(
  name: string,
  document: AttributeMeasureDocument,
  report: PolicyReport,
): AttributeMeasure | null {
  const path = ['measures', name];
  const { attribute, type, title } = document;
  if (typeof attribute !== 'string' || attribute === '' || attribute.length > attributeLengthMax) {
    const remedy = `Write the name of an attribute of the profile, ${attributeLengthMax} characters at most.`;
    report.add([...path, 'attribute'], 'badMeasure', 'There can be no attribute of this name.', remedy);
    return null;
  }
  if (type !== 'number' && type !== 'text' && type !== 'flag') {
    report.add([...path, 'type'], 'badMeasure', `An attribute is no ${type}.`, 'Write number, text or flag.');
    return null;
  }
  const digits = compileDigits(document.digits, type === 'number', path, report);
  if (digits === null) return null;
  return { name, op: 'attribute', unit: type, digits, window: null, windowText: null, title: title ?? null, attribute };
}

export function compileScore(
  name: string,
  document: ScoreMeasureDocument,
  read: MeasureReader,
  crossings: SinceCrossing[],
  report: PolicyReport,
): ScoreMeasure | null {
  const path = ['measures', name];
  const { better, title } = document;
  const scored = read(document.measure, [...path, 'measure']);
  if (better !== 'more' && better !== 'less') {
    report.add([...path, 'better'], 'badMeasure', `${better} cannot be better.`, 'Write more or less.');
    return null;
  }
  report.checkCount([...path, 'cuts'], document.cuts.length, cutsMax, 'cuts');
  if (scored === null || document.cuts.length > cutsMax) return null;
  const { measure } = scored;
  if (!isNumeric(measure.unit)) {
    const message = `${measure.name} is no number and cannot be scored.`;
    report.add([...path, 'measure'], 'badMeasure', message, 'Score a measure that is a number.');
    return null;
  }
  const parts = { name, title: title ?? null, better, cuts: document.cuts };
  return compileScoreOf(scored, parts, [...path, 'cuts'], crossings, report);
}
