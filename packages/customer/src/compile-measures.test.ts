import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile-policy.ts';
import { customerOn, factOf, policyOf } from './customer-under-test.ts';
import { formatMeasure } from './measure.ts';
import { nextMeasureChange } from './measure-deadline.ts';
import type { PolicyProblem } from './policy.ts';
import type { MeasureDocument, PolicyDocument } from './policy-document.ts';

const options = { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: String };
const known: Record<string, MeasureDocument> = {
  spend: { op: 'sum', of: 'netSpend', window: 'P30D' },
  quiet: { op: 'since', of: 'purchase' },
  seen: { op: 'last', of: 'purchase' },
  member: { op: 'since', of: 'customer' },
  years: { op: 'years', of: 'customer' },
  topics: { op: 'topTopics', of: 'topic' },
  region: { op: 'attribute', attribute: 'region', type: 'text' },
};

function problemsOf(measures: Record<string, unknown>): readonly PolicyProblem[] {
  const programs = { all: { kind: 'ladder' as const, tiers: [{ tier: 'all' }] } };
  const document = { policy: 'shop', version: 1, measures: { ...known, ...measures }, programs } as PolicyDocument;
  const result = compilePolicy(document, options);
  return result.ok ? [] : result.problems;
}

const expression = (text: string, more = {}) => ({ op: 'expression', expression: text, unit: 'number', ...more });
const score = (more = {}) => ({ op: 'score', measure: 'spend', better: 'more', cuts: ['1', '2'], ...more });

describe('a wrong measure is told with its place and what to do', () => {
  it.each<[string, unknown, string, string]>([
    ['a period that is none', { op: 'sum', of: 'netSpend', window: 'calendarWeek' }, 'badWindow', 'window'],
    ['previous of nothing', { op: 'sum', of: 'netSpend', window: 'previous lifetime' }, 'badWindow', 'window'],
    ['previous twice', { op: 'sum', of: 'netSpend', window: 'previous previous P7D' }, 'badWindow', 'window'],
    ['a last fact of a previous window', { op: 'last', of: 'purchase', window: 'previous P7D' }, 'badWindow', 'window'],
    ['days since in a previous window', { op: 'since', of: 'refund', window: 'previous P7D' }, 'badWindow', 'window'],
    ['too long a window', { op: 'sum', of: 'netSpend', window: 'P770D' }, 'beyondHorizon', 'window'],
    [
      'a window that is too long twice',
      { op: 'sum', of: 'netSpend', window: 'previous P385D' },
      'beyondHorizon',
      'window',
    ],
    ['topics with too long a window', { op: 'topTopics', of: 'topic', window: 'P385D' }, 'beyondHorizon', 'window'],
    ['topics of a previous window', { op: 'topTopics', of: 'topic', window: 'previous P7D' }, 'badWindow', 'window'],
    ['no topics', { op: 'topTopics', of: 'topic', topics: 0 }, 'badTopics', 'topics'],
    ['eleven topics', { op: 'topTopics', of: 'topic', topics: 11 }, 'badTopics', 'topics'],
    ['half a topic', { op: 'topTopics', of: 'topic', topics: 1.5 }, 'badTopics', 'topics'],
    ['topics of a sum', { op: 'sum', of: 'netSpend', topics: 3 }, 'misplaced', 'topics'],
    ['years of purchases', { op: 'years', of: 'purchase' }, 'badOp', 'op'],
    ['a window of years', { op: 'years', of: 'customer', window: 'P7D' }, 'misplaced', 'window'],
    ['a kind of customer', { op: 'since', of: 'customer', kind: 'call' }, 'badKind', 'kind'],
    ['an attribute without a name', { op: 'attribute', attribute: '', type: 'text' }, 'badMeasure', 'attribute'],
    ['an attribute of no type', { op: 'attribute', attribute: 'a', type: 'date' }, 'badMeasure', 'type'],
    ['seven digits', { op: 'attribute', attribute: 'a', type: 'number', digits: 7 }, 'badDigits', 'digits'],
    ['digits of a text', { op: 'attribute', attribute: 'a', type: 'text', digits: 2 }, 'misplaced', 'digits'],
    ['digits of money', expression('spend', { unit: 'money', digits: 2 }), 'misplaced', 'digits'],
    ['a unit that is none', expression('spend', { unit: 'kilos' }), 'badMeasure', 'unit'],
    ['a number as text', expression('spend', { unit: 'text' }), 'badExpression', 'unit'],
    ['a text as a number', expression('region'), 'badExpression', 'unit'],
    ['an expression of nothing known', expression('spent / 2'), 'unknownMeasure', 'expression'],
    ['an expression of itself', expression('other + 1'), 'badMeasure', 'expression'],
    ['an expression of days since', expression('quiet / 7'), 'badExpression', 'expression'],
    ['an expression of an instant', expression('seen'), 'badExpression', 'expression'],
    ['an expression of days of a customer', expression('member'), 'badExpression', 'expression'],
    ['an expression of topics', expression('topics == "a"'), 'badExpression', 'expression'],
    ['an expression that is cut off', expression('spend /'), 'badExpression', 'expression'],
    ['an expression that is a number', expression(5 as never), 'badExpression', 'expression'],
    ['a score of nothing known', score({ measure: 'spent' }), 'unknownMeasure', 'measure'],
    ['a score of text', score({ measure: 'region' }), 'badMeasure', 'measure'],
    ['a score of topics', score({ measure: 'topics' }), 'badMeasure', 'measure'],
    ['a score of an instant', score({ measure: 'seen' }), 'badMeasure', 'measure'],
    ['a score of itself', score({ measure: 'other' }), 'badMeasure', 'measure'],
    ['a score that is better somehow', score({ better: 'high' }), 'badMeasure', 'better'],
    ['no cuts', score({ cuts: [] }), 'empty', 'cuts'],
    ['21 cuts', score({ cuts: Array.from({ length: 21 }, (_, n) => String(n)) }), 'tooMany', 'cuts'],
  ])('%s', (_what, measure, code, key) => {
    const problems = problemsOf({ other: measure });
    expect(problems.map(problem => [problem.code, ...problem.path.slice(0, 3)])).toEqual([
      [code, 'measures', 'other', key],
    ]);
    expect(problems[0]!.remedy).not.toBe('');
  });

  it.each([
    [['1', '1'], 'more', 1],
    [['2', '1'], 'more', 1],
    [['1', '2'], 'less', 1],
    [['1', 'two'], 'more', 1],
    [['1.001'], 'more', 0],
  ])('cuts %j where %s is better', (cuts, better, index) => {
    const [problem] = problemsOf({ other: score({ cuts, better }) });
    expect(problem).toMatchObject({ code: 'badCuts', path: ['measures', 'other', 'cuts', index] });
  });

  it('a circle of measures, with all that are in it', () => {
    const [problem] = problemsOf({ a: expression('b + 1'), b: score({ measure: 'c' }), c: expression('a') });
    expect(problem!.message).toContain('a, which reads b, which reads c, which reads a');
  });

  it('a chain that would be worked out for ever', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`e${n + 2}`, expression(`e${n} + e${n + 1}`)]),
    );
    const codes = problemsOf({ e0: expression('spend'), e1: expression('spend'), ...chain }).map(({ code }) => code);
    expect(codes).toEqual(['tooMany']);
  });
});

