import type { TierChanged } from '@tierflow/customer/changes';
import { compilePolicy } from '@tierflow/customer/compile-policy';
import { expect, test } from 'vitest';
import { StoryPicker } from './stories.ts';

const when = (threshold: number) => ({ all: [`orders >= ${threshold}`] });
const compiled = compilePolicy(
  {
    policy: 'ladder',
    version: 1,
    measures: { orders: { op: 'count', of: 'purchase' } },
    programs: {
      value: {
        kind: 'ladder',
        tiers: [{ tier: 'gold', when: when(9) }, { tier: 'silver', when: when(3) }, { tier: 'bronze' }],
      },
    },
  },
  { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: String },
);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
const { policy } = compiled;

function change(customerId: string, from: string | null, to: string, cause: TierChanged['cause'], effectiveDay = 10) {
  const rest = { program: 'value', recordedAt: 0, correction: false, trigger: null, evidence: [], revision: 1 };
  const by = { policyId: 'ladder', policyVersion: 1, policyHash: '' };
  return { customerId, from, to, cause, effectiveDay, ...rest, ...by };
}

test('the greatest rise, a fall by time and a move by refund are told', () => {
  const picker = new StoryPicker(policy);
  for (const each of [
    change('a', null, 'gold', 'facts'),
    change('b', 'bronze', 'silver', 'facts'),
    change('c', 'bronze', 'gold', 'facts'),
    change('d', 'gold', 'silver', 'time'),
    change('e', 'silver', 'bronze', 'facts'),
    change('f', 'silver', 'bronze', 'refund'),
  ]) {
    picker.consider(each);
  }
  expect(picker.stories().map(({ kind, change: { customerId } }) => [kind, customerId])).toEqual([
    ['promotion', 'c'],
    ['time', 'd'],
    ['refund', 'f'],
  ]);
});

test('of equals the earliest is told, whichever partition is read first', () => {
  const rises = [change('x', 'bronze', 'gold', 'facts', 12), change('y', 'bronze', 'gold', 'facts', 11)];
  for (const order of [rises, [...rises].reverse()]) {
    const picker = new StoryPicker(policy);
    for (const each of order) picker.consider(each);
    expect(picker.stories()[0]?.change.customerId).toBe('y');
  }
});
