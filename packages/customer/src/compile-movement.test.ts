import { describe, expect, it, test } from 'vitest';
import { compilePolicy } from './compile-policy.ts';
import type { Comparison, Movement, Program } from './policy.ts';
import type { PolicyDocument, ProgramDocument } from './policy-document.ts';

function documentOf(program: Partial<ProgramDocument>): PolicyDocument {
  return {
    policy: 'shop',
    version: 1,
    measures: {
      spend: { op: 'sum', of: 'netSpend', window: 'P365D' },
      orders: { op: 'count', of: 'purchase', window: 'P90D' },
      silence: { op: 'since', of: 'purchase' },
    },
    programs: {
      value: {
        kind: 'ladder',
        tiers: [
          { tier: 'gold', when: { all: ['spend >= 1000.05', 'silence <= 90', 'orders != 7'] } },
          { tier: 'silver', when: { any: ['spend > 300.00', 'orders == 3'] } },
          { tier: 'bronze' },
        ],
        ...program,
      },
    },
  };
}

function compile(document: PolicyDocument) {
  return compilePolicy(document, { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: String });
}

function programOf(program: Partial<ProgramDocument>): Program {
  const result = compile(documentOf(program));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy.programs[0]!;
}

const defaults: Movement = {
  demote: 'now',
  depth: 'fit',
  graceDays: 0,
  minTenureDays: 0,
  confirmDays: 1,
  validity: null,
  refunds: 'unearned',
};

describe('a ladder', () => {
  test.each<[string, Partial<ProgramDocument>]>([
    ['without a word about movement', {}],
    ['that demotes now', { demote: 'now' }],
    ['that writes the defaults out', { depth: 'fit', graceDays: 0, minTenureDays: 0, confirmDays: 1 }],
    ['with no hysteresis', { hysteresisPercent: 0 }],
  ])('%s follows the numbers', (_what, program) => {
    expect(programOf(program).movement).toBeNull();
  });

  test.each<[Partial<ProgramDocument>, Partial<Movement>]>([
    [{ refunds: 'unearned' }, {}],
    [{ refunds: 'immediate' }, { refunds: 'immediate' }],
    [{ graceDays: 30 }, { graceDays: 30 }],
    [{ confirmDays: 2 }, { confirmDays: 2 }],
    [
      { minTenureDays: 30, depth: 'oneLevel' },
      { minTenureDays: 30, depth: 'oneLevel' },
    ],
    [{ hysteresisPercent: 10 }, {}],
    [
      { demote: 'atExpiry', validity: 'P365D' },
      { demote: 'atExpiry', validity: { kind: 'days', days: 365 } },
    ],
  ])('with %j is guarded', (program, movement) => {
    expect(programOf(program).movement).toEqual({ ...defaults, ...movement });
  });

  it('has no warnings unless it says so', () => {
    expect(programOf({}).warnings).toBeNull();
    expect(programOf({ warnings: { expiringDays: [7, 30, 1] } }).warnings).toEqual({
      expiringDays: [30, 7, 1],
      approaching: null,
    });
    expect(programOf({ warnings: { approaching: {} } }).warnings).toEqual({
      expiringDays: [],
      approaching: { withinPercent: 10, coolDownDays: 7 },
    });
  });
});

describe('hysteresis', () => {
  const comparisonsOf = (program: Program, tier: number, side: 'when' | 'keep') => {
    const condition = program.tiers[tier]![side];
    return condition === null || condition.kind === 'comparison' ? [] : (condition.conditions as Comparison[]);
  };

  it('lowers what must be reached and raises what must not be passed, in the minor unit', () => {
    const program = programOf({ hysteresisPercent: 10 });
    const texts = (tier: number, side: 'when' | 'keep') =>
      comparisonsOf(program, tier, side).map(({ operator, text, threshold }) => [operator, text, threshold]);
    expect(texts(0, 'when')).toEqual([
      ['>=', '1000.05', 100_005],
      ['<=', '90', 90],
      ['!=', '7', 7],
    ]);
    // A tenth of 1000.05 is 100.005, rounded away from zero.
    expect(texts(0, 'keep')).toEqual([
      ['>=', '900.04', 90_004],
      ['<=', '99', 99],
      ['!=', '7', 7],
    ]);
    expect(texts(1, 'keep')).toEqual([
      ['>', '270.00', 27_000],
      ['==', '3', 3],
    ]);
    expect(program.tiers[2]!.keep).toBeNull();
  });

  it('makes days since a deadline at both thresholds', () => {
    const result = compile(documentOf({ hysteresisPercent: 10 }));
    expect(result.ok && result.policy.crossings.map(({ offsetDays }) => offsetDays)).toEqual([91, 100]);
  });

  it('keeps the very conditions where there is none', () => {
    const { tiers } = programOf({ graceDays: 30 });
    for (const { when, keep } of tiers) expect(keep).toBe(when);
  });
});

describe('an exit', () => {
  const exit: Partial<ProgramDocument> = {
    by: 'exit',
    exit: {
      when: { all: ['spend < 50.00'] },
      vetoes: ['orders > 2'],
      reentry: { any: ['spend >= 100.00', 'silence < 30'] },
    },
    tiers: [
      { tier: 'served' },
      { tier: 'watch', dwellDays: 60, reviewDays: 30 },
      { tier: 'notice', dwellDays: 30 },
      { tier: 'exited', reviewDays: 14 },
    ],
  };

  it('has stages instead of conditions, and is never guarded', () => {
    const program = programOf(exit);
    expect(program.movement).toBeNull();
    expect(
      program.tiers.map(({ name, when, keep, dwellDays, reviewDays }) => [name, when, keep, dwellDays, reviewDays]),
    ).toEqual([
      ['served', null, null, null, null],
      ['watch', null, null, 60, 30],
      ['notice', null, null, 30, null],
      ['exited', null, null, null, 14],
    ]);
    expect(program.exit).toMatchObject({
      when: { kind: 'all', conditions: [{ operator: '<', threshold: 5000 }] },
      vetoes: [{ operator: '>', threshold: 2 }],
      reentry: { kind: 'any', conditions: [{ threshold: 10_000 }, { threshold: 30 }] },
    });
    expect(program.measures).toEqual([0, 1, 2]);
  });

  it('becomes due where days since are compared', () => {
    const result = compile(documentOf(exit));
    expect(result.ok && result.policy.crossings.map(({ offsetDays }) => offsetDays)).toEqual([30]);
  });

  it('lets back whoever is not to go any more, where no reentry is said', () => {
    expect(programOf({ ...exit, exit: { when: { all: ['spend < 50.00'] } } }).exit).toMatchObject({
      vetoes: [],
      reentry: null,
    });
  });
});
