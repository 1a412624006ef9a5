/** Policies of every shape that the fold knows: measures of every op, subject and window, ladders and segments. */
import { opsOf } from '@tierflow/customer/policy';
import type {
  ConditionsDocument,
  MeasureDocument,
  MeasureSubject,
  PolicyDocument,
  ProgramDocument,
} from '@tierflow/customer/policy-document';
import fc from 'fast-check';

const windows = ['P1D', 'P7D', 'P30D', 'P90D', 'P365D', 'lifetime'];

const everyMeasure: readonly (readonly [string, MeasureDocument])[] = Object.entries(opsOf).flatMap(([subject, ops]) =>
  ops.flatMap(op =>
    windows.flatMap(window => {
      const of = subject as MeasureSubject;
      const name = `${op}-${subject.replace('interaction.', '').replace('.', '_')}-${window}`;
      const plain: [string, MeasureDocument][] = [[name, { op, of, window }]];
      if (!subject.startsWith('interaction')) return plain;
      return [...plain, ...['call', 'quest'].map(kind => [`${name}-${kind}`, { op, of, kind, window }] as const)];
    }),
  ),
);

function thresholds({ op, of }: MeasureDocument): readonly string[] {
  if (op === 'since') return ['0', '1', '3', '7', '30', '100'];
  if (op === 'count' || op === 'distinctDays') return ['0', '1', '2', '4'];
  if (of === 'feedback.score') return ['40', '66.67', '85.5'];
  if (of === 'interaction.responseSeconds') return op === 'mean' ? ['20', '33.33', '45.5'] : ['20', '60', '100'];
  return ['-20.00', '0', '0.01', '50', '120.50', '250'];
}

function comparison(measures: readonly (readonly [string, MeasureDocument])[]): fc.Arbitrary<string> {
  const comparable = measures.filter(([, { op }]) => op !== 'last');
  return fc
    .constantFrom(...comparable)
    .chain(([name, measure]) =>
      fc
        .tuple(fc.constantFrom('>=', '>', '<=', '<', '=='), fc.constantFrom(...thresholds(measure)))
        .map(([operator, threshold]) => `${name} ${operator} ${threshold}`),
    );
}

function conditions(measures: readonly (readonly [string, MeasureDocument])[]): fc.Arbitrary<ConditionsDocument> {
  const one = comparison(measures);
  const flat = fc
    .tuple(fc.boolean(), fc.array(one, { minLength: 1, maxLength: 2 }))
    .map(([isAll, list]) => (isAll ? { all: list } : { any: list }));
  const nested = fc.tuple(flat, one).map(([inner, other]) => ({ any: [inner, other] }));
  return fc.oneof({ weight: 3, arbitrary: flat }, { weight: 1, arbitrary: nested });
}

function program(measures: readonly (readonly [string, MeasureDocument])[]): fc.Arbitrary<ProgramDocument> {
  const tiers = fc.array(conditions(measures), { minLength: 1, maxLength: 3 });
  return fc
    .tuple(fc.constantFrom('ladder' as const, 'segment' as const), tiers, fc.boolean())
    .map(([kind, list, open]) => ({
      kind,
      tiers: [
        ...list.map((when, index) => ({ tier: `tier${index}`, when })),
        ...(kind === 'ladder' || !open ? [{ tier: 'rest' }] : []),
      ],
    }));
}

export const programNames = ['alpha', 'beta', 'gamma'] as const;

/** A policy of the version, with one to three of the programs. */
export function policyDocument(version: number): fc.Arbitrary<PolicyDocument> {
  // One measure that can be compared is always there, so that conditions can be written.
  const chosen = fc
    .uniqueArray(fc.nat(everyMeasure.length - 1), { minLength: 4, maxLength: 16 })
    .map(indexes => [
      everyMeasure.find(([name]) => name === 'sum-netSpend-P30D')!,
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
