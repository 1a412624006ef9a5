/**
 * Short lives of one customer in one program: days with spend, refunds of it, facts that come late, days that are missed.
 * Amounts and windows are small, so that most days decide something.
 */
import type { PolicyDocument, ProgramDocument } from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { logOf, type Step } from './random-log.ts';

export interface MovementCase {
  readonly policies: readonly PolicyDocument[];
  readonly steps: readonly Step[];
}

const measures: PolicyDocument['measures'] = {
  spend5: { op: 'sum', of: 'netSpend', window: 'P5D' },
  spend12: { op: 'sum', of: 'netSpend', window: 'P12D' },
  spend350: { op: 'sum', of: 'netSpend', window: 'P350D' },
  spendEver: { op: 'sum', of: 'netSpend', window: 'lifetime' },
  orders7: { op: 'count', of: 'purchase', window: 'P7D' },
  returns9: { op: 'count', of: 'refund', window: 'P9D' },
  score6: { op: 'mean', of: 'feedback.score', window: 'P6D' },
  sincePurchase: { op: 'since', of: 'purchase' },
};

export function policyWith(version: number, program: ProgramDocument): PolicyDocument {
  return { policy: 'oracle', version, measures, programs: { alpha: program } };
}

const few = (max: number) => fc.integer({ min: 1, max });

const golds = fc.constantFrom(
  { all: ['spend5 >= 100.00'] },
  { all: ['spend12 > 150.00', 'orders7 >= 2'] },
  { all: ['spend5 >= 80.00', 'returns9 < 2'] },
  { any: ['spend5 >= 120.00', 'score6 >= 80'] },
  { all: ['spendEver >= 200.00', 'sincePurchase <= 8'] },
  { all: ['sincePurchase >= 5', 'spend12 >= 30.00'] },
);
const silvers = fc.constantFrom(
  { all: ['spend5 >= 50.00'] },
  { all: ['spend12 >= 60.00'] },
  { any: ['spend5 >= 40.00', 'orders7 >= 3'] },
);
const bronzes = fc.constantFrom({ all: ['spend5 >= 20.00'] }, { all: ['sincePurchase < 6'] });

/** tier0 to tier2 and everybody else. */
export const ladderTiers: fc.Arbitrary<ProgramDocument> = fc
  .tuple(golds, silvers, bronzes, fc.boolean())
  .map(([gold, silver, bronze, isLong]) => ({
    kind: 'ladder',
    tiers: [
      { tier: 'tier0', when: gold },
      { tier: 'tier1', when: silver },
      ...(isLong ? [{ tier: 'tier2', when: bronze }] : []),
      { tier: 'rest' },
    ],
  }));

/** A ladder with the movement that is drawn. */
export function ladderWith(movement: fc.Arbitrary<Partial<ProgramDocument>>): fc.Arbitrary<ProgramDocument> {
  return fc.tuple(ladderTiers, movement).map(([ladder, options]) => ({ ...ladder, ...options }));
}

const depth = fc.constantFrom('fit' as const, 'oneLevel' as const);
const refunds = fc.option(fc.constantFrom('unearned' as const, 'immediate' as const, 'atExpiry' as const), {
  nil: undefined,
});
const days = fc.constantFrom('P1D', 'P2D', 'P4D', 'P7D', 'P15D');
const validity = fc.oneof(
  { weight: 3, arbitrary: days },
  {
    weight: 2,
    arbitrary: fc.constantFrom('calendarMonth', 'calendarQuarter', 'calendarHalf', 'calendarYear', 'anniversary'),
  },
);

