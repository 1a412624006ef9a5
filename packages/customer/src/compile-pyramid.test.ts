import { describe, expect, it, test } from 'vitest';
import { compilePolicy } from './compile-policy.ts';
import type { CalibratedProgram, ThresholdsCalibrated } from './events.ts';
import type { Condition, Policy } from './policy.ts';
import type { PolicyDocument, ProgramDocument, TierDocument } from './policy-document.ts';
import { topShares } from './population/top-shares.ts';
import { withCuts } from './with-cuts.ts';

const measures: PolicyDocument['measures'] = {
  spend: { op: 'sum', of: 'netSpend', window: 'P365D' },
  orders: { op: 'count', of: 'purchase', window: 'P365D' },
  silence: { op: 'since', of: 'purchase' },
};
const classes: readonly TierDocument[] = [
  { tier: 'top', share: '1', from: '1000.00' },
  { tier: 'large', share: '4', from: '500.00' },
  { tier: 'medium', share: '15', from: '100.00' },
];
const pyramid: ProgramDocument = {
  kind: 'ladder',
  by: 'pyramid',
  pyramid: { measure: 'spend' },
  population: { among: { all: ['orders >= 1'] } },
  tiers: [...classes, { tier: 'small', share: '80' }, { tier: 'inactive' }],
};
const rfm: ProgramDocument = {
  kind: 'segment',
  by: 'rfm',
  population: { scores: 'type7', deadBandPercent: 3, minCustomers: 40, minDays: 30 },
  rfm: {
    recency: { measure: 'silence', cuts: ['90', '60', '30', '10'], highFrom: 4 },
    frequency: { measure: 'orders', mean: '4.16' },
    monetary: { measure: 'spend', cuts: ['10', '20', '30', '40'], highFrom: 3 },
  },
};

function documentOf(programs: Record<string, ProgramDocument>): PolicyDocument {
  return { policy: 'shop', version: 2, measures, programs };
}

function compile(programs: Record<string, ProgramDocument>, calibrated?: ThresholdsCalibrated) {
  const options = { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: () => '', calibrated };
  return compilePolicy(documentOf(programs), options);
}

