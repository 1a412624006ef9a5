import { describe, expect, it, test } from 'vitest';
import { compilePolicy } from './compile-policy.ts';
import type { Condition, Policy } from './policy.ts';
import type { MeasureDocument, PolicyDocument, ProgramDocument } from './policy-document.ts';

const measures: Record<string, MeasureDocument> = {
  spend: { op: 'sum', of: 'netSpend', window: 'P365D' },
  orders: { op: 'count', of: 'purchase', window: 'P365D' },
  silence: { op: 'since', of: 'purchase' },
  satisfaction: { op: 'mean', of: 'feedback.score', window: 'P180D' },
};

function compile(programs: Record<string, ProgramDocument>) {
  const document: PolicyDocument = { policy: 'shop', version: 1, measures, programs };
  return compilePolicy(document, { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: () => '' });
}

function compiled(programs: Record<string, ProgramDocument>): Policy {
  const result = compile(programs);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

/** As somebody would write it. */
function written(condition: Condition | null, policy: Policy): string | null {
  if (condition === null) return null;
  if (condition.kind !== 'comparison') {
    const parts = condition.conditions.map(part => written(part, policy));
    return parts.length === 1 ? parts[0]! : `${condition.kind}(${parts.join(', ')})`;
  }
  return `${policy.measures[condition.measure]!.name} ${condition.operator} ${condition.text} (${condition.threshold})`;
}

function tiersOf(policy: Policy, program = 0): (string | null)[][] {
  return policy.programs[program]!.tiers.map(({ name, when }) => [name, written(when, policy)]);
}

describe('a scorecard', () => {
  const program: ProgramDocument = {
    kind: 'ladder',
    by: 'scorecard',
    scorecard: [
      {
        measure: 'spend',
        weight: 3,
        points: [
          { when: '>= 300.00', points: 40 },
          { when: '>= 1000', points: 100 },
        ],
      },
      { measure: 'silence', weight: 1, points: [{ when: '<= 30', points: 100 }] },
    ],
    tiers: [{ tier: 'A', from: '80' }, { tier: 'B', from: '49.50', when: { all: ['orders >= 2'] } }, { tier: 'C' }],
  };

  it('is a measure of its own, which the tiers ask for', () => {
    const policy = compiled({ value: program });
    expect(policy.measures.map(({ name }) => name)).toEqual([...Object.keys(measures), 'value.score']);
    expect(policy.measures[4]).toMatchObject({
      op: 'scorecard',
      unit: 'percent',
      digits: 2,
      window: null,
      windowText: null,
      parts: [
        {
          measure: 0,
          weight: 3,
          lines: [
            { when: { kind: 'comparison', measure: 0, operator: '>=', threshold: 30_000 }, points: 40 },
            { when: { kind: 'comparison', measure: 0, operator: '>=', threshold: 100_000 }, points: 100 },
          ],
        },
        { measure: 2, weight: 1, lines: [{ when: { operator: '<=', threshold: 30 }, points: 100 }] },
      ],
    });
    expect(tiersOf(policy)).toEqual([
      ['A', 'value.score >= 80 (8000)'],
      ['B', 'all(value.score >= 49.50 (4950), orders >= 2 (2))'],
      ['C', null],
    ]);
  });

  it('is incomplete where a part of it is missing, and due where a line is crossed by time', () => {
    const policy = compiled({ value: program });
    expect(policy.programs[0]!.measures).toEqual([4, 0, 2, 1]);
    expect(policy.crossings.map(({ offsetDays }) => offsetDays)).toEqual([31]);
  });

  it('is eased as other numbers are', () => {
    const policy = compiled({ value: { ...program, hysteresisPercent: 5 } });
    expect(written(policy.programs[0]!.tiers[0]!.keep, policy)).toBe('value.score >= 76.00 (7600)');
  });

  it('can be asked for by any program, and by a short name in its own', () => {
    const policy = compiled({
      account: { kind: 'segment', tiers: [{ tier: 'risk', when: { all: ['value.score < 20'] } }] },
      value: { ...program, tiers: [{ tier: 'A', when: { all: ['score >= 80'] } }, { tier: 'C' }] },
    });
    expect(tiersOf(policy)).toEqual([['risk', 'value.score < 20 (2000)']]);
    expect(tiersOf(policy, 1)).toEqual([
      ['A', 'value.score >= 80 (8000)'],
      ['C', null],
    ]);
  });
});

describe('a matrix', () => {
  const program: ProgramDocument = {
    kind: 'segment',
    by: 'matrix',
    axes: {
      value: { measure: 'spend', levels: ['low', 'medium', 'high'], cuts: ['300.00', '1500.00'] },
      potential: { measure: 'orders', levels: ['few', 'many'], cuts: ['5'] },
    },
    tiers: [
      { tier: 'star', at: ['high', 'many'] },
      { tier: 'grow', at: ['medium', 'many'] },
      { tier: 'keep', at: ['high', 'any'] },
      { tier: 'poor', at: ['low', 'few'] },
      { tier: 'others', at: ['any', 'any'] },
    ],
  };

  it('has a band of each axis as the conditions of a cell', () => {
    expect(tiersOf(compiled({ account: program }))).toEqual([
      ['star', 'all(spend >= 1500.00 (150000), orders >= 5 (5))'],
      ['grow', 'all(spend >= 300.00 (30000), spend < 1500.00 (150000), orders >= 5 (5))'],
      ['keep', 'spend >= 1500.00 (150000)'],
      ['poor', 'all(spend < 300.00 (30000), orders < 5 (5))'],
      ['others', null],
    ]);
  });

  it('takes who has no value on an axis into any', () => {
    const axes = { ...program.axes!, value: { measure: 'satisfaction', levels: ['low', 'high'], cuts: ['60'] } };
    const cells = ['low', 'high'].map(level => ({ tier: level, at: [level, 'any'] as [string, string] }));
    const tiers = [...cells, { tier: 'unknown', at: ['any', 'many'] as [string, string] }];
    expect(compile({ account: { ...program, axes, tiers } }).ok).toBe(true);
    const again = { tier: 'again', at: ['any', 'many'] as [string, string] };
    expect(compile({ account: { ...program, axes, tiers: [...tiers, again] } })).toMatchObject({
      problems: [{ code: 'unreachableTier' }],
    });
  });

  it('may be ranked', () => {
    const ladder: ProgramDocument = {
      ...program,
      kind: 'ladder',
      tiers: [
        { tier: 'VIP', at: ['high', 'many'] },
        { tier: 'core', at: ['high', 'any'] },
        { tier: 'base', at: ['any', 'any'] },
      ],
    };
    expect(tiersOf(compiled({ account: ladder })).at(-1)).toEqual(['base', null]);
  });

  it('becomes due where an axis counts days', () => {
    const axes = { ...program.axes!, value: { measure: 'silence', levels: ['fresh', 'stale'], cuts: ['90'] } };
    const policy = compiled({ account: { ...program, axes, tiers: [{ tier: 'stale', at: ['stale', 'any'] }] } });
    expect(policy.crossings.map(({ offsetDays }) => offsetDays)).toEqual([90]);
  });
});

describe('rfm', () => {
  const byMean: ProgramDocument = {
    kind: 'segment',
    by: 'rfm',
    rfm: {
      recency: { measure: 'silence', mean: '87.24' },
      frequency: { measure: 'orders', mean: '4.16' },
      monetary: { measure: 'spend', mean: '1877.45' },
    },
  };
  const byScore: ProgramDocument = {
    kind: 'segment',
    by: 'rfm',
    rfm: {
      recency: { measure: 'silence', cuts: ['169', '67', '30', '11'], highFrom: 4 },
      frequency: { measure: 'orders', cuts: ['2', '3', '4', '6'], highFrom: 4 },
      monetary: { measure: 'spend', cuts: ['236.78', '467.98', '911.15', '1990.28'], highFrom: 3 },
    },
  };

  it('has the eight types with their usual names', () => {
    const [program] = compiled({ rfm: byMean }).programs;
    expect(program!.tiers.map(({ name, title }) => [name, title!.zh])).toEqual([
      ['rfm.111', '重要价值客户'],
      ['rfm.110', '一般价值客户'],
      ['rfm.101', '重要发展客户'],
      ['rfm.100', '一般发展客户'],
      ['rfm.011', '重要保持客户'],
      ['rfm.010', '一般保持客户'],
      ['rfm.001', '重要挽留客户'],
      ['rfm.000', '一般挽留客户'],
    ]);
  });

  it('compares a mean with the measure itself, whole numbers with the next whole number', () => {
    const policy = compiled({ rfm: byMean });
    expect(tiersOf(policy)[0]).toEqual([
      'rfm.111',
      'all(silence <= 87.24 (87), orders >= 4.16 (5), spend >= 1877.45 (187745))',
    ]);
    expect(tiersOf(policy)[7]).toEqual([
      'rfm.000',
      'all(silence > 87.24 (87), orders < 4.16 (5), spend < 1877.45 (187745))',
    ]);
    expect(policy.measures).toHaveLength(4);
    expect(policy.crossings.map(({ offsetDays }) => offsetDays)).toEqual([88]);
  });

  it('makes scores of fixed cuts', () => {
    const policy = compiled({ rfm: byScore });
    expect(policy.measures.slice(4)).toMatchObject([
      { name: 'rfm.r', op: 'score', measure: 2, better: 'less', cuts: [169, 67, 30, 11] },
      { name: 'rfm.f', op: 'score', measure: 1, better: 'more', cuts: [2, 3, 4, 6] },
      { name: 'rfm.m', op: 'score', measure: 0, better: 'more', cuts: [23_678, 46_798, 91_115, 199_028] },
    ]);
    expect(tiersOf(policy)[2]).toEqual(['rfm.101', 'all(rfm.r >= 4 (4), rfm.f < 4 (4), rfm.m >= 3 (3))']);
    expect(policy.crossings.map(({ offsetDays }) => offsetDays)).toEqual([170, 68, 31, 12]);
    expect(policy.programs[0]!.measures).toEqual([4, 2, 5, 1, 6, 0]);
  });

  it('takes tiers of its own: by the scores, or with another title', () => {
    const policy = compiled({
      rfm: {
        ...byScore,
        tiers: [
          { tier: 'champions', when: { all: ['r >= 5', 'rfm.f >= 5', 'm >= 5'] } },
          { tier: 'rfm.111', title: { en: 'Best', zh: '高价值' } },
          { tier: 'rfm.011' },
          { tier: 'rest' },
        ],
      },
    });
    expect(tiersOf(policy)).toEqual([
      ['champions', 'all(rfm.r >= 5 (5), rfm.f >= 5 (5), rfm.m >= 5 (5))'],
      ['rfm.111', 'all(rfm.r >= 4 (4), rfm.f >= 4 (4), rfm.m >= 3 (3))'],
      ['rfm.011', 'all(rfm.r < 4 (4), rfm.f >= 4 (4), rfm.m >= 3 (3))'],
      ['rest', null],
    ]);
    expect(policy.programs[0]!.tiers.map(({ title }) => title?.zh)).toEqual([
      undefined,
      '高价值',
      '重要保持客户',
      undefined,
    ]);
  });

  it('prefers a measure that is called like a short name', () => {
    const result = compilePolicy(
      {
        policy: 'shop',
        version: 1,
        measures: { ...measures, r: measures.spend! },
        programs: { rfm: { ...byScore, tiers: [{ tier: 'rich', when: { all: ['r >= 100.00', 'rfm.r >= 2'] } }] } },
      },
      { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: () => '' },
    );
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(tiersOf(result.policy)).toEqual([['rich', 'all(r >= 100.00 (10000), rfm.r >= 2 (2))']]);
  });
});

test('what is written of a segment that demotes now compiles as ever', () => {
  const policy = compiled({ value: { kind: 'segment', demote: 'now', tiers: [{ tier: 'all' }] } });
  expect(policy.programs[0]).toMatchObject({ movement: null, warnings: null, exit: null });
});
