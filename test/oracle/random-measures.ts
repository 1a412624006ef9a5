/** Measures of every op, subject and window, attributes, and scores and expressions that read them and each other. */
import { opsOf } from '@tierflow/customer/policy';
import type { FactMeasureDocument, MeasureDocument, MeasureSubject } from '@tierflow/customer/policy-document';
import fc from 'fast-check';

const present = ['P1D', 'P7D', 'P30D', 'P90D', 'P365D'];
const periods = ['calendarMonth', 'calendarQuarter', 'calendarHalf', 'calendarYear', 'anniversary'];
const ending = fc.constantFrom(...present, ...periods, 'lifetime');
const short = fc.constantFrom('P1D', 'P7D', 'P30D', 'P365D', ...periods);
/** As some ops are taken of windows that end today only. */
const endsToday: ReadonlySet<string> = new Set(['last', 'since', 'topTopics']);

type Named = Record<string, MeasureDocument>;

const subjects = Object.entries(opsOf) as [MeasureSubject, readonly FactMeasureDocument['op'][]][];
const taken = subjects.flatMap(([of, ops]) => ops.map(op => ({ op, of })));

const factMeasure: fc.Arbitrary<FactMeasureDocument> = fc
  .constantFrom(...taken)
  .chain(({ op, of }): fc.Arbitrary<FactMeasureDocument> => {
    if (of === 'customer') return fc.constant({ op, of });
    const previous = fc.oneof(...[ending, short.map(window => `previous ${window}`)]);
    const window =
      op === 'topTopics' ? fc.oneof(short, fc.constant('lifetime')) : endsToday.has(op) ? ending : previous;
    const kind = of.startsWith('interaction') ? fc.constantFrom(undefined, 'call', 'quest') : fc.constant(undefined);
    const topics = op === 'topTopics' ? fc.constantFrom(undefined, 1, 10) : fc.constant(undefined);
    return fc.record({ op: fc.constant(op), of: fc.constant(of), window, kind, topics });
  });

const attributeMeasure: fc.Arbitrary<MeasureDocument> = fc.oneof(
  fc.record({
    op: fc.constant('attribute' as const),
    attribute: fc.constantFrom('potential', 'region'),
    type: fc.constant('number' as const),
    digits: fc.constantFrom(undefined, 0, 1, 6),
  }),
  fc.record({
    op: fc.constant('attribute' as const),
    attribute: fc.constantFrom('region', 'potential', 'since'),
    type: fc.constantFrom('text' as const, 'flag' as const),
  }),
  fc.constant({ op: 'attribute' as const, attribute: 'isPartner', type: 'flag' as const }),
);

export type Kind = 'number' | 'text' | 'flag';

/** What an expression can read of it; null: nothing. */
export function readableAs(document: MeasureDocument): Kind | null {
  switch (document.op) {
    case 'last':
    case 'since':
    case 'topTopics':
      return null;
    case 'attribute':
      return document.type;
    case 'expression':
      return document.unit === 'text' || document.unit === 'flag' ? document.unit : 'number';
    default:
      return 'number';
  }
}

export function isNumber(document: MeasureDocument): boolean {
  return document.op === 'since' || readableAs(document) === 'number';
}

/** An expression of a type over the measures, with more and with fewer parentheses than it needs. */
function expressionOf(kind: Kind, measures: Named): fc.Arbitrary<string> {
  const names = (of: Kind): string[] => Object.keys(measures).filter(name => readableAs(measures[name]!) === of);
  const oneOf = (of: Kind, others: readonly string[]) => fc.constantFrom(...names(of), ...names(of), ...others);
  const { number, text, flag } = fc.letrec<Record<Kind, string>>(tie => {
    const [someNumber, someText, someFlag] = [tie('number'), tie('text'), tie('flag')];
    const written = (strings: TemplateStringsArray, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
      fc.tuple(...parts).map(told => strings.reduce((so, piece, i) => so + told[i - 1] + piece));
    const bare = (...words: string[]) => fc.constantFrom(...words);
    const inParentheses = (of: fc.Arbitrary<string>) => of.map(inner => `(${inner})`);
    return {
      number: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        oneOf('number', ['0', '2', '0.25', '120.50', '3']),
        written`${someNumber} ${bare('+', '-', '*', '/')} ${someNumber}`,
        inParentheses(written`${someNumber} ${bare('+', '-', '*', '/')} ${someNumber}`),
        written`-${oneOf('number', ['1.5'])}`,
        written`${bare('min', 'max')}(${someNumber}, ${someNumber}, 7)`,
        inParentheses(written`${inParentheses(someFlag)} ? ${someNumber} : ${someNumber}`),
      ),
      text: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        oneOf('text', ['"north"', '"n"', '""']),
        written`${someText} + ${someText}`,
        inParentheses(written`${inParentheses(someFlag)} ? ${someText} : ${someText}`),
      ),
      flag: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        oneOf('flag', ['true', 'false']),
        written`${someNumber} ${bare('<', '<=', '>', '>=', '==', '!=')} ${someNumber}`,
        written`${inParentheses(someText)} ${bare('==', '!=')} ${someText}`,
        written`${inParentheses(someFlag)} ${bare('&&', '||', '==')} ${inParentheses(someFlag)}`,
        written`!${inParentheses(someFlag)}`,
        written`${someNumber} in [${someNumber}, 0, 120.5]`,
        written`${inParentheses(someText)}.startsWith(${someText})`,
      ),
    };
  });
  return { number, text, flag }[kind];
}

