import type { Expiring, StandingRenewed, TierChanged } from '@tierflow/customer/changes';
import { compilePolicy } from '@tierflow/customer/compile-policy';
import { expect, test } from 'vitest';
import { changedUnderTest, expiringUnderTest, renewedUnderTest } from './records-under-test.ts';
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

function change(
  customerId: string,
  from: string | null,
  to: string,
  cause: TierChanged['cause'],
  effectiveDay = 10,
): TierChanged {
  return { ...changedUnderTest, customerId, from, to, cause, effectiveDay };
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
  expect(picker.stories().map(({ kind, record: { customerId } }) => [kind, customerId])).toEqual([
    ['promotion', 'c'],
    ['time', 'd'],
    ['refund', 'f'],
  ]);
});

test('of renewals and warnings those of the highest tier are told', () => {
  const picker = new StoryPicker(policy);
  const renewed = (customerId: string, tier: string): StandingRenewed => ({ ...renewedUnderTest, customerId, tier });
  const expiring = (customerId: string, tier: string): Expiring => ({ ...expiringUnderTest, customerId, tier });
  for (const each of [renewed('a', 'silver'), renewed('b', 'gold'), expiring('c', 'gold'), expiring('d', 'silver')]) {
    picker.consider(each);
  }
  expect(picker.stories().map(({ kind, record }) => [kind, record.customerId])).toEqual([
    ['renewal', 'b'],
    ['expiring', 'c'],
  ]);
});

test('of equals the earliest is told, whichever partition is read first', () => {
  const rises = [change('x', 'bronze', 'gold', 'facts', 12), change('y', 'bronze', 'gold', 'facts', 11)];
  for (const order of [rises, [...rises].reverse()]) {
    const picker = new StoryPicker(policy);
    for (const each of order) picker.consider(each);
    expect(picker.stories()[0]?.record.customerId).toBe('y');
  }
});
