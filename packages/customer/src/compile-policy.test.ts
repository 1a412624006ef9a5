import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile-policy.ts';
import type { Comparison, Condition, Policy, PolicyProblemCode } from './policy.ts';
import type { MeasureDocument, PolicyDocument, ProgramDocument, TierDocument } from './policy-document.ts';

const kinds = ['other', 'call'];
const options = {
  baseCurrencyDigits: 2,
  horizonDays: 400,
  kindIndex: (kind: string) => {
    if (!kinds.includes(kind)) kinds.push(kind);
    return kinds.indexOf(kind);
  },
  topicAt: String,
};

const spend: MeasureDocument = { op: 'sum', of: 'netSpend', window: 'P30D' };

function documentWith(changes: Partial<PolicyDocument>): PolicyDocument {
  return {
    policy: 'shop',
    version: 1,
    measures: { spend },
    programs: { loyalty: ladderOf('spend >= 10.00') },
    ...changes,
  };
}

function ladderOf(...conditions: string[]): ProgramDocument {
  return { kind: 'ladder', tiers: [{ tier: 'gold', when: { all: conditions } }, { tier: 'basic' }] };
}

function withMeasure(measure: unknown): PolicyDocument {
  return documentWith({ measures: { spend, other: measure as MeasureDocument } });
}

function withTiers(...tiers: TierDocument[]): PolicyDocument {
  return documentWith({ programs: { loyalty: { kind: 'ladder', tiers } } });
}

function withConditions(...conditions: string[]): PolicyDocument {
  return documentWith({ programs: { loyalty: ladderOf(...conditions) } });
}

const gold: TierDocument = { tier: 'gold', when: { all: ['spend >= 10'] } };
const basic: TierDocument = { tier: 'basic' };
const at = ['programs', 'loyalty', 'tiers'];
const firstCondition = [...at, 0, 'when', 'all', 0];
const many = <T>(count: number, entry: (n: number) => [string, T]): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => entry(n)));
const nested = (depth: number): TierDocument['when'] =>
  depth === 1 ? { all: ['spend > 0'] } : { any: [nested(depth - 1)!] };

describe('every problem is told with its place', () => {
  it.each<[PolicyProblemCode, string, PolicyDocument, readonly (string | number)[]]>([
    ['badName', 'a policy', documentWith({ policy: '9lives' }), ['policy']],
    ['badName', 'a measure', documentWith({ measures: { spend, 'a b': spend } }), ['measures', 'a b']],
    ['badName', 'a program', documentWith({ programs: { 'x|y': ladderOf('spend > 1') } }), ['programs', 'x|y']],
    ['badName', 'a tier', withTiers({ ...gold, tier: '"gold"' }, basic), [...at, 0, 'tier']],
    ['badName', 'a tier that means no tier', withTiers({ ...gold, tier: 'none' }, basic), [...at, 0, 'tier']],
    ['badName', 'a name of 41 letters', documentWith({ policy: 'x'.repeat(41) }), ['policy']],
    ['duplicateName', 'a tier', withTiers(gold, gold, basic), [...at, 1, 'tier']],
    ['badVersion', 'zero', documentWith({ version: 0 }), ['version']],
    ['badVersion', 'a fraction', documentWith({ version: 1.5 }), ['version']],
    ['badOp', 'a sum of purchases', withMeasure({ op: 'sum', of: 'purchase' }), ['measures', 'other', 'op']],
    ['badOp', 'of nothing known', withMeasure({ op: 'sum', of: 'moon' }), ['measures', 'other', 'op']],
    ['badWindow', 'weeks', withMeasure({ ...spend, window: 'P4W' }), ['measures', 'other', 'window']],
    ['badWindow', 'no days', withMeasure({ ...spend, window: 'P0D' }), ['measures', 'other', 'window']],
    ['beyondHorizon', 'a window', withMeasure({ ...spend, window: 'P370D' }), ['measures', 'other', 'window']],
    ['badKind', 'of purchases', withMeasure({ ...spend, kind: 'call' }), ['measures', 'other', 'kind']],
    ['badCondition', 'no comparison', withConditions('spend'), firstCondition],
    [
      'badCondition',
      'an instant',
      documentWith({
        measures: { spend, seen: { op: 'last', of: 'purchase' } },
        programs: { loyalty: ladderOf('seen > 5') },
      }),
      firstCondition,
    ],
    ['unknownMeasure', 'in a condition', withConditions('spent >= 10'), firstCondition],
    ['badThreshold', 'too many decimals', withConditions('spend >= 10.001'), firstCondition],
    ['badThreshold', 'no number', withConditions('spend >= ten'), firstCondition],
    ['missingDefault', 'a ladder', withTiers(gold), [...at, 0, 'when']],
    ['unreachableTier', 'after one for everybody', withTiers(basic, { tier: 'last' }), [...at, 0]],
    ['tooMany', 'measures', documentWith({ measures: { spend, ...many(100, n => [`m${n}`, spend]) } }), ['measures']],
    ['tooMany', 'programs', documentWith({ programs: many(21, n => [`p${n}`, ladderOf('spend > 0')]) }), ['programs']],
    ['tooMany', 'tiers', withTiers(...Object.values(many(30, n => [`${n}`, { ...gold, tier: `t${n}` }])), basic), at],
    ['tooMany', 'conditions', withConditions(...new Array<string>(21).fill('spend > 0')), [...at, 0, 'when', 'all']],
    [
      'tooMany',
      'levels of conditions',
      withTiers({ tier: 'gold', when: nested(5)! }, basic),
      [...at, 0, 'when', 'any', 0, 'any', 0, 'any', 0, 'any', 0],
    ],
    [
      'empty',
      'measures',
      documentWith({ measures: {}, programs: { loyalty: { kind: 'ladder', tiers: [basic] } } }),
      ['measures'],
    ],
    ['empty', 'programs', documentWith({ programs: {} }), ['programs']],
    ['empty', 'tiers', withTiers(), at],
    ['empty', 'conditions', withConditions(), [...at, 0, 'when', 'all']],
  ])('%s: %s', (code, _what, document, path) => {
    const result = compilePolicy(document, options);
    const problems = result.ok ? [] : result.problems.map(({ code, path }) => ({ code, path }));
    expect(problems).toEqual([{ code, path }]);
    for (const { message, remedy } of result.ok ? [] : result.problems) {
      expect(message).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$|>= 5000\.00$/);
    }
  });

  it('tells all of them at once', () => {
    const result = compilePolicy(
      documentWith({ version: -1, programs: { loyalty: ladderOf('spend', 'a > 1') } }),
      options,
    );
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual([
      'badVersion',
      'badCondition',
      'unknownMeasure',
    ]);
  });
});