export const movements = {
  confirmDays: fc.record({ confirmDays: few(4) }),
  minTenureDays: fc.record({ minTenureDays: few(8), depth, confirmDays: few(2) }),
  graceDays: fc.record({
    graceDays: few(6),
    minTenureDays: fc.integer({ min: 1, max: 4 }),
    depth,
    confirmDays: few(3),
  }),
  hysteresisPercent: fc.record({ hysteresisPercent: fc.constantFrom(1, 5, 12, 30, 75), confirmDays: few(2) }),
  validityDays: fc.record({ demote: fc.constant('atExpiry' as const), validity: days, depth, refunds }),
  validity: fc.record({
    demote: fc.constant('atExpiry' as const),
    validity,
    depth,
    refunds,
    hysteresisPercent: fc.constantFrom(0, 20),
  }),
  graceAtExpiry: fc.record({
    demote: fc.constant('atExpiry' as const),
    validity,
    depth,
    refunds,
    graceDays: fc.oneof(few(5), fc.constantFrom(29, 31, 70)),
    hysteresisPercent: fc.constantFrom(0, 20),
  }),
  refunds: fc.record({
    refunds: fc.constantFrom('unearned' as const, 'immediate' as const, 'atExpiry' as const),
    minTenureDays: fc.integer({ min: 0, max: 6 }),
    graceDays: fc.integer({ min: 0, max: 4 }),
    hysteresisPercent: fc.constantFrom(0, 20),
  }),
} satisfies Record<string, fc.Arbitrary<Partial<ProgramDocument>>>;

export const anyMovement: fc.Arbitrary<Partial<ProgramDocument>> = fc.oneof(...Object.values(movements));

export const warnings: fc.Arbitrary<NonNullable<ProgramDocument['warnings']>> = fc.record({
  expiringDays: fc.constantFrom([7, 3, 1], [30], [5, 2], [1], [12, 4]),
  approaching: fc.option(
    fc.record({ withinPercent: fc.constantFrom(10, 25, 60, 99), coolDownDays: fc.constantFrom(0, 1, 3, 7) }),
    { nil: undefined },
  ),
});

export const exits: fc.Arbitrary<ProgramDocument> = fc
  .tuple(
    fc.constantFrom({ all: ['spend5 < 30.00'] }, { any: ['sincePurchase >= 4', 'score6 < 50'] }),
    fc.option(fc.constantFrom(['returns9 >= 1'], ['orders7 >= 2', 'score6 >= 90']), { nil: undefined }),
    fc.option(fc.constantFrom({ all: ['spend12 >= 60.00'] }, { any: ['orders7 >= 1'] }), { nil: undefined }),
    few(5),
    few(3),
    fc.option(few(9), { nil: undefined }),
  )
  .map(([when, vetoes, reentry, dwellDays, noticeDays, reviewDays]) => ({
    kind: 'ladder',
    by: 'exit',
    exit: { when, vetoes, reentry },
    tiers: [
      { tier: 'rest' },
      { tier: 'tier0', dwellDays, reviewDays },
      { tier: 'tier1', dwellDays: noticeDays },
      { tier: 'tier2', reviewDays },
    ],
  }));

const order = fc.option(fc.constantFrom('o1', 'o2', 'o3'), { freq: 3 });
const amount = fc.constantFrom(5_00, 10_00, 20_00, 30_00, 50_00, 60_00, 95_00, 110_00, 250_00);

function factStep(content: Extract<Step, { step: 'fact' }>['content'], daysAgo: number): Step {
  return { step: 'fact', customer: 0, daysAgo, second: 0, bootstrap: false, content };
}

/** Mostly today; late by some days; the day after, which nobody has opened yet. */
const daysAgo = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(9) },
  { weight: 1, arbitrary: fc.constant(-1) },
);

const fact: fc.Arbitrary<Step> = fc
  .tuple(fc.nat(11), amount, order, daysAgo)
  .map(([kind, amountMinor, orderId, ago]) => {
    const money = { orderId, amountMinor, currency: 'GBP', amountBaseMinor: amountMinor, channel: null };
    if (kind < 7) return factStep({ type: 'PurchaseRecorded', ...money, marginBaseMinor: null }, ago);
    if (kind < 10) return factStep({ type: 'PurchaseRefunded', ...money }, ago);
    const scoreHundredths = amountMinor % 501;
    const feedback = { scoreHundredths, scaleHundredths: 500, topic: null, complaint: false };
    return factStep({ type: 'FeedbackReceived', ...feedback }, ago);
  });

