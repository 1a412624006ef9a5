import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile-policy.ts';
import { customerOn, factOf, kindIndex, topicAt } from './customer-under-test.ts';
import { nextDeadline } from './deadline.ts';
import { evaluate } from './decide.ts';
import type { Policy } from './policy.ts';
import type { MeasureDocument, PolicyDocument, ProgramDocument } from './policy-document.ts';
import { rankValueOf } from './population/rank-value.ts';
import { viewOf } from './view.ts';

const day = 1000;
const spend: MeasureDocument = { op: 'sum', of: 'netSpend', window: 'P365D' };
const tiers = [{ tier: 'top', share: '1', from: '9' }, { tier: 'rest' }];
const plain: PolicyDocument = policy({ calls: { op: 'count', of: 'interaction', kind: 'call' } }, {});

function policy(measures: PolicyDocument['measures'], programs: PolicyDocument['programs']): PolicyDocument {
  const any: ProgramDocument = { kind: 'ladder', tiers: [{ tier: 'all' }] };
  return { policy: 'shop', version: 1, measures, programs: { any, ...programs } };
}

function ranked(measures: PolicyDocument['measures'], program: Partial<ProgramDocument> = {}): PolicyDocument {
  const measure = Object.keys(measures)[0]!;
  return policy(measures, { value: { kind: 'ladder', by: 'pyramid', pyramid: { measure }, tiers, ...program } });
}

