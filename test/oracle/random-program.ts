/** Programs of every classifier, with every movement that a policy may have, over measures that are given. */
import type {
  ConditionsDocument,
  MatrixAxisDocument,
  MeasureDocument,
  ProgramDocument,
  RfmAxisDocument,
} from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { isNumber as isNumeric, readableAs, thresholdsOf } from './random-measures.ts';

export type NamedMeasure = readonly [name: string, measure: MeasureDocument];

const thresholds = ([, measure]: NamedMeasure): readonly string[] => thresholdsOf(measure);
const isNumber = ([, measure]: NamedMeasure): boolean => isNumeric(measure);

/** Whether it counts from the first day of a period, on which everybody would fall. */
function restarts([, measure]: NamedMeasure): boolean {
  return 'window' in measure && /^(?:calendar|anniversary)/.test(measure.window ?? '');
}

const operators = fc.constantFrom('>=', '>', '<=', '<', '==', '!=');

function comparison(measures: readonly NamedMeasure[]): fc.Arbitrary<string> {
  return fc.constantFrom(...measures.filter(([, { op }]) => op !== 'last')).chain(measure => {
    const [name, document] = measure;
    if (document.op === 'topTopics') return fc.constantFrom('price', 'fit').map(topic => `${name} contains "${topic}"`);
    const kind = isNumber(measure) ? 'number' : readableAs(document);
    if (kind === 'flag') return fc.constantFrom('== true', '!= true', '== false').map(rest => `${name} ${rest}`);
    if (kind === 'text')
      return fc.constantFrom('== "north"', '!= "much"', 'in ["little", "north"]').map(rest => `${name} ${rest}`);
    const listed = fc
      .subarray([...thresholds(measure)], { minLength: 1, maxLength: 2 })
      .map(list => `in [${list.join(', ')}]`);
    const compared = fc
      .tuple(operators, fc.constantFrom(...thresholds(measure)))
      .map(([operator, threshold]) => `${operator} ${threshold}`);
    return fc
      .oneof({ weight: 9, arbitrary: compared }, { weight: 1, arbitrary: listed })
      .map(rest => `${name} ${rest}`);
  });
}

function conditions(measures: readonly NamedMeasure[]): fc.Arbitrary<ConditionsDocument> {
  const one = comparison(measures);
  const flat = fc
    .tuple(fc.boolean(), fc.array(one, { minLength: 1, maxLength: 2 }))
    .map(([isAll, list]) => (isAll ? { all: list } : { any: list }));
  const nested = fc.tuple(flat, one).map(([inner, other]) => ({ any: [inner, other] }));
  return fc.oneof({ weight: 3, arbitrary: flat }, { weight: 1, arbitrary: nested });
}

const days = (max: number, min = 0) => fc.integer({ min, max });
const refunds = fc.constantFrom('unearned' as const, 'immediate' as const, 'atExpiry' as const);
const depth = fc.constantFrom('fit' as const, 'oneLevel' as const);
const hysteresisPercent = fc.constantFrom(0, 5, 33);

const demotesNow = fc.record(
  { confirmDays: days(4, 1), graceDays: days(20), hysteresisPercent, refunds },
  { requiredKeys: [] },
);
const demotesSlowly = fc.record({ minTenureDays: days(20, 1), depth, graceDays: days(9), hysteresisPercent, refunds });
const demotesAtExpiry = fc.record({
  demote: fc.constant('atExpiry' as const),
  validity: fc.constantFrom('P5D', 'P30D', 'P90D', 'P365D', 'calendarMonth', 'calendarQuarter', 'anniversary'),
  depth,
  graceDays: fc.constantFrom(0, 0, 1, 14),
  hysteresisPercent,
  refunds,
});

const warnings: fc.Arbitrary<NonNullable<ProgramDocument['warnings']>> = fc.record({
  expiringDays: fc.constantFrom([3, 1], [7], [14, 2], [30, 7, 1]),
  approaching: fc.option(
    fc.record({ withinPercent: fc.constantFrom(10, 50, 99), coolDownDays: fc.constantFrom(0, 2, 7) }),
    { nil: undefined },
  ),
});

/** A ladder's guards and warnings; of a segment there are none. */
const movement: fc.Arbitrary<Partial<ProgramDocument>> = fc
  .tuple(
    fc.oneof(fc.constant({}), demotesNow, demotesSlowly, demotesAtExpiry),
    fc.option(warnings, { nil: undefined, freq: 2 }),
  )
  .map(([guards, warned]) => ({ ...guards, ...(warned === undefined ? {} : { warnings: warned }) }));

const kind = fc.constantFrom('ladder' as const, 'ladder' as const, 'segment' as const);

function ofKind(program: fc.Arbitrary<ProgramDocument>): fc.Arbitrary<ProgramDocument> {
  return fc
    .tuple(program, movement)
    .map(([document, guards]) => (document.kind === 'ladder' ? { ...document, ...guards } : document));
}