describe('a compiled policy', () => {
  function compiled(document: PolicyDocument): Policy {
    const result = compilePolicy(document, options);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.policy;
  }

  function comparisonsOf(condition: Condition | null): Comparison[] {
    if (condition === null) return [];
    return condition.kind === 'comparison' ? [condition] : condition.conditions.flatMap(comparisonsOf);
  }

  it('takes names in any script', () => {
    const { programs } = compiled({
      policy: '零售',
      version: 3,
      measures: { 消费额: spend },
      programs: {
        会员: { kind: 'ladder', tiers: [{ tier: '金卡', when: { all: ['消费额 >= 10'] } }, { tier: '普卡' }] },
      },
    });
    expect(programs[0]!.tiers.map(({ name }) => name)).toEqual(['金卡', '普卡']);
  });

  it('keeps thresholds as integers of the measure', () => {
    const measures: Record<string, MeasureDocument> = {
      spend,
      visits: { op: 'count', of: 'interaction', kind: 'visit' },
      score: { op: 'mean', of: 'feedback.score' },
      answer: { op: 'mean', of: 'interaction.responseSeconds' },
      waited: { op: 'sum', of: 'interaction.responseSeconds' },
      quiet: { op: 'since', of: 'purchase' },
    };
    const conditions = ['spend >= 12.5', 'visits > 3', 'score < 66.67', 'answer <= 0.5', 'waited == 90', 'quiet < 30'];
    const policy = compiled(documentWith({ measures, programs: { loyalty: ladderOf(...conditions) } }));
    const comparisons = comparisonsOf(policy.programs[0]!.tiers[0]!.when);
    expect(comparisons.map(({ threshold }) => threshold)).toEqual([1250, 3, 6667, 50, 90, 30]);
    expect(comparisons.map(({ text }) => text)).toEqual(['12.5', '3', '66.67', '0.5', '90', '30']);
    expect(policy.measures.map(({ digits }) => digits)).toEqual([2, 0, 2, 2, 0, 0]);
    expect(policy.crossings.map(({ offsetDays }) => offsetDays)).toEqual([30]);
  });

  it('shares an accumulator between measures, and has none for lifetime', () => {
    const policy = compiled(
      documentWith({
        measures: {
          spend,
          gross: { op: 'sum', of: 'purchase.amount', window: 'P30D' },
          basket: { op: 'mean', of: 'purchase.amount', window: 'P30D' },
          year: { op: 'sum', of: 'purchase.amount', window: 'P365D' },
          ever: { op: 'sum', of: 'purchase.amount' },
          always: { op: 'count', of: 'purchase', window: 'lifetime' },
        },
      }),
    );
    expect(policy.windows).toMatchObject([{ days: 30 }, { days: 365 }]);
    // Amount, refunds and count of 30 days; amount of 365.
    expect(policy.accumulators).toBe(4);
  });
});

describe('a document made of mistakes', () => {
  it('is told of in few words', () => {
    const measures = many(3000, n => [`m${n}`, spend]);
    const conditions = Array.from({ length: 30_000 }, (_, n) => `x${n} > 1`);
    const documents = [
      documentWith({ measures, programs: { loyalty: ladderOf(...conditions) } }),
      withConditions(...conditions),
      documentWith({ programs: many(3000, n => [`p${n}`, ladderOf(...conditions.slice(0, 20))]) }),
    ];
    for (const document of documents) {
      const result = compilePolicy(document, options);
      expect(result.ok || JSON.stringify(result.problems).length).toBeLessThan(100_000);
      expect(result.ok || result.problems.length).toBeGreaterThan(0);
    }
  });
});

it('a program has so few conditions in all that a change can tell of each', () => {
  const twenty = Array.from({ length: 20 }, () => 'spend >= 10.00');
  const fourHundred = { any: Array.from({ length: 20 }, () => ({ all: twenty })) };
  const tiersOf = (count: number) => Array.from({ length: count }, (_, n) => ({ tier: `t${n}`, when: fourHundred }));
  expect(compilePolicy(withTiers(...tiersOf(2), basic), options).ok).toBe(true);
  expect(compilePolicy(withTiers(...tiersOf(3), basic), options)).toMatchObject({
    problems: [{ code: 'tooMany', path: at, message: '1200 conditions are too many.' }],
  });
});