function compiled(document: PolicyDocument, ...alsoRank: PolicyDocument[]): Policy {
  const result = compilePolicy(document, { baseCurrencyDigits: 2, horizonDays: 800, kindIndex, topicAt, alsoRank });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

const keysOf = (document: PolicyDocument): readonly string[] => compiled(document).rankings.map(({ key }) => key);
const among = (...all: string[]) => ({ population: { among: { all } } });

describe('the key of a ranking', () => {
  it('names the measure, and is stored: it must never change', () => {
    expect(keysOf(ranked({ spend }))).toEqual(['spend-643c402fadaaee3e']);
  });

  it.each<[string, PolicyDocument, PolicyDocument]>([
    ['titles', ranked({ spend }), ranked({ spend: { ...spend, title: { en: 'Spend' } } })],
    ['order of fields', ranked({ spend }), ranked({ spend: { window: 'P365D', of: 'netSpend', op: 'sum' } })],
    [
      'a default that is said',
      ranked({ n: { op: 'count', of: 'purchase' } }),
      ranked({ n: { window: 'lifetime', op: 'count', of: 'purchase' } }),
    ],
    ['other measures', ranked({ spend }), ranked({ spend, calls: { op: 'count', of: 'interaction' } })],
    ['shares and cuts', ranked({ spend }), ranked({ spend }, { tiers: [{ ...tiers[0]!, share: '7' }, tiers[1]!] })],
    ['how often cuts are taken', ranked({ spend }), ranked({ spend }, { population: { deadBandPercent: 9 } })],
  ])('is the same whatever %s', (_what, one, other) => {
    expect(keysOf(one)).toEqual(keysOf(other));
  });

  it.each<[string, PolicyDocument, PolicyDocument]>([
    ['the window', ranked({ spend }), ranked({ spend: { ...spend, window: 'P90D' } })],
    ['who is ranked', ranked({ spend }), ranked({ spend }, among('spend > 0'))],
    [
      'what that is read of',
      ranked({ spend, n: { op: 'count', of: 'purchase' } }, among('n >= 1')),
      ranked({ spend, n: { op: 'count', of: 'interaction' } }, among('n >= 1')),
    ],
    [
      'a measure behind',
      ranked({ s: { op: 'score', measure: 'spend', better: 'more', cuts: ['1'] }, spend }),
      ranked({ s: { op: 'score', measure: 'spend', better: 'more', cuts: ['1'] }, spend: { ...spend, window: 'P1D' } }),
    ],
    ['the lines of a scorecard', byScorecard('40'), byScorecard('50')],
  ])('is another one with another %s', (_what, one, other) => {
    expect(keysOf(one)).not.toEqual(keysOf(other));
    expect(keysOf(one)[0]!.split('-')[0]).toBe(keysOf(other)[0]!.split('-')[0]);
  });
});

function byScorecard(least: string): PolicyDocument {
  const account: ProgramDocument = {
    kind: 'ladder',
    by: 'scorecard',
    scorecard: [{ measure: 'spend', weight: 1, points: [{ when: `>= ${least}`, points: 100 }] }],
    tiers: [{ tier: 'A', from: '80' }, { tier: 'B' }],
  };
  const value: ProgramDocument = { kind: 'ladder', by: 'pyramid', pyramid: { measure: 'account.score' }, tiers };
  return policy({ spend }, { account, value });
}

describe('a policy', () => {
  it('keeps one ranking for all programs that rank the same', () => {
    const document = ranked({ spend });
    const twice = { ...document, programs: { ...document.programs, again: document.programs.value! } };
    expect(compiled(twice).rankings).toHaveLength(1);
  });

  it('ranks a mean by what is whole in it, so that it reaches the cut that it is ranked at', () => {
    const mean = compiled(ranked({ mean: { op: 'mean', of: 'purchase.amount' } }));
    const amounts = [100, 101, 101].map(amountBaseMinor => factOf('PurchaseRecorded', day, { amountBaseMinor }));
    expect(rankValueOf(customerOn(day, mean, ...amounts), mean.rankings[0]!)).toBe(100);
  });

  it('ranks nobody whose measure is missing, or who is not among them', () => {
    const mean = compiled(ranked({ mean: { op: 'mean', of: 'purchase.amount' } }));
    expect(rankValueOf(customerOn(day, mean), mean.rankings[0]!)).toBeNull();
    const few = compiled(ranked({ spend }, among('spend > 20')));
    const customer = customerOn(day, few, factOf('PurchaseRecorded', day, { amountBaseMinor: 2000 }));
    expect(rankValueOf(customer, few.rankings[0]!)).toBeNull();
  });
});

describe('rankings kept along', () => {
  const others = ranked(
    {
      recent: { op: 'sum', of: 'netSpend', window: 'P30D' },
      quiet: { op: 'since', of: 'purchase' },
      unused: { op: 'count', of: 'refund', window: 'P7D' },
    },
    among('quiet < 20'),
  );

  it('follow the own ones, each key once', () => {
    const both = compiled(ranked({ spend }), ranked({ spend }), others, others, plain);
    expect(both.rankings.map(({ measure }) => measure)).toEqual(['spend', 'recent']);
    expect(both.ownRankings).toBe(1);
    expect(both.rankings[1]!.key).toBe(keysOf(others)[0]);
  });

  it('bring the windows and deadlines that they need, and no more', () => {
    const along = compiled(plain, others);
    expect(along.windows).toEqual([{ kind: 'rolling', days: 30, previous: false }]);
    expect(along.crossings.map(({ offsetDays }) => offsetDays)).toEqual([20]);
    const customer = customerOn(day, along, factOf('PurchaseRecorded', day));
    expect(nextDeadline(customer, along)).toBe(day + 20);
    expect(rankValueOf(customer, along.rankings[0]!)).toBe(1000);
  });

  it('count the days on which a hidden measure changes by itself', () => {
    const windowed = ranked({ spend, seen: { op: 'since', of: 'complaint', window: 'P7D' } }, among('seen >= 0'));
    const along = compiled(plain, windowed);
    const customer = customerOn(day, along, factOf('FeedbackReceived', day, { complaint: true }));
    expect(nextDeadline(customer, along)).toBe(day + 7);
    const years = compiled(plain, ranked({ years: { op: 'years', of: 'customer' } }));
    expect(years.readsBeginning).toBe(true);
    expect(nextDeadline(customerOn(day, years, factOf('PurchaseRecorded', day)), years)).toBeLessThan(day + 367);
  });

  it('may be by a score that another program makes', () => {
    const along = compiled(plain, byScorecard('5.00'));
    const customer = customerOn(day, along, factOf('PurchaseRecorded', day));
    expect(rankValueOf(customer, along.rankings[0]!)).toBe(10_000);
    expect(along.rankings[0]!.key).toBe(keysOf(byScorecard('5.00'))[0]);
  });

  it('are never visible, and decide nothing', () => {
    const along = compiled(plain, others);
    expect(along.measures).toEqual(compiled(plain).measures);
    expect(along.programs).toEqual(compiled(plain).programs);
    const views = [along, compiled(plain)].map(each => {
      const customer = customerOn(day, each, factOf('PurchaseRecorded', day));
      evaluate(
        customer,
        each,
        { cause: 'facts', recordedAt: 0, correction: false, trigger: null, policyHash: '', horizonDay: 0 },
        () => {},
      );
      return viewOf(customer, each);
    });
    expect(views[0]).toBe(views[1]);
  });
});
