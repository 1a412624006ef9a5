import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile-policy.ts';
import { customerOn, factOf, policyOf } from './customer-under-test.ts';
import { evaluate } from './decide.ts';
import { parseDay } from './epoch-day.ts';
import type { ThresholdsCalibrated } from './events.ts';
import type { Policy } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import { topShares } from './population/top-shares.ts';
import { tiersOf, viewOf } from './view.ts';

const day = parseDay('2011-12-09')!;
const policy = policyOf(
  {
    spend: { op: 'sum', of: 'purchase.amount', window: 'P30D' },
    visits: { op: 'count', of: 'interaction', kind: 'visit' },
    score: { op: 'mean', of: 'feedback.score' },
    answer: { op: 'mean', of: 'interaction.responseSeconds' },
    waited: { op: 'sum', of: 'interaction.responseSeconds' },
    seen: { op: 'last', of: 'purchase' },
    quiet: { op: 'since', of: 'purchase' },
  },
  {
    会员: { kind: 'ladder', tiers: [{ tier: '金卡', when: { all: ['spend >= 10'] } }, { tier: '普卡' }] },
    mood: { kind: 'segment', tiers: [{ tier: 'angry', when: { all: ['score < 50'] } }] },
  },
);
const occasion = {
  cause: 'facts',
  recordedAt: 0,
  correction: false,
  trigger: null,
  policyHash: '',
  horizonDay: 0,
} as const;

function viewed(...facts: Parameters<typeof customerOn>[2][]) {
  const customer = customerOn(day, policy, ...facts);
  evaluate(customer, policy, occasion, () => {});
  return { customer, view: JSON.parse(viewOf(customer, policy)) };
}

describe('a view', () => {
  it('shows standings and measures as of a day, in units that people write', () => {
    const { view } = viewed(
      factOf('PurchaseRecorded', day - 2, { amountBaseMinor: 1234 }),
      factOf('InteractionRecorded', day, { kind: 'visit', responseSeconds: 10 }),
      factOf('InteractionRecorded', day, { kind: 'call', responseSeconds: 15 }),
      factOf('FeedbackReceived', day, { scoreHundredths: 200, scaleHundredths: 300 }),
    );
    expect(view).toEqual({
      customerId: 'ada',
      asOf: '2011-12-09',
      policyVersion: 1,
      revision: 1,
      standings: { 会员: { tier: '金卡', since: '2011-12-09' }, mood: { tier: null, since: '2011-12-09' } },
      measures: {
        spend: '12.34',
        visits: 1,
        score: '66.67',
        answer: '12.50',
        waited: '25',
        seen: '2011-12-07T00:00:00.000Z',
        quiet: 2,
      },
    });
  });

  it('shows null where there is nothing to measure', () => {
    expect(viewed().view.measures).toEqual({
      spend: '0.00',
      visits: 0,
      score: null,
      answer: null,
      waited: '0',
      seen: null,
      quiet: null,
    });
  });

  it('holds any customer id, and nothing more without a policy', () => {
    const customer = customerOn(day, null);
    Object.assign(customer, { id: '"\\\u0000客户' });
    expect(JSON.parse(viewOf(customer, null))).toMatchObject({
      customerId: '"\\\u0000客户',
      standings: {},
      measures: {},
    });
  });

  it('agrees with the standings that are emitted', () => {
    const { customer, view } = viewed(factOf('PurchaseRecorded', day, { amountBaseMinor: 5 }));
    expect(tiersOf(customer).standings.map(({ program, tier }) => [program, tier])).toEqual(
      Object.entries<{ tier: string | null }>(view.standings).map(([program, { tier }]) => [program, tier]),
    );
  });

  describe('under cuts of the population', () => {
    const document: PolicyDocument = {
      policy: 'test',
      version: 1,
      measures: {
        spend: { op: 'sum', of: 'netSpend', window: 'P365D' },
        orders: { op: 'count', of: 'purchase', window: 'P365D' },
      },
      programs: {
        fixed: { kind: 'ladder', tiers: [{ tier: 'all' }] },
        value: {
          kind: 'ladder',
          by: 'pyramid',
          pyramid: { measure: 'spend' },
          population: { among: { all: ['orders >= 1'] } },
          tiers: [{ tier: 'top', share: '20', from: '50.00' }, { tier: 'rest' }],
        },
        other: {
          kind: 'ladder',
          by: 'pyramid',
          pyramid: { measure: 'spend' },
          tiers: [{ tier: 'top', share: '20', from: '50.00' }, { tier: 'rest' }],
        },
      },
    };
    const compiled = (calibrated?: ThresholdsCalibrated): Policy => {
      const options = { baseCurrencyDigits: 2, horizonDays: 400, kindIndex: () => 0, topicAt: String, calibrated };
      const result = compilePolicy(document, options);
      if (!result.ok) throw new Error(JSON.stringify(result.problems));
      return result.policy;
    };
    const taken: ThresholdsCalibrated = {
      type: 'ThresholdsCalibrated',
      policyId: 'test',
      policyVersion: 1,
      calibration: 1,
      day,
      programs: [{ program: 'value', size: 4264, axes: [{ axis: 'value', cuts: ['80.00'] }] }],
      rankings: compiled()
        .rankings.slice(0, 1)
        .map(({ key }) => ({ ranking: key, size: 4264, topValues: topShares.map(share => 10_000 - share) })),
    };
    const under = (policy: Policy, ...facts: Parameters<typeof customerOn>[2][]) => {
      const customer = customerOn(day, policy, ...facts);
      evaluate(customer, policy, occasion, () => {});
      return JSON.parse(viewOf(customer, policy));
    };
    const bought = factOf('PurchaseRecorded', day, { amountBaseMinor: 9_980 });

    it('says that they are fixed until there are any', () => {
      const view = under(compiled(), bought);
      expect(view).not.toHaveProperty('ranks');
      expect(view.standings.value).toMatchObject({ tier: 'top', cuts: 'fixed' });
      expect(view.standings.fixed).not.toHaveProperty('cuts');
    });

    it('says of when and of how many they are, and where the customer is among them', () => {
      const view = under(compiled(taken), bought);
      expect(view.ranks).toEqual({ spend: { top: '2.0', of: 4264, asOf: '2011-12-09' } });
      expect(view.standings.value).toMatchObject({ tier: 'top', cuts: { asOf: '2011-12-09', of: 4264 } });
      expect(view.standings.other).toMatchObject({ cuts: 'fixed' });
    });

    it('tells no place of who is not ranked', () => {
      const view = under(compiled(taken));
      expect(view).not.toHaveProperty('ranks');
      expect(view.standings.value).toMatchObject({ tier: 'rest', cuts: { of: 4264 } });
    });
  });
});