function byThresholds(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  const tiers = fc.array(conditions(measures), { minLength: 1, maxLength: 3 });
  return fc.tuple(kind, tiers, fc.boolean()).map(([kind, list, open]) => ({
    kind,
    tiers: [
      ...list.map((when, index) => ({ tier: `tier${index}`, when })),
      ...(kind === 'ladder' || !open ? [{ tier: 'rest' }] : []),
    ],
  }));
}

function byScorecard(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  const part = fc.constantFrom(...measures.filter(isNumber)).chain(measure => {
    const line = fc.record({
      when: fc
        .tuple(operators, fc.constantFrom(...thresholds(measure)))
        .map(([operator, threshold]) => `${operator} ${threshold}`),
      points: fc.integer({ min: 0, max: 100 }),
    });
    const points = fc.array(line, { minLength: 1, maxLength: 3 });
    return fc.record({ measure: fc.constant(measure[0]), weight: fc.integer({ min: 1, max: 5 }), points });
  });
  return fc.record({
    kind,
    by: fc.constant('scorecard' as const),
    scorecard: fc.array(part, { minLength: 1, maxLength: 3 }),
    tiers: fc
      .constantFrom(['80', '33.33'], ['50'], ['66.67', '25.5', '0.01'])
      .map(list => [...list.map((from, index) => ({ tier: `tier${index}`, from })), { tier: 'rest' }]),
  });
}

function axis(measures: readonly NamedMeasure[]): fc.Arbitrary<MatrixAxisDocument> {
  return fc
    .constantFrom(...measures.filter(isNumber))
    .chain(measure =>
      fc
        .subarray([...thresholds(measure)], { minLength: 1, maxLength: 2 })
        .map(cuts => ({ measure: measure[0], levels: ['low', 'middle', 'high'].slice(0, cuts.length + 1), cuts })),
    );
}

function byMatrix(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  return fc.tuple(kind, axis(measures), axis(measures)).chain(([kind, value, potential]) => {
    const cells = value.levels.flatMap(level => potential.levels.map(other => [level, other] as const));
    return fc.shuffledSubarray(cells, { minLength: 1, maxLength: cells.length - 1 }).map(list => ({
      kind,
      by: 'matrix' as const,
      axes: { value, potential },
      tiers: [...list.map((at, index) => ({ tier: `tier${index}`, at })), { tier: 'rest' }],
    }));
  });
}

function isRecencyMeasure([, measure]: NamedMeasure): boolean {
  return measure.op === 'since' && measure.of !== 'customer';
}

function rfmAxis(measures: readonly NamedMeasure[], isRecency: boolean): fc.Arbitrary<RfmAxisDocument> {
  const fitting = measures.filter(measure => (isRecency ? isRecencyMeasure(measure) : isNumber(measure)));
  return fc.constantFrom(...fitting).chain(measure => {
    const cuts = thresholds(measure).slice(0, 4);
    return fc.oneof(
      fc.record({ measure: fc.constant(measure[0]), mean: fc.constantFrom(...thresholds(measure)) }),
      fc.record({
        measure: fc.constant(measure[0]),
        cuts: fc.constant(isRecency ? cuts.toReversed() : cuts),
        highFrom: fc.integer({ min: 2, max: 5 }),
      }),
    );
  });
}

function byRfm(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  return fc
    .record({
      recency: rfmAxis(measures, true),
      frequency: rfmAxis(measures, false),
      monetary: rfmAxis(measures, false),
    })
    .map(rfm => ({ kind: 'segment', by: 'rfm', rfm }));
}

function byExit(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  const maybe = { nil: undefined };
  return fc
    .tuple(
      conditions(measures),
      fc.option(fc.array(comparison(measures), { minLength: 1, maxLength: 2 }), maybe),
      fc.option(conditions(measures), maybe),
      days(40, 1),
      fc.option(days(20, 1), maybe),
      fc.option(warnings, maybe),
    )
    .map(([when, vetoes, reentry, dwellDays, reviewDays, warned]) => ({
      kind: 'ladder',
      by: 'exit',
      exit: { when, vetoes, reentry },
      tiers: [{ tier: 'rest' }, { tier: 'tier0', dwellDays, reviewDays }, { tier: 'tier1' }],
      ...(warned === undefined ? {} : { warnings: { expiringDays: warned.expiringDays } }),
    }));
}

/** Over numbers that begin anew with their period: a segment, or a ladder that looks at the end of the last valid day. */
function ofPeriods(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  return fc
    .tuple(byThresholds(measures), demotesAtExpiry)
    .map(([document, guards]) => (document.kind === 'ladder' ? { ...document, ...guards, graceDays: 0 } : document));
}

export function program(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  const steady = measures.filter(measure => !restarts(measure));
  return fc.oneof(
    { weight: 6, arbitrary: ofKind(byThresholds(steady)) },
    { weight: 2, arbitrary: ofPeriods(measures) },
    { weight: 1, arbitrary: ofKind(byScorecard(steady)) },
    { weight: 1, arbitrary: ofKind(byMatrix(steady)) },
    { weight: 1, arbitrary: byRfm(measures) },
    { weight: 2, arbitrary: byExit(measures) },
  );
}
