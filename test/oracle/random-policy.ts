/** Policies of every shape that the fold knows: measures of every op, subject and window, programs of every kind. */
import { opsOf } from '@tierflow/customer/policy';
import type { FactOp, MeasureSubject, PolicyDocument } from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { type NamedMeasure, program } from './random-program.ts';

const ended = ['P1D', 'P7D', 'P30D', 'P90D', 'P365D', 'lifetime', 'calendarMonth', 'calendarYear', 'anniversary'];
const former = ['previous P7D', 'previous P30D', 'previous calendarQuarter'];
/** What the horizon of the random logs allows with the window before. */
const ofTopics = ['P7D', 'P90D', 'calendarMonth', 'lifetime'];

function windowsOf(op: FactOp): readonly string[] {
  if (op === 'topTopics') return ofTopics;
  return op === 'last' || op === 'since' ? ended : [...ended, ...former];
}

/** A name has forty characters at most. */
function shortened(window: string): string {
  return window.replace('previous ', 'b4').replace('calendar', '').replace('anniversary', 'Own');
}

const ofFacts: readonly NamedMeasure[] = Object.entries(opsOf)
  .filter(([subject]) => subject !== 'customer')
  .flatMap(([subject, ops]) =>
    ops.flatMap(op =>
      windowsOf(op).flatMap(window => {
        const of = subject as MeasureSubject;
        const name = `${op}-${subject.replace('interaction.', '').replace('.', '_')}-${shortened(window)}`;
        const plain: NamedMeasure[] = [[name, { op, of, window }]];
        if (!subject.startsWith('interaction')) return plain;
        return [...plain, ...['call', 'quest'].map(kind => [`${name}-${kind}`, { op, of, kind, window }] as const)];
      }),
    ),
  );

/** Read by those below. */
const always: readonly NamedMeasure[] = [
  ['sum-netSpend-P30D', { op: 'sum', of: 'netSpend', window: 'P30D' }],
  ['since-purchase-P365D', { op: 'since', of: 'purchase', window: 'P365D' }],
  ['orders', { op: 'count', of: 'purchase', window: 'P90D' }],
  ['spend', { op: 'sum', of: 'netSpend', window: 'P90D' }],
];

const ofCustomers: readonly NamedMeasure[] = [
  ['years', { op: 'years', of: 'customer' }],
  ['since-beginning', { op: 'since', of: 'customer' }],
  ['level', { op: 'attribute', attribute: 'region', type: 'number', digits: 0 }],
  ['place', { op: 'attribute', attribute: 'region', type: 'text' }],
  ['flag', { op: 'attribute', attribute: '7', type: 'flag' }],
  ['perOrder', { op: 'expression', expression: 'spend / orders', unit: 'money' }],
  ['share', { op: 'expression', expression: 'orders == 0 ? 0 : 100 / (orders + 1)', unit: 'percent' }],
  ['label', { op: 'expression', expression: 'spend > 100 ? "much" : "little"', unit: 'text' }],
  ['isWorth', { op: 'expression', expression: 'spend >= 120.5 || orders > 1', unit: 'flag' }],
  ['recency', { op: 'score', measure: 'since-purchase-P365D', better: 'less', cuts: ['30', '7', '1'] }],
  ['value', { op: 'score', measure: 'spend', better: 'more', cuts: ['0.01', '50', '120.50'] }],
];

const everyMeasure: readonly NamedMeasure[] = [...ofFacts, ...ofCustomers, ...ofCustomers, ...ofCustomers];

export const programNames = ['alpha', 'beta', 'gamma'] as const;

/** A policy of the version, with one to three of the programs. */
export function policyDocument(version: number): fc.Arbitrary<PolicyDocument> {
  // One measure of each kind that a program needs is always there.
  const chosen = fc
    .uniqueArray(fc.nat(everyMeasure.length - 1), { minLength: 4, maxLength: 16 })
    .map(indexes => [...new Map([...always, ...indexes.map(i => everyMeasure[i]!)])]);
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
