/** The conditions of a policy: one text each. */
import { compilePolicy } from '@tierflow/customer/compile-policy';
import fc from 'fast-check';
import { hostileText } from '../hostile-text.ts';
import { conditionText } from '../hostile-yaml.ts';
import type { FuzzSubject } from '../subject.ts';

const measures = {
  spend30: { op: 'sum', of: 'netSpend', window: 'P30D' },
  orders: { op: 'count', of: 'purchase' },
  mood: { op: 'mean', of: 'feedback.score', window: 'P90D' },
  silence: { op: 'since', of: 'purchase' },
  latest: { op: 'last', of: 'purchase' },
  region: { op: 'attribute', attribute: 'region', type: 'text' },
  isPartner: { op: 'attribute', attribute: 'isPartner', type: 'flag' },
  needs: { op: 'topTopics', of: 'topic', window: 'P90D' },
  wait: { op: 'mean', of: 'interaction.responseSeconds', kind: 'call' },
} as const;

export const subject: FuzzSubject<readonly string[]> = {
  input: fc.array(fc.oneof({ weight: 5, arbitrary: conditionText }, { weight: 1, arbitrary: hostileText }), {
    minLength: 1,
    maxLength: 3,
  }),
  sizeOf: texts => texts.reduce((sum, { length }) => sum + length, 0),
  run: texts => {
    const document = {
      policy: 'fuzz',
      version: 1,
      measures,
      programs: {
        value: { kind: 'segment', tiers: [{ tier: 'one', when: { any: [...texts, { all: [...texts] }] } }] },
      },
    } as const;
    return compilePolicy(document, { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: String });
  },
};
