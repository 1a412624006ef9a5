import { describe, expect, it } from 'vitest';
import type { TierChanged } from './changes.ts';
import type { Customer, Override } from './customer.ts';
import { customerOn, factOf, policyOf, tell } from './customer-under-test.ts';
import { evaluate } from './decide.ts';
import type { Policy } from './policy.ts';
import type { ProgramDocument } from './policy-document.ts';
import { advanceTotals } from './rolling.ts';

const measures = {
  spend: { op: 'sum', of: 'netSpend', window: 'P30D' },
  score: { op: 'mean', of: 'feedback.score', window: 'P30D' },
  quiet: { op: 'since', of: 'purchase' },
} as const;
const loyalty: ProgramDocument = {
  kind: 'ladder',
  tiers: [
    { tier: 'gold', when: { all: ['spend >= 100.00', 'score >= 80'] } },
    { tier: 'silver', when: { any: ['spend >= 50.00', { all: ['spend >= 20', 'quiet < 5'] }] } },
    { tier: 'basic' },
  ],
};
const mood: ProgramDocument = { kind: 'segment', tiers: [{ tier: 'angry', when: { all: ['score < 50'] } }] };
const policy = policyOf(measures, { loyalty, mood });
const day = 100;

function changesOf(customer: Customer, under: Policy = policy, cause: TierChanged['cause'] = 'facts'): TierChanged[] {
  const changes: TierChanged[] = [];
  const occasion = { cause, recordedAt: 5, correction: false, trigger: null, policyHash: 'sha256:x', horizonDay: 0 };
  evaluate(customer, under, occasion, record => {
    if (record.type === 'TierChanged') changes.push(record);
  });
  return changes;
}

const purchaseOf = (amountBaseMinor: number, on = day) =>
  factOf('PurchaseRecorded', on, { amountMinor: amountBaseMinor, amountBaseMinor });
const feedbackOf = (scoreHundredths: number, on = day) => factOf('FeedbackReceived', on, { scoreHundredths });
const overrideOf = (kind: Override['kind'], tier: string, untilDay: number | null = null): Override => ({
  program: 'loyalty',
  kind,
  tier,
  untilDay,
  actor: 'ada',
  reason: 'because',
});

describe('a decision', () => {
  it('is told with the conditions of the tier reached and of the one above it', () => {
    const customer = customerOn(day, policy, purchaseOf(120_00), feedbackOf(350));
    expect(changesOf(customer)).toMatchObject([
      {
        program: 'loyalty',
        from: null,
        to: 'silver',
        effectiveDay: day,
        policyVersion: 1,
        policyHash: 'sha256:x',
        revision: 1,
        evidence: [
          { measure: 'spend', value: '120.00', operator: '>=', threshold: '50.00', met: true },
          { measure: 'spend', value: '120.00', operator: '>=', threshold: '20', met: true },
          { measure: 'quiet', value: '0', operator: '<', threshold: '5', met: true },
          { measure: 'spend', value: '120.00', operator: '>=', threshold: '100.00', met: true },
          { measure: 'score', value: '70.00', operator: '>=', threshold: '80', met: false },
        ],
      },
    ]);
  });

  it('takes a missing measure as a condition that is not met', () => {
    const customer = customerOn(day, policy, purchaseOf(120_00));
    const [change] = changesOf(customer);
    expect(change!.to).toBe('silver');
    expect(change!.evidence.at(-1)).toEqual({
      measure: 'score',
      window: 'P30D',
      value: null,
      operator: '>=',
      threshold: '80',
      met: false,
    });
  });

  it('made twice is made once', () => {
    const customer = customerOn(day, policy, purchaseOf(120_00), feedbackOf(450));
    expect(changesOf(customer).map(({ to }) => to)).toEqual(['gold']);
    expect(changesOf(customer)).toEqual([]);
    expect(customer.revision).toBe(1);
  });

  it('compares a mean without rounding it', () => {
    const customer = customerOn(day, policy, purchaseOf(120_00));
    for (const score of [400, 400, 399]) tell(customer, feedbackOf(score));
    expect(changesOf(customer)[0]!.to).toBe('silver');
    tell(customer, feedbackOf(401));
    expect(changesOf(customer)[0]!.to).toBe('gold');
  });

  it('leaves a segment that no longer fits for none at all', () => {
    const customer = customerOn(day, policy, feedbackOf(100));
    expect(changesOf(customer).map(({ program, to }) => [program, to])).toEqual([
      ['loyalty', 'basic'],
      ['mood', 'angry'],
    ]);
    advanceTotals(customer, day + 30);
    expect(changesOf(customer, policy, 'time')).toMatchObject([
      { program: 'mood', from: 'angry', to: null, cause: 'time' },
    ]);
  });
});

describe('overrides', () => {
  it.each<[string, Override[], string]>([
    ['a pin', [overrideOf('pin', 'gold')], 'gold'],
    ['a floor above the numbers', [overrideOf('floor', 'gold')], 'gold'],
    ['a floor below the numbers', [overrideOf('floor', 'basic')], 'silver'],
    ['a cap below the numbers', [overrideOf('cap', 'basic')], 'basic'],
    ['a cap above the numbers', [overrideOf('cap', 'gold')], 'silver'],
    ['a cap below a floor', [overrideOf('floor', 'gold'), overrideOf('cap', 'basic')], 'basic'],
    ['a pin over both', [overrideOf('floor', 'gold'), overrideOf('cap', 'gold'), overrideOf('pin', 'basic')], 'basic'],
    ['a tier that there is no more', [overrideOf('pin', 'platinum')], 'silver'],
  ])('%s', (_what, overrides, expected) => {
    const customer = customerOn(day, policy, purchaseOf(60_00));
    customer.overrides = overrides;
    expect(changesOf(customer)[0]!.to).toBe(expected);
  });

  it('hold through their last day, and what their end changes has that cause', () => {
    const customer = customerOn(day, policy, purchaseOf(60_00));
    customer.overrides = [overrideOf('pin', 'gold', day + 1)];
    expect(changesOf(customer)[0]!.to).toBe('gold');
    advanceTotals(customer, day + 1);
    expect(changesOf(customer, policy, 'time')).toEqual([]);
    advanceTotals(customer, day + 2);
    expect(changesOf(customer, policy, 'time')).toMatchObject([{ from: 'gold', to: 'silver', cause: 'override' }]);
    expect(customer.overrides).toEqual([]);
  });
});

describe('another version of the policy', () => {
  it('keeps the standing of a program under the same name and ends the others', () => {
    const customer = customerOn(day, policy, purchaseOf(60_00), feedbackOf(100));
    changesOf(customer);
    const lenient = policyOf(measures, { fresh: mood, loyalty }, 2);
    expect(changesOf(customer, lenient, 'policy').map(({ program, from, to }) => [program, from, to])).toEqual([
      ['mood', 'angry', null],
      ['fresh', null, 'angry'],
    ]);
    expect(customer.standings.map(({ program, tier }) => [program, tier])).toEqual([
      ['fresh', 'angry'],
      ['loyalty', 'silver'],
    ]);
    expect(customer.policyVersion).toBe(2);
  });
});
