/** Programs of every classifier, with every movement that a policy may have, over measures that are given. */
import type {
  ConditionsDocument,
  MatrixAxisDocument,
  MeasureDocument,
  ProgramDocument,
  RfmAxisDocument,
} from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { readableAs, thresholdsOf } from './random-measures.ts';

export type NamedMeasure = readonly [name: string, measure: MeasureDocument];

function isNumber([, measure]: NamedMeasure): boolean {
  return measure.op === 'since' || readableAs(measure) === 'number';
}

/** Measures that begin anew with a period would let everybody fall on its first day, so they need a validity. */
function isSteady(name: string, measures: readonly NamedMeasure[]): boolean {
  const measure = new Map(measures).get(name)!;
  switch (measure.op) {
    case 'attribute':
      return true;
    case 'score':
      return isSteady(measure.measure, measures);
    case 'expression':
      return measures.every(
        ([other]) => !new RegExp(`\\b${other}\\b`).test(measure.expression) || isSteady(other, measures),
      );
    default:
      return !/^(calendar|anniversary)/.test(measure.window ?? '');
  }
}

const operators = fc.constantFrom('>=', '>', '<=', '<', '==', '!=');

function comparison(measures: readonly NamedMeasure[]): fc.Arbitrary<string> {
  return fc.constantFrom(...measures.filter(([, { op }]) => op !== 'last')).chain(measure => {
    const [name, document] = measure;
    if (document.op === 'topTopics') return fc.constantFrom('price', 'fit').map(topic => `${name} contains "${topic}"`);
    if (isNumber(measure)) {
      const threshold = fc.constantFrom(...thresholdsOf(document));
      return fc.oneof(
        { weight: 9, arbitrary: fc.tuple(operators, threshold).map(([operator, one]) => `${name} ${operator} ${one}`) },
        { weight: 1, arbitrary: fc.tuple(threshold, threshold).map(([one, other]) => `${name} in [${one}, ${other}]`) },
      );
    }
    const equal = fc.constantFrom('==', '!=');
    if (readableAs(document) === 'flag') {
      return fc.tuple(equal, fc.boolean()).map(([operator, flag]) => `${name} ${operator} ${flag}`);
    }
    return fc.oneof(
      fc.tuple(equal, fc.constantFrom('north', '')).map(([operator, text]) => `${name} ${operator} "${text}"`),
      fc.constant(`${name} in ["north", "south"]`),
    );
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

interface Movement {
  readonly document: Partial<ProgramDocument> & Pick<ProgramDocument, 'kind'>;
  readonly isSteady: boolean;
}

/** A ladder's guards and warnings, or a segment, which has none. */
const movement: fc.Arbitrary<Movement> = fc
  .tuple(
    fc.oneof(fc.constant({}), demotesNow, demotesSlowly, demotesAtExpiry),
    fc.option(warnings, { nil: undefined, freq: 2 }),
    fc.nat(2),
  )
  .map(([guards, warned, segment]) => {
    if (segment === 0) return { document: { kind: 'segment' }, isSteady: false };
    const isSteady = !('demote' in guards) || (guards.graceDays > 0 && guards.depth === 'fit');
    return { document: { kind: 'ladder', ...guards, ...(warned === undefined ? {} : { warnings: warned }) }, isSteady };
  });

type Classified = Pick<ProgramDocument, 'by' | 'scorecard' | 'axes' | 'tiers' | 'pyramid' | 'population'>;

function moving(
  measures: readonly NamedMeasure[],
  classified: (measures: readonly NamedMeasure[], kind: 'ladder' | 'segment') => fc.Arbitrary<Classified>,
): fc.Arbitrary<ProgramDocument> {
  return movement.chain(({ document, isSteady: isToBeSteady }) => {
    const fitting = isToBeSteady ? measures.filter(([name]) => isSteady(name, measures)) : measures;
    return classified(fitting, document.kind).map(tiers => ({ ...document, ...tiers }));
  });
}

function byThresholds(measures: readonly NamedMeasure[], kind: 'ladder' | 'segment'): fc.Arbitrary<Classified> {
  const tiers = fc.array(conditions(measures), { minLength: 1, maxLength: 3 });
  return fc.tuple(tiers, fc.boolean()).map(([list, open]) => ({
    tiers: [
      ...list.map((when, index) => ({ tier: `tier${index}`, when })),
      ...(kind === 'ladder' || !open ? [{ tier: 'rest' }] : []),
    ],
  }));
}

function byScorecard(measures: readonly NamedMeasure[]): fc.Arbitrary<Classified> {
  const part = fc.constantFrom(...measures.filter(isNumber)).chain(measure => {
    const line = fc.record({
      when: fc
        .tuple(operators, fc.constantFrom(...thresholdsOf(measure[1])))
        .map(([operator, threshold]) => `${operator} ${threshold}`),
      points: fc.integer({ min: 0, max: 100 }),
    });
    const points = fc.array(line, { minLength: 1, maxLength: 3 });
    return fc.record({ measure: fc.constant(measure[0]), weight: fc.integer({ min: 1, max: 5 }), points });
  });
  return fc.record({
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
        .subarray([...thresholdsOf(measure[1])], { minLength: 1, maxLength: 2 })
        .map(cuts => ({ measure: measure[0], levels: ['low', 'middle', 'high'].slice(0, cuts.length + 1), cuts })),
    );
}

function byMatrix(measures: readonly NamedMeasure[]): fc.Arbitrary<Classified> {
  return fc.tuple(axis(measures), axis(measures)).chain(([value, potential]) => {
    const cells = value.levels.flatMap(level => potential.levels.map(other => [level, other] as const));
    return fc.shuffledSubarray(cells, { minLength: 1, maxLength: cells.length - 1 }).map(list => ({
      by: 'matrix' as const,
      axes: { value, potential },
      tiers: [...list.map((at, index) => ({ tier: `tier${index}`, at })), { tier: 'rest' }],
    }));
  });
}

/** What ranks a population stands while nothing happens: it is no count of days. */
function isStanding(named: NamedMeasure): boolean {
  return isNumber(named) && named[1].op !== 'since';
}

/** Mostly everybody is ranked; and how soon the cuts are taken is nothing to the fold. */
function population(measures: readonly NamedMeasure[]): fc.Arbitrary<NonNullable<ProgramDocument['population']>> {
  return fc.record(
    { among: conditions(measures), deadBandPercent: fc.constantFrom(0, 5), minCustomers: fc.constantFrom(1, 1000) },
    { requiredKeys: [] },
  );
}

function byPyramid(measures: readonly NamedMeasure[], kind: 'ladder' | 'segment'): fc.Arbitrary<Classified> {
  const ranking = fc.constantFrom(...measures.filter(isStanding).filter(([, one]) => thresholdsOf(one).length >= 2));
  return fc
    .tuple(ranking, fc.option(population(measures), { nil: undefined }), fc.boolean(), fc.boolean())
    .chain(([[measure, document], ranked, isWhole, open]) =>
      fc.subarray([...thresholdsOf(document)], { minLength: 1, maxLength: 2 }).map(cuts => {
        const tiers = cuts
          .toReversed()
          .map((from, index) => ({ tier: `tier${index}`, share: ['2.5', '30'][index]!, from }));
        const share = cuts.length === 1 ? '97.5' : '67.5';
        const last = isWhole ? [{ tier: `tier${cuts.length}`, share }] : [];
        const needsRest = kind === 'ladder' ? !isWhole || ranked?.among !== undefined : !open;
        return {
          by: 'pyramid' as const,
          pyramid: { measure },
          ...(ranked === undefined ? {} : { population: ranked }),
          tiers: [
            ...tiers,
            ...last,
            ...(needsRest && !(isWhole && ranked?.among === undefined) ? [{ tier: 'rest' }] : []),
          ],
        };
      }),
    );
}

function rfmAxis(measures: readonly NamedMeasure[], isRecency: boolean, ranks: boolean): fc.Arbitrary<RfmAxisDocument> {
  const fitting = measures
    .filter(measure => (isRecency ? measure[1].op === 'since' && measure[1].of !== 'customer' : isNumber(measure)))
    .filter(measure => isRecency || !ranks || isStanding(measure))
    .filter(([, measure]) => thresholdsOf(measure).length >= 4);
  return fc.constantFrom(...fitting).chain(measure => {
    const cuts = thresholdsOf(measure[1]).slice(0, 4);
    return fc.oneof(
      fc.record({ measure: fc.constant(measure[0]), mean: fc.constantFrom(...thresholdsOf(measure[1])) }),
      fc.record({
        measure: fc.constant(measure[0]),
        cuts: fc.constant(isRecency ? cuts.toReversed() : cuts),
        highFrom: fc.integer({ min: 2, max: 5 }),
      }),
    );
  });
}

function byRfm(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  return fc.option(population(measures), { nil: undefined, freq: 2 }).chain(ranked =>
    fc
      .record({
        recency: rfmAxis(measures, true, ranked !== undefined),
        frequency: rfmAxis(measures, false, ranked !== undefined),
        monetary: rfmAxis(measures, false, ranked !== undefined),
      })
      .map(rfm => ({ kind: 'segment', by: 'rfm', rfm, ...(ranked === undefined ? {} : { population: ranked }) })),
  );
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

export function program(measures: readonly NamedMeasure[]): fc.Arbitrary<ProgramDocument> {
  return fc.oneof(
    { weight: 6, arbitrary: moving(measures, byThresholds) },
    { weight: 1, arbitrary: moving(measures, byScorecard) },
    { weight: 1, arbitrary: moving(measures, byMatrix) },
    { weight: 2, arbitrary: byRfm(measures) },
    { weight: 2, arbitrary: moving(measures, byPyramid) },
    { weight: 2, arbitrary: byExit(measures) },
  );
}
