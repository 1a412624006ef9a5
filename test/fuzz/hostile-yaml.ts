/** YAML by grammar: what the language allows and these files do not, and documents of the right shape with wrong content. */
import { classifiers, measureOps, measureSubjects } from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { hostileText, hostileWord } from './hostile-text.ts';

const laughs = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(', ')}]`),
].join('\n');

export const yamlPiece: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        '&a ',
        '*a',
        '<<: *a',
        '!!binary aGk=',
        '!!js/function "x"',
        '!<tag:yaml.org,2002:str> ',
        '? ',
        '? [1]\n: ',
        '- ',
        ': ',
        '%YAML 9.9\n---\n',
      ],
      ...[
        '---\n',
        '...\n',
        '|\n',
        '>9-\n',
        '\t',
        '#',
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        '{a: {a: ',
        ',',
        '@',
        '`',
        '.inf',
        '.nan',
        '-.INF',
        '0b1',
        '1__0',
      ],
      ...[
        '__proto__: {x: 1}\n',
        'constructor: 1\n',
        'prototype:\n',
        '"\\ud800": 1\n',
        '"\\x00": 1\n',
        '? {a: b}\n: c\n',
        laughs,
      ],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(30, 1000, 20_000).map(depth => '['.repeat(depth)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(30, 200)
      .map(depth => Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:`).join('\n')),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(100, 3000, 8000)
      .map(count => `\n${Array.from({ length: count }, (_, i) => `k${i}: 1`).join('\n')}\n`),
  },
);

export const yamlText: fc.Arbitrary<string> = fc
  .array(fc.oneof(yamlPiece, hostileWord), { maxLength: 12 })
  .map(pieces => pieces.join(''));

const operator = fc.constantFrom('>=', '>', '<=', '<', '==', '=', '!=', '=>', '>>', '', '&&', ' in ', ' contains ');
const measureName = fc.oneof(
  fc.constantFrom('spend30', 'orders', 'mood', 'silence', 'latest', 'wait', 'region', 'isPartner', 'needs', 'm0', 'm1'),
  hostileText,
);
const threshold = fc.oneof(
  fc.constantFrom(
    '0',
    '10.00',
    '-5',
    '1e3',
    '10.005',
    '9007199254740993',
    '9'.repeat(17),
    '0'.repeat(70_000),
    `0.${'1'.repeat(70_000)}`,
    '١٢',
    '1,5',
    'true',
    '"north"',
    "'it\\'s'",
    '["north", "east"]',
    '[1, 2.5]',
    '[',
    '["a",]',
    `[${'1,'.repeat(30_000)}1]`,
    `"${'\\\\'.repeat(30_000)}`,
  ),
  hostileText,
);
const blank = fc.constantFrom('', ' ', '  ', '\t', '\n', ' '.repeat(70_000), '\u00a0', '\ufeff');

export const conditionText: fc.Arbitrary<string> = fc
  .tuple(blank, measureName, blank, operator, blank, threshold, blank)
  .map(parts => parts.join(''));

const shortText = fc.oneof(hostileWord, fc.string({ maxLength: 8 }));
/** As YAML in flow style, which is JSON, so that what is meant is what is read. */
const anyScalar = fc.oneof(
  shortText,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
);
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<T | unknown> =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: anyScalar });
const many = fc.constantFrom(1, 1, 2, 3, 25, 150, 1500);
const decimal = fc.constantFrom('0', '1.50', '20', '-3', 'x', 7);
const measurePlace = fc.constantFrom('m0', 'm1', 'm2', 'x');

/** A record of the log holds no more, so a document that is longer reaches nobody. Groups of groups would be far longer. */
const documentBytesMax = 1_048_576;
const groupBytesMax = 4096;

/** So many times, or fewer where they would take more room; once at least. */
function timesWithin(bytesMax: number, value: unknown, times: number): number {
  return Math.max(1, Math.min(times, Math.floor(bytesMax / JSON.stringify(value).length)));
}

const few = fc.constantFrom(1, 1, 1, 2, 25);
const conditions = fc.letrec<{ group: unknown }>(tie => ({
  group: fc
    .tuple(
      fc.constantFrom('all', 'any'),
      fc.array(
        fc.oneof(
          { maxDepth: 6 },
          fc
            .tuple(
              fc.constantFrom('m0', 'm1', 'm2', 'x', 'p0.score', 'p1.r'),
              operator,
              fc.constantFrom('0', '1.5', 'x', '"a"', 'true', '["a", "b"]'),
            )
            .map(parts => parts.join(' ')),
          tie('group'),
        ),
        { maxLength: 3 },
      ),
      few,
    )
    .map(([key, list, times]) => ({
      [key]: Array.from({ length: timesWithin(groupBytesMax, list, times) }, () => list)
        .flat()
        .slice(0, 40),
    })),
})).group;