const tick: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.oneof(
      { weight: 10, arbitrary: fc.constant(1) },
      { weight: 4, arbitrary: few(6) },
      { weight: 1, arbitrary: fc.constantFrom(13, 31, 60, 95) },
    ),
    fc.nat(3),
  )
  .map(([passed, sweeps]) => {
    return [{ step: 'tick', days: passed }, ...(sweeps > 0 ? [sweepDue] : [])];
  });

export const sweepDue: Step = { step: 'sweepDue', fromSlice: 0, toSlice: 3 };
export const sweepAll: Step = { step: 'sweepAll', fromSlice: 0, toSlice: 3, version: null, rolloutSeq: 1 };

export const decision: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom('pin' as const, 'floor' as const, 'cap' as const),
    fc.constantFrom('tier0', 'tier1', 'rest'),
    fc.option(fc.integer({ min: 0, max: 9 })),
    fc.nat(4),
  )
  .map(([kind, tier, untilIn, ends]) => ({
    step: 'decision',
    customer: 0,
    daysAgo: 0,
    content:
      ends === 0
        ? { type: 'OverrideEnded', program: 'alpha' }
        : { type: 'StandingOverridden', program: 'alpha', kind, tier, untilIn },
  }));

/** The days of a life, and whatever else is drawn between them. */
export function lifeWith(...others: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> {
  const one = fc.oneof(
    { weight: 5, arbitrary: fact.map(step => [step]) },
    { weight: 6, arbitrary: tick },
    { weight: 1, arbitrary: fc.constant([sweepAll]) },
    ...others.map(arbitrary => ({ weight: 2, arbitrary: arbitrary.map(step => [step]) })),
  );
  return fc.array(one, { minLength: 2, maxLength: 24 }).map(steps => steps.flat());
}

/** As short as a person needs it: the programs, and what happened. */
export function readable({ policies, steps }: MovementCase): MovementCase {
  const programs = policies.map(({ programs }) => JSON.stringify(programs.alpha));
  const story = steps.map(step => {
    if (step.step === 'tick') return `+${step.days}`;
    if (step.step === 'decision') return JSON.stringify(step.content);
    if (step.step !== 'fact')
      return step.step === 'sweepAll' ? `sweepAll ${step.version} #${step.rolloutSeq}` : step.step;
    const { type, ...content } = step.content;
    const { orderId, amountMinor, scoreHundredths } = content as Record<string, unknown>;
    return `${type} ${amountMinor ?? scoreHundredths} ${orderId ?? ''} ${step.daysAgo > 0 ? `-${step.daysAgo}` : ''}`;
  });
  const text = `${programs.join('\n')}\n${story.join('\n')}`;
  return { policies, steps, [fc.toStringMethod]: () => text } as MovementCase;
}

export function caseOf(
  program: fc.Arbitrary<ProgramDocument>,
  life: fc.Arbitrary<Step[]> = lifeWith(),
): fc.Arbitrary<MovementCase> {
  return fc.record({ policies: program.map(document => [policyWith(1, document)]), steps: life }).map(readable);
}

export function logOfCase({ policies, steps }: MovementCase): ReturnType<typeof logOf> {
  return logOf({ policies, opensWithPolicy: true, steps });
}

/** Years of a tier that is earned by a year's spend: what earned it goes behind the horizon while it is held. */
export const longLives: fc.Arbitrary<MovementCase> = fc
  .record({
    gold: fc.constantFrom({ all: ['spend350 >= 100.00'] }, { any: ['spend350 >= 150.00', 'spend12 >= 60.00'] }),
    validity: fc.constantFrom('P200D', 'P365D', 'calendarYear'),
    steps: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fact.map(step => [step]) },
        { weight: 2, arbitrary: fc.constantFrom(1, 40, 150, 260).map(days => [{ step: 'tick' as const, days }]) },
      ),
      { minLength: 4, maxLength: 16 },
    ),
  })
  .map(({ gold, validity, steps }) => {
    const tiers = [
      { tier: 'tier0', when: gold },
      { tier: 'tier1', when: { all: ['spend350 >= 40.00'] } },
      { tier: 'rest' },
    ];
    const program: ProgramDocument = { kind: 'ladder', demote: 'atExpiry', validity, tiers };
    return readable({ policies: [policyWith(1, program)], steps: steps.flat() });
  });
