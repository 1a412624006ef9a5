/** Policies of every shape that the fold knows: measures of every op, subject and window, programs of every kind. */
import type { MeasureDocument, PolicyDocument } from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { measureDocuments } from './random-measures.ts';
import { type NamedMeasure, program } from './random-program.ts';

/** The log's horizon, less what facts may come late. */
const reachMax = 400 - 31;
const longestDays: Readonly<Record<string, number>> = {
  calendarMonth: 31,
  calendarQuarter: 92,
  calendarHalf: 184,
  calendarYear: 366,
  anniversary: 366,
};

/** Days that a window reads back; topics are compared with the window before. */
function reachOf(measure: MeasureDocument): number {
  if (!('of' in measure) || measure.window === undefined || measure.window === 'lifetime') return 0;
  const length = measure.window.replace('previous ', '');
  const isDouble = length !== measure.window || measure.op === 'topTopics';
  return (longestDays[length] ?? Number(length.slice(1, -1))) * (isDouble ? 2 : 1);
}

/** Every program finds something there to compare. */
const always: readonly NamedMeasure[] = [
  ['spend30', { op: 'sum', of: 'netSpend', window: 'P30D' }],
  ['sincePurchase', { op: 'since', of: 'purchase', window: 'P365D' }],
];

const measures: fc.Arbitrary<readonly NamedMeasure[]> = fc
  .tuple(measureDocuments, measureDocuments)
  .map(([some, others]) => [
    ...always,
    ...Object.entries(some),
    // The second set has names of its own, for which nothing is derived.
    ...Object.entries(others)
      .filter(([, { op }]) => op !== 'score' && op !== 'expression')
      .map(([name, measure]) => [`other${name.toUpperCase()}`, measure] as const),
  ])
  .map(list => list.map(([name, one]) => [name, reachOf(one) > reachMax ? { ...one, window: 'P30D' } : one] as const));

export const programNames = ['alpha', 'beta', 'gamma'] as const;

/** A policy of the version, with one to three of the programs. */
export function policyDocument(version: number): fc.Arbitrary<PolicyDocument> {
  return measures.chain(named =>
    fc
      .tuple(
        fc.array(program(named), { minLength: 1, maxLength: 3 }),
        fc.shuffledSubarray([...programNames], { minLength: 3 }),
      )
      .map(([programs, names]) => ({
        policy: 'oracle',
        version,
        measures: Object.fromEntries(named),
        programs: Object.fromEntries(programs.map((document, index) => [names[index]!, document])),
      })),
  );
}
