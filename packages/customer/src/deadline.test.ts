import { describe, expect, it } from 'vitest';
import { customerOn, factOf, policyOf } from './customer-under-test.ts';
import { nextDeadline } from './deadline.ts';
import type { MeasureDocument } from './policy-document.ts';
import { advanceTotals } from './rolling.ts';

const day = 100;
const quiet = { op: 'since', of: 'purchase' } as const;
const withCondition = (condition: string) =>
  policyOf({ quiet }, { exit: { kind: 'segment', tiers: [{ tier: 'watch', when: { all: [condition] } }] } });

describe('the next deadline', () => {
  it.each<[string, MeasureDocument, number]>([
    ['a window is left by its oldest tile', { op: 'sum', of: 'purchase.amount', window: 'P30D' }, day + 27],
    ['a day of one day ends', { op: 'count', of: 'purchase', window: 'P1D' }, day + 1],
    ['a windowed last fact is forgotten', { op: 'last', of: 'purchase', window: 'P7D' }, day + 7],
    ['days since a fact are windowed', { op: 'since', of: 'purchase', window: 'P90D' }, day + 90],
    ['a lifetime sum never changes by itself', { op: 'sum', of: 'purchase.amount' }, Number.POSITIVE_INFINITY],
    ['days since a fact that nothing asks for', quiet, Number.POSITIVE_INFINITY],
    ['facts that there are not', { op: 'last', of: 'complaint', window: 'P7D' }, Number.POSITIVE_INFINITY],
  ])('%s', (_what, measure, expected) => {
    const policy = policyOf({ measure });
    const facts = [factOf('PurchaseRecorded', day - 3), factOf('PurchaseRecorded', day)];
    expect(nextDeadline(customerOn(day, policy, ...facts), policy)).toBe(expected);
  });

  it.each([
    ['quiet >= 7', [day + 7]],
    ['quiet > 7', [day + 8]],
    ['quiet < 7', [day + 7]],
    ['quiet <= 7', [day + 8]],
    ['quiet == 7', [day + 7, day + 8]],
    ['quiet >= 0', []],
  ])('%s turns on its own days', (condition, expected) => {
    const policy = withCondition(condition);
    const customer = customerOn(day, policy, factOf('PurchaseRecorded', day));
    const found: number[] = [];
    for (let next = nextDeadline(customer, policy); next < 1e6; next = nextDeadline(customer, policy)) {
      found.push(next);
      advanceTotals(customer, next);
    }
    expect(found).toEqual(expected);
  });

  it('is the day after an override', () => {
    const policy = policyOf({ quiet });
    const customer = customerOn(day, policy);
    const override = { program: 'any', kind: 'pin' as const, tier: 'all', actor: 'a', reason: 'r' };
    customer.overrides = [
      { ...override, untilDay: null },
      { ...override, untilDay: day + 4 },
      { ...override, untilDay: day + 9 },
    ];
    expect(nextDeadline(customer, policy)).toBe(day + 5);
  });
});