describe('what may be read back', () => {
  it.each([
    ['P369D', 400],
    ['previous P184D', 399],
    ['calendarMonth', 62],
    ['previous calendarMonth', 93],
    ['calendarQuarter', 123],
    ['previous calendarQuarter', 215],
    ['calendarHalf', 215],
    ['previous calendarHalf', 399],
    ['calendarYear', 397],
    ['anniversary', 397],
    ['previous calendarYear', 763],
    ['previous anniversary', 763],
  ])('%s needs a horizon of %d days', (window, least) => {
    const compile = (horizonDays: number) =>
      compilePolicy(
        {
          policy: 'shop',
          version: 1,
          measures: { spend: { op: 'sum', of: 'netSpend', window } },
          programs: { all: { kind: 'ladder', tiers: [{ tier: 'all' }] } },
        },
        { ...options, horizonDays },
      ).ok;
    expect([compile(least - 1), compile(least)]).toEqual([false, true]);
  });
});

describe('measures of one customer', () => {
  const day = 20_000;
  const policy = policyOf({
    ...known,
    potential: { op: 'attribute', attribute: 'potential', type: 'number', digits: 1 },
    partner: { op: 'attribute', attribute: 'partner', type: 'flag' },
    rank: { op: 'score', measure: 'quiet', better: 'less', cuts: ['90', '30', '7'] },
    worth: { op: 'expression', expression: 'partner ? spend * potential : spend', unit: 'money' },
    label: { op: 'expression', expression: 'region + (years >= 1 ? "!" : "?")', unit: 'text' },
    topics30: { op: 'topTopics', of: 'topic', window: 'P30D', topics: 2 },
  });
  const customer = customerOn(
    day,
    policy,
    factOf('ProfileUpdated', day - 400, { attributes: { region: 'north', potential: 1.25, partner: true } }),
    factOf('PurchaseRecorded', day - 8, { amountBaseMinor: 10_01 }),
    factOf('InteractionRecorded', day - 31, { topic: 'delivery' }),
    factOf('FeedbackReceived', day - 2, { topic: 'delivery' }),
    factOf('InteractionRecorded', day - 1, { topic: 'price' }),
    factOf('FeedbackReceived', day, { topic: 'price' }),
    factOf('InteractionRecorded', day, { topic: 'fit' }),
  );
  const text = (name: string) =>
    formatMeasure(customer, policy, policy.measures.find(measure => measure.name === name)!);

  it.each([
    ['potential', '1.3'],
    ['partner', 'true'],
    ['region', 'north'],
    ['member', '400'],
    ['years', '1'],
    ['rank', '3'],
    ['worth', '13.01'],
    ['label', 'north!'],
    ['topics30', 'price 2 (+2), delivery 1 (0)'],
    ['topics', 'delivery 2, price 2, fit 1'],
  ])('%s is %s', (name, expected) => {
    expect(text(name)).toBe(expected);
  });

  it('change by time alone next when a cut is missed', () => {
    expect(nextMeasureChange(customer, policy)).toBe(day + 22);
  });
});
