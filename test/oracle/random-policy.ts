/** Policies of every shape that the fold knows: measures of every op, subject and window, programs of every kind. */
import { opsOf } from '@tierflow/customer/policy';
import type { MeasureSubject, PolicyDocument } from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { type NamedMeasure, program } from './random-program.ts';

const windows = ['P1D', 'P7D', 'P30D', 'P90D', 'P365D', 'lifetime'];

/** What the reference can measure. */
const subjects = Object.entries(opsOf).filter(([subject]) => subject !== 'topic' && subject !== 'customer');

const everyMeasure: readonly NamedMeasure[] = subjects.flatMap(([subject, ops]) =>
  ops.flatMap(op =>
    windows.flatMap(window => {
      const of = subject as MeasureSubject;
      const name = `${op}-${subject.replace('interaction.', '').replace('.', '_')}-${window}`;
      const plain: NamedMeasure[] = [[name, { op, of, window }]];
      if (!subject.startsWith('interaction')) return plain;
      return [...plain, ...['call', 'quest'].map(kind => [`${name}-${kind}`, { op, of, kind, window }] as const)];
    }),
  ),
);

export const programNames = ['alpha', 'beta', 'gamma'] as const;

/** A policy of the version, with one to three of the programs. */
export function policyDocument(version: number): fc.Arbitrary<PolicyDocument> {
  // One measure of each kind that a program needs is always there.
  const chosen = fc
    .uniqueArray(fc.nat(everyMeasure.length - 1), { minLength: 4, maxLength: 16 })
    .map(indexes => [
      ...everyMeasure.filter(([name]) => name === 'sum-netSpend-P30D' || name === 'since-purchase-P365D'),
      ...indexes.map(i => everyMeasure[i]!),
    ]);
  return chosen.chain(measures =>
    fc
      .tuple(
        fc.array(program(measures), { minLength: 1, maxLength: 3 }),
        fc.shuffledSubarray([...programNames], { minLength: 3 }),
      )
      .map(([programs, names]) => ({
        policy: 'oracle',
        version,
        measures: Object.fromEntries(measures),
        programs: Object.fromEntries(programs.map((document, index) => [names[index]!, document])),
      })),
  );
}