const measure = fc.record(
  {
    op: mostly(fc.constantFrom(...measureOps)),
    of: mostly(fc.constantFrom(...measureSubjects)),
    kind: mostly(shortText),
    window: mostly(fc.constantFrom('P1D', 'P30D', 'P365D', 'P9999D', 'lifetime', 'calendarYear', 'previous P30D')),
    attribute: mostly(shortText),
    type: mostly(fc.constantFrom('number', 'text', 'flag')),
    digits: mostly(fc.integer({ min: -1, max: 7 })),
    expression: mostly(fc.constantFrom('m0 + 1', 'm0 / m1', 'm2 > 1 ? m0 : m1', 'm0 in [1]', 'm9', '1 +')),
    unit: mostly(fc.constantFrom('money', 'count', 'number', 'text', 'flag')),
    measure: mostly(measurePlace),
    better: mostly(fc.constantFrom('more', 'less')),
    cuts: mostly(fc.array(decimal, { maxLength: 3 })),
  },
  { requiredKeys: ['op', 'of'] },
);
const days = mostly(fc.constantFrom(0, 1, 30, -1, 1e9));
const axis = mostly(
  fc.record(
    {
      measure: mostly(measurePlace),
      levels: mostly(fc.constant(['low', 'high'])),
      cuts: mostly(fc.array(decimal, { maxLength: 4 })),
      highFrom: mostly(fc.integer({ min: 0, max: 6 })),
      mean: mostly(decimal),
    },
    { requiredKeys: ['measure'] },
  ),
);
const scorecardPart = fc.record({
  measure: mostly(measurePlace),
  weight: mostly(fc.integer({ min: 0, max: 3 })),
  points: mostly(fc.array(fc.record({ when: mostly(fc.constant('>= 1')), points: days }), { maxLength: 2 })),
});
/** What moves customers and how tiers are found, one thing or several at a time, whether or not they go together. */
const movement = fc.record(
  {
    by: mostly(fc.constantFrom(...classifiers)),
    demote: mostly(fc.constantFrom('now', 'atExpiry')),
    depth: mostly(fc.constantFrom('fit', 'oneLevel')),
    graceDays: days,
    minTenureDays: days,
    confirmDays: days,
    hysteresisPercent: days,
    validity: mostly(fc.constantFrom('P30D', 'calendarYear', 'anniversary', 'lifetime')),
    refunds: mostly(fc.constantFrom('unearned', 'immediate', 'atExpiry')),
    warnings: mostly(fc.record({ expiringDays: mostly(fc.array(days, { maxLength: 6 })), approaching: anyScalar })),
    scorecard: mostly(fc.array(scorecardPart, { maxLength: 2 })),
    axes: mostly(fc.record({ value: axis, potential: axis })),
    rfm: mostly(fc.record({ recency: axis, frequency: axis, monetary: axis })),
    exit: mostly(fc.record({ when: mostly(conditions), vetoes: mostly(fc.constant(['m0 > 1'])) })),
  },
  { requiredKeys: [] },
);
const ofTier = fc.record(
  {
    from: mostly(decimal),
    at: mostly(fc.constantFrom(['high', 'low'], ['any', 'any'], ['low'])),
    dwellDays: days,
    reviewDays: days,
    playbook: mostly(fc.record({ sales: mostly(fc.record({ en: mostly(shortText) })) })),
  },
  { requiredKeys: [] },
);
const sometimes = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: value });
const program = fc
  .tuple(
    mostly(fc.constantFrom('ladder', 'segment')),
    fc.array(fc.tuple(mostly(conditions), fc.boolean(), sometimes(ofTier)), { minLength: 1, maxLength: 3 }),
    many,
    sometimes(movement),
  )
  .map(([kind, tiers, times, moves]) => ({
    kind,
    ...moves,
    tiers: tiers.flatMap(([when, isOpen, more], i) =>
      Array.from(
        { length: i === 0 ? timesWithin(documentBytesMax / 2, when ?? null, Math.min(times, 60)) : 1 },
        (_, n) => ({
          tier: `t${i}-${n}`,
          ...(isOpen ? {} : { when }),
          ...more,
        }),
      ),
    ),
  }));

export const policyDocumentText: fc.Arbitrary<string> = fc
  .tuple(
    mostly(fc.constant('fuzz')),
    mostly(fc.constantFrom(1, 2, 3)),
    fc.array(mostly(measure), { maxLength: 3 }),
    many,
    fc.array(mostly(program), { maxLength: 2 }),
    many,
    shortText,
  )
  .map(([policy, version, measures, measureTimes, programs, programTimes, odd]) => {
    const named = (prefix: string, list: readonly unknown[], times: number): [string, unknown][] =>
      list.length === 0
        ? []
        : Array.from({ length: Math.max(list.length, times) }, (_, i) => [`${prefix}${i}`, list[i % list.length]]);
    return JSON.stringify({
      policy,
      version,
      measures: Object.fromEntries([
        ...named('m', measures, measureTimes),
        ...(odd === '' ? [] : [[odd, measures[0] ?? 1]]),
      ]),
      programs: Object.fromEntries(
        named('p', programs, timesWithin(documentBytesMax, programs, Math.min(programTimes, 30))),
      ),
    });
  });