function compiled(programs: Record<string, ProgramDocument>, calibrated?: ThresholdsCalibrated): Policy {
  const result = compile(programs, calibrated);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

function written(condition: Condition | null, policy: Policy): string | null {
  if (condition === null) return null;
  if (condition.kind !== 'comparison') {
    const parts = condition.conditions.map(part => written(part, policy));
    return parts.length === 1 ? parts[0]! : `${condition.kind}(${parts.join(', ')})`;
  }
  return `${policy.measures[condition.measure]!.name} ${condition.operator} ${condition.text}`;
}

const whens = (policy: Policy): unknown[] => policy.programs[0]!.tiers.map(({ when }) => written(when, policy));

function cuts(programs: readonly CalibratedProgram[], rankings: ThresholdsCalibrated['rankings'] = []) {
  return {
    type: 'ThresholdsCalibrated',
    policyId: 'shop',
    policyVersion: 2,
    calibration: 7,
    day: 15_000,
    programs,
    rankings,
  } as const;
}

describe('a pyramid', () => {
  it('asks who is ranked, and for the cut of the tier', () => {
    const policy = compiled({ pyramid });
    expect(whens(policy)).toEqual([
      'all(orders >= 1, spend >= 1000.00)',
      'all(orders >= 1, spend >= 500.00)',
      'all(orders >= 1, spend >= 100.00)',
      'orders >= 1',
      null,
    ]);
  });

  it('tells how its cuts are found', () => {
    const policy = compiled({ pyramid });
    expect(policy.programs[0]!.population).toEqual({
      axes: [
        {
          axis: 'value',
          ranking: policy.rankings[0]!.key,
          better: 'more',
          digits: 2,
          method: { kind: 'shares', cumulativeShares: [100, 500, 2000] },
          cuts: ['1000.00', '500.00', '100.00'],
        },
      ],
      deadBandPercent: 1,
      minCustomers: 500,
      minDays: 180,
      calibrated: null,
    });
    expect(policy.rankings).toMatchObject([{ measure: 'spend', by: 'value', better: 'more', calibrated: null }]);
  });

  it('ranks everybody where nothing is said, and takes everybody at 100 %', () => {
    const { population: _, ...without } = pyramid;
    const policy = compiled({ pyramid: { ...without, tiers: [...classes, { tier: 'small', share: '80' }] } });
    expect(whens(policy)).toEqual(['spend >= 1000.00', 'spend >= 500.00', 'spend >= 100.00', null]);
    expect(policy.rankings[0]!.among).toBeNull();
  });

  it('has a cut for each share where the shares end before 100 %', () => {
    const policy = compiled({ pyramid: { ...pyramid, tiers: [...classes, { tier: 'rest' }] } });
    expect(whens(policy).slice(2)).toEqual(['all(orders >= 1, spend >= 100.00)', null]);
    expect(policy.programs[0]!.population!.axes[0]!.cuts).toHaveLength(3);
  });

  it('takes shares to a hundredth of a per cent, and narrows a tier by its own conditions', () => {
    const tiers = [{ ...classes[0]!, share: '0.25', when: { all: ['silence <= 30'] } }, { tier: 'rest' }];
    const policy = compiled({ pyramid: { ...pyramid, tiers } });
    expect(policy.programs[0]!.population!.axes[0]!.method).toEqual({ kind: 'shares', cumulativeShares: [25] });
    expect(whens(policy)[0]).toBe('all(all(orders >= 1, spend >= 1000.00), silence <= 30)');
  });

  it('is eased like any ladder', () => {
    const { tiers } = compiled({ pyramid: { ...pyramid, hysteresisPercent: 10 } }).programs[0]!;
    expect(tiers[0]!.keep).toMatchObject({ conditions: [{}, { text: '900.00' }] });
  });
});

describe('rfm against its population', () => {
  it('has the written cuts and the ways to find them', () => {
    const policy = compiled({ rfm });
    const [recency, frequency, monetary] = policy.programs[0]!.population!.axes;
    expect(recency).toMatchObject({
      better: 'less',
      method: { kind: 'type7', unit: 1 },
      cuts: ['90', '60', '30', '10'],
    });
    expect(frequency).toMatchObject({ better: 'more', method: { kind: 'mean' }, cuts: ['4.16'] });
    expect(monetary).toMatchObject({ better: 'more', digits: 2, method: { kind: 'type7', unit: 100 } });
    expect(policy.programs[0]!.population).toMatchObject({ deadBandPercent: 3, minCustomers: 40, minDays: 30 });
    expect(policy.rankings.map(({ measure, by }) => [measure, by])).toEqual([
      ['silence', 'lastDay'],
      ['orders', 'value'],
      ['spend', 'value'],
    ]);
  });

  it('scores by ties where nothing is said, and stays as it was without a population', () => {
    const { population: _, ...without } = rfm;
    expect(compiled({ rfm: { ...rfm, population: {} } }).programs[0]!.population!.axes[0]!.method.kind).toBe('ties');
    const fixed = compiled({ rfm: without });
    expect(fixed.programs[0]!.population).toBeNull();
    expect(fixed.rankings).toEqual([]);
    expect(whens(fixed)).toEqual(whens(compiled({ rfm })));
  });

  it('does not ask who is ranked of a tier', () => {
    const among = { all: ['orders >= 5'] };
    expect(whens(compiled({ rfm: { ...rfm, population: { among } } }))).toEqual(whens(compiled({ rfm })));
  });
});

describe('cuts that were taken', () => {
  const taken: CalibratedProgram = {
    program: 'pyramid',
    size: 4264,
    axes: [{ axis: 'value', cuts: ['2000.00', '800.00', '800.00'] }],
  };

  it('are in force instead of the written ones, equal ones too', () => {
    const policy = compiled({ pyramid, rfm }, cuts([taken]));
    expect(whens(policy).slice(0, 3)).toEqual([
      'all(orders >= 1, spend >= 2000.00)',
      'all(orders >= 1, spend >= 800.00)',
      'all(orders >= 1, spend >= 800.00)',
    ]);
    expect(policy.calibration).toBe(7);
    expect(policy.programs.map(({ population }) => population!.calibrated)).toEqual([
      { day: 15_000, size: 4264 },
      null,
    ]);
    expect(policy.programs[0]!.population!.axes[0]!.cuts).toEqual(['2000.00', '800.00', '800.00']);
  });

  it('of rfm are means and scores', () => {
    const axes = [
      { axis: 'recency', cuts: ['80', '50', '50', '9'] },
      { axis: 'frequency', cuts: ['6'] },
      { axis: 'monetary', cuts: ['1.00', '2.00', '3.00', '4.00'] },
    ] as const;
    const calibrated = cuts([{ program: 'rfm', size: 50, axes }]);
    const policy = compiled({ rfm }, calibrated);
    expect(policy.measures.filter(({ op }) => op === 'score')).toMatchObject([
      { name: 'rfm.r', cuts: [80, 50, 50, 9] },
      { name: 'rfm.m', cuts: [100, 200, 300, 400] },
    ]);
    expect(whens(policy)[0]).toBe('all(rfm.r >= 4, orders >= 6, rfm.m >= 3)');
    const compiledAgain = compilePolicy(withCuts(documentOf({ rfm }), calibrated), {
      baseCurrencyDigits: 2,
      horizonDays: 800,
      kindIndex: () => 0,
      topicAt: () => '',
    });
    // Cuts that a person writes must be told apart; these were taken.
    expect(compiledAgain.ok).toBe(false);
  });

  it('bring the places of the ranking along', () => {
    const [{ key }] = compiled({ pyramid }).rankings as [Policy['rankings'][number]];
    const topValues = topShares.map(share => 1000 - share);
    const policy = compiled({ pyramid }, cuts([], [{ ranking: key, size: 600, topValues }]));
    expect(policy.rankings[0]!.calibrated).toEqual({ day: 15_000, size: 600, topValues });
    expect(policy.programs[0]!.population!.calibrated).toBeNull();
  });

  test.each<[string, Partial<ThresholdsCalibrated>, string]>([
    ['of another version', { policyVersion: 3 }, 'those of shop version 3'],
    ['of another policy', { policyId: 'bank' }, 'those of bank version 2'],
    ['of an unknown program', { programs: [{ ...taken, program: 'tower' }] }, 'no program that follows'],
    ['of an object’s own', { programs: [{ ...taken, program: 'constructor' }] }, 'no program that follows'],
    ['of a fixed program', { programs: [{ ...taken, program: 'fixed' }] }, 'no program that follows'],
    ['twice', { programs: [taken, taken] }, 'twice'],
    ['too few', { programs: [{ ...taken, axes: [{ axis: 'value', cuts: ['9', '8'] }] }] }, 'and it has value (3)'],
    ['too many', { programs: [{ ...taken, axes: [{ axis: 'value', cuts: ['9', '8', '7', '6'] }] }] }, 'Remove from'],
    ['of no axis', { programs: [{ ...taken, axes: [] }] }, 'cuts for no axis of pyramid'],
    ['of another axis', { programs: [{ ...taken, axes: [{ axis: 'recency', cuts: ['9'] }] }] }, 'recency (1)'],
    ['that are no numbers', { programs: [{ ...taken, axes: [{ axis: 'value', cuts: ['9', 'x', '7'] }] }] }, 'a number'],
    ['upside down', { programs: [{ ...taken, axes: [{ axis: 'value', cuts: ['7', '8', '9'] }] }] }, 'never reached'],
    ['of an unknown ranking', { rankings: [{ ranking: 'x-1', size: 3, topValues: [] }] }, 'which is not kept'],
  ])('do not fit: %s', (_what, difference, says) => {
    const fixed: ProgramDocument = { kind: 'ladder', tiers: [{ tier: 'all' }] };
    const result = compile({ pyramid, fixed }, { ...cuts([taken]), ...difference });
    if (result.ok) throw new Error('They were taken.');
    expect(result.problems.map(({ message, remedy }) => `${message} ${remedy}`).join('\n')).toContain(says);
  });
});