/** No more than a policy may write: each part of an expression has a word or a sign of its own. */
function isAllowed(expression: string): boolean {
  const parts = expression.match(/"[^"]*"|[\w.]+|&&|\|\||[=!<>]=|[-+*/<>!?[]/g)?.length ?? 0;
  return parts <= 200 && expression.length <= 1000;
}

const unitsOf = { number: ['money', 'count', 'percent', 'number'], text: ['text'], flag: ['flag'] } as const;

function expressionMeasure(measures: Named): fc.Arbitrary<MeasureDocument> {
  return fc.constantFrom<Kind>('number', 'number', 'text', 'flag').chain(kind =>
    fc.constantFrom(...unitsOf[kind]).chain(unit =>
      fc.record({
        op: fc.constant('expression' as const),
        expression: expressionOf(kind, measures).filter(isAllowed),
        unit: fc.constant(unit),
        digits: unit === 'number' ? fc.constantFrom(undefined, 0, 4) : fc.constant(undefined),
      }),
    ),
  );
}

/** Numbers that a measure may come near to, in the order of size. */
export function thresholdsOf(measure: MeasureDocument): readonly string[] {
  switch (measure.op) {
    case 'since':
      return ['0', '1', '3', '7', '30', '100', '365'];
    case 'sum':
    case 'mean':
      if (measure.of === 'feedback.score') return ['40', '66.67', '85.5', '90'];
      if (measure.of !== 'interaction.responseSeconds') return ['-20.00', '0', '0.01', '50', '120.50', '250'];
      return measure.op === 'mean' ? ['20', '33.33', '45.5', '70'] : ['20', '60', '100', '200'];
    case 'attribute':
      return ['0', '1', '3', '5'];
    case 'expression':
      return ['-1', '0', '1', '60', '200'];
    default:
      return ['0', '1', '2', '4'];
  }
}

function scoreMeasure(measures: Named): fc.Arbitrary<MeasureDocument> {
  const scored = Object.keys(measures).filter(name => isNumber(measures[name]!));
  if (scored.length === 0) return fc.constant({ op: 'count', of: 'purchase' });
  return fc.constantFrom(...scored).chain(measure =>
    fc
      .tuple(
        fc.subarray([...thresholdsOf(measures[measure]!)], { minLength: 1 }),
        fc.constantFrom('more' as const, 'less' as const),
      )
      .map(([cuts, better]) => ({
        op: 'score',
        measure,
        better,
        cuts: better === 'more' ? cuts : cuts.toReversed(),
      })),
  );
}

/** Names are a, b, c …; what is derived reads what stands before it. */
export const measureDocuments: fc.Arbitrary<Named> = fc
  .array(fc.oneof({ weight: 4, arbitrary: factMeasure }, { weight: 1, arbitrary: attributeMeasure }), {
    minLength: 1,
    maxLength: 6,
  })
  .map(list => Object.fromEntries(list.map((measure, index) => [nameAt(index), measure])))
  .chain(measures => withDerived(measures, scoreMeasure))
  .chain(measures => withDerived(measures, expressionMeasure))
  .chain(measures => withDerived(measures, scoreMeasure));

function nameAt(index: number): string {
  return String.fromCharCode(97 + index);
}

function withDerived(measures: Named, derived: (measures: Named) => fc.Arbitrary<MeasureDocument>) {
  return fc.array(derived(measures), { maxLength: 2 }).map(list => ({
    ...measures,
    ...Object.fromEntries(list.map((measure, index) => [nameAt(Object.keys(measures).length + index), measure])),
  }));
}