export const policyText: fc.Arbitrary<string> = policyDocumentText.map(text => text.slice(0, 66_000));

const path = fc.oneof(
  fc.constantFrom(
    'id',
    'customer.id',
    'at',
    'total',
    'currency',
    'list',
    'list[0].a',
    '^.id',
    '$',
    '.',
    '$key',
    '$timestamp',
    '["a.b"]',
    '^',
    'a..b',
    '["',
  ),
  shortText,
  fc.constantFrom('a'.repeat(400), 'a.'.repeat(200), '[0]'.repeat(100), 'a '.repeat(199)),
);
const field = fc.oneof(
  { weight: 3, arbitrary: path },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        path,
        const: anyScalar,
        join: fc.array(path, { maxLength: 12 }),
        with: shortText,
        map: fc.dictionary(shortText, anyScalar, { maxKeys: 5 }),
        otherwise: anyScalar,
        default: anyScalar,
        unit: fc.constantFrom(
          'major',
          'minor',
          'iso',
          'epochSeconds',
          'epochMillis',
          'date',
          'seconds',
          'milliseconds',
          'minutes',
          'epochsecond',
        ),
        zone: fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlinn', '__proto__', '+25:99', 'GMT+0'),
        format: fc.constantFrom(
          'dd.MM.yyyy',
          'yyyy-MM-dd HH:mm ZZ',
          'X',
          'x',
          'yyyyzzzzzz',
          "yyyy-MM-ddz'a'z'a'z'a'z'a'z'a'z",
          `yMd${'Hms'.repeat(12)}`,
          `yyyy-MM-dd${"H'1'".repeat(40)}`,
          "yyyy'",
          'y'.repeat(400),
          'MMMM d yyyy, h a',
          'kkkk-WW-c',
          'yyyy-MM-dd z z z z z z z z',
          'DDDD',
          'ooo yyyy',
        ),
        decimal: fc.constantFrom('.', ','),
        absolute: fc.boolean(),
        odd: anyScalar,
      },
      { requiredKeys: [] },
    ),
  },
);
const fieldNames = [
  'eventId',
  'customerId',
  'occurredAt',
  'orderId',
  'amount',
  'currency',
  'margin',
  'channel',
  'kind',
  'score',
  'scale',
  'until',
  'cost',
  'responseSeconds',
  'complaint',
  'reason',
  'tier',
  '__proto__',
  'amuont',
];
const condition = fc.record(
  {
    path,
    in: fc.array(anyScalar, { maxLength: 3 }),
    notIn: fc.array(anyScalar, { maxLength: 3 }),
    exists: fc.boolean(),
    above: mostly(fc.double()),
    below: mostly(fc.double()),
  },
  { requiredKeys: ['path'] },
);
const event = fc
  .tuple(
    fc.constantFrom(
      'purchase',
      'refund',
      'interaction',
      'feedback',
      'profile',
      'override',
      'overrideEnd',
      'forget',
      'sale',
    ),
    fc.dictionary(fc.constantFrom(...fieldNames), mostly(field), { maxKeys: 12 }),
    fc.option(path),
    fc.option(fc.oneof(condition, fc.array(condition, { maxLength: 3 }))),
    fc.option(fc.dictionary(shortText, field, { maxKeys: 4 })),
  )
  .map(([type, fields, forEach, when, attributes]) => ({
    type,
    customerId: 'id',
    occurredAt: 'at',
    ...fields,
    ...(forEach === null ? {} : { forEach }),
    ...(when === null ? {} : { when }),
    ...(attributes === null ? {} : { attributes }),
  }));
const source = fc
  .tuple(
    fc.constantFrom('json', 'avro', 'csv', 'xlsx', 'xml'),
    fc.array(event, { minLength: 1, maxLength: 3 }),
    many,
    fc.record(
      {
        topic: shortText,
        key: fc.constant('customerId'),
        zone: shortText,
        delimiter: shortText,
        sheet: shortText,
        recordBytesMax: anyScalar,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([format, events, times, settings]) => ({
    format,
    topic: 'orders',
    ...settings,
    events: Array.from({ length: Math.max(times, events.length) }, (_, i) => events[i % events.length]),
  }));
const rates = fc.dictionary(
  fc.constantFrom('USD', 'EUR', 'KWD', 'XXX', 'usd'),
  fc.array(
    fc.record({
      from: fc.constantFrom('2024-01-01', '2024-02-30', '1'),
      rate: fc.constantFrom('1.5', '0', '1e3', '9'.repeat(40)),
    }),
    { maxLength: 3 },
  ),
);

export const sourcesText: fc.Arbitrary<string> = fc
  .tuple(
    fc.dictionary(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'b') }, { weight: 1, arbitrary: shortText }),
      source,
      { minKeys: 1, maxKeys: 3 },
    ),
    fc.option(rates),
  )
  .map(([sources, dated]) => JSON.stringify({ ...(dated === null ? {} : { rates: dated }), sources }));
