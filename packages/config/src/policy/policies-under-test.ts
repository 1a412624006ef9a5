/** A policy with something of everything, and what goes wrong with policies: each mistake a change of the good one. */

export const goodPolicy = `policy: shop
version: 3
title: { en: Shop, zh: 商店 }
measures:
  spend365: { op: sum, of: netSpend, window: P365D }
  spendThisYear: { op: sum, of: netSpend, window: calendarYear }
  orders365: { op: count, of: purchase, window: P365D, title: { en: Orders, zh: 订单数 } }
  calls90: { op: count, of: interaction, kind: call, window: P90D }
  lastOrder: { op: last, of: purchase }
  silence: { op: since, of: purchase }
  satisfaction: { op: mean, of: feedback.score, window: P180D }
  needs: { op: topTopics, of: topic, window: P90D, topics: 3 }
  region: { op: attribute, attribute: region, type: text }
  isPartner: { op: attribute, attribute: isPartner, type: flag }
  potential: { op: attribute, attribute: potential, type: number, digits: 0 }
  basket: { op: expression, expression: spend365 / orders365, unit: money }
  spendScore: { op: score, measure: spend365, better: more, cuts: [100.00, 500.00, "1500.00"] }
programs:
  value:
    kind: ladder
    demote: now
    depth: oneLevel
    graceDays: 30
    minTenureDays: 60
    confirmDays: 14
    hysteresisPercent: 10
    refunds: immediate
    warnings:
      expiringDays: [30, 7, 1]
      approaching: { withinPercent: 20, coolDownDays: 14 }
    tiers:
      - tier: gold
        when:
          all:
            - spend365 >= 1000.00
            - region in ["north", "east"]
            - any: [isPartner == true, silence <= 90]
        playbook:
          sales: { en: Visit every quarter, zh: 每季度拜访 }
      - tier: silver
        when: { any: [spendScore >= 2, calls90 > 5] }
      - tier: bronze
  account:
    kind: ladder
    by: scorecard
    demote: atExpiry
    validity: calendarYear
    scorecard:
      - measure: spendThisYear
        weight: 60
        points:
          - { when: ">= 300.00", points: 50 }
          - { when: ">= 2000.00", points: 100 }
      - measure: satisfaction
        weight: 40
        points: [{ when: ">= 80", points: 100 }]
    tiers:
      - { tier: A, from: 75 }
      - { tier: B, from: "40.00" }
      - tier: C
  quadrant:
    kind: segment
    by: matrix
    axes:
      value: { measure: spend365, levels: [low, high], cuts: [500.00] }
      potential: { measure: potential, levels: [small, fair, large], cuts: [3, 7] }
    tiers:
      - { tier: star, at: [high, large] }
      - { tier: cow, at: [high, any] }
      - { tier: question, at: [low, large] }
      - { tier: rest, at: [any, any] }
  rfm:
    kind: segment
    by: rfm
    rfm:
      recency: { measure: silence, cuts: [120, 60, 30, 10], highFrom: 4 }
      frequency: { measure: orders365, mean: 4.16 }
      monetary: { measure: spend365, mean: 812.40 }
  leaving:
    kind: ladder
    by: exit
    warnings: { expiringDays: [14] }
    exit:
      when: { all: [spend365 < 50.00, silence > 180] }
      vetoes: [isPartner == true, needs contains "contract"]
      reentry: { any: [orders365 >= 3] }
    tiers:
      - tier: served
      - { tier: watch, dwellDays: 60, reviewDays: 30 }
      - { tier: notice, dwellDays: 30 }
      - tier: gone
`;

export interface WrongPolicy {
  readonly title: string;
  readonly text: string;
  /** Where it is told. */
  readonly line: number;
  /** Part of what is told. */
  readonly says: string;
}

/** `at`: text on the line where it is told, the replacement's first line where it is not said. */
type Mistake = readonly [title: string, find: string, replacement: string, says: string, at?: string];

const ofTheWhole: readonly Mistake[] = [
  [
    'no measures',
    goodPolicy.slice(goodPolicy.indexOf('measures:'), goodPolicy.indexOf('programs:')),
    '',
    'measures is missing',
    'policy: shop',
  ],
  [
    'measures as a list',
    'measures:\n  spend365:',
    'measures:\n  - spend365:',
    'The indentation does not fit',
    '  spendThisYear:',
  ],
  ['a policy name with a blank', 'policy: shop', 'policy: my shop', 'Begin with a letter'],
  ['a policy name that is a number', 'policy: shop', 'policy: 12', 'Put it in quotes'],
  ['a policy name of a digit first', 'policy: shop', 'policy: 1shop', 'Begin with a letter'],
  ['a negative version', 'version: 3', 'version: -3', 'Count up from 1'],
  ['a title as plain text', 'title: { en: Shop, zh: 商店 }', 'title: Shop', 'not a map of keys'],
  ['a title without English', '{ en: Shop, zh: 商店 }', '{ zh: 商店 }', 'title.en is missing', 'title: { zh'],
  ['an empty title', '{ en: Shop, zh', '{ en: "", zh', 'title.en is empty', 'title: {'],
];

const ofMeasures: readonly Mistake[] = [
  ['a measure name with a dot', '  calls90:', '  calls.90:', 'Name "calls.90" cannot be used'],
  ['a measure without an op', '{ op: last, of: purchase }', '{ of: purchase }', 'op is missing', 'lastOrder'],
  ['an op that is misspelt', 'op: topTopics', 'op: topTopic', 'Did you mean topTopics?', 'needs:'],
  [
    'a subject that is misspelt',
    'of: feedback.score',
    'of: feedback.scores',
    'Did you mean feedback.score?',
    'satisfaction:',
  ],
  ['a subject left out', '{ op: since, of: purchase }', '{ op: since }', 'of is missing', 'silence:'],
  [
    'a sum of facts',
    'op: count, of: purchase',
    'op: sum, of: purchase',
    'sum cannot be taken of purchase',
    'orders365:',
  ],
  [
    'a mean of net spend',
    'spend365: { op: sum',
    'spend365: { op: mean',
    'mean cannot be taken of netSpend',
    'spend365:',
  ],
  [
    'topics of purchases',
    'op: topTopics, of: topic',
    'op: topTopics, of: purchase',
    'cannot be taken of purchase',
    'needs:',
  ],
  [
    'a kind of purchases',
    'op: count, of: purchase, window',
    'op: count, of: purchase, kind: web, window',
    'Only interactions have a kind',
    'orders365:',
  ],
  ['an empty kind', 'kind: call', 'kind: ""', 'kind is empty', 'calls90:'],
  ['a window in words', 'window: P180D', 'window: half a year', 'is not understood', 'satisfaction:'],
  ['a window of no days', 'window: P180D', 'window: P0D', 'is not understood', 'satisfaction:'],
  ['a window as a number', 'window: P180D', 'window: 180', 'Put it in quotes', 'satisfaction:'],
  ['a misspelt calendar', 'window: calendarYear', 'window: calenderYear', 'is not understood', 'spendThisYear:'],
  [
    'a window before that leaves the horizon',
    'window: P180D',
    'window: previous P500D',
    '1000 days back',
    'satisfaction:',
  ],
  [
    'topics of a sum',
    'of: netSpend, window: P365D }',
    'of: netSpend, window: P365D, topics: 3 }',
    'topics',
    'spend365:',
  ],
  ['no topics', 'topics: 3', 'topics: 0', '1 to 10', 'needs:'],
  ['too many topics', 'topics: 3', 'topics: 50', '1 to 10', 'needs:'],
  ['an attribute without a name', 'attribute: region, type', 'type', 'attribute is missing', 'region:'],
  ['an attribute without a type', 'attribute: region, type: text', 'attribute: region', 'type is missing', 'region:'],
  ['an attribute of an unknown type', 'type: flag', 'type: boolean', 'Use one of number, text, flag', 'isPartner:'],
  [
    'an attribute with a window',
    'attribute: region,',
    'attribute: region, window: P30D,',
    'no field window',
    'region:',
  ],
  [
    'an attribute of a subject',
    'op: attribute, attribute: region',
    'op: attribute, of: region',
    'no field of',
    'region:',
  ],
  ['digits of a text', 'type: text }', 'type: text, digits: 2 }', 'Leave digits out', 'region:'],
  ['too many digits', 'digits: 0', 'digits: 9', '0 to 6', 'potential:'],
  ['negative digits', 'digits: 0', 'digits: -1', '0 to 6', 'potential:'],
  ['digits as text', 'digits: 0', 'digits: two', 'not a whole number', 'potential:'],
  [
    'a score of an unknown measure',
    'measure: spend365, better',
    'measure: spent365, better',
    'Did you mean spend365?',
    'spendScore:',
  ],
  ['a score of a text', 'measure: spend365, better', 'measure: region, better', 'region is no number', 'spendScore:'],
  [
    'a score of itself',
    'measure: spend365, better',
    'measure: spendScore, better',
    'cannot read itself',
    'spendScore:',
  ],
  ['a score without cuts', ', cuts: [100.00, 500.00, "1500.00"]', '', 'cuts is missing', 'spendScore:'],
  ['a score of no cuts', '[100.00, 500.00, "1500.00"]', '[]', 'There are no cuts', 'spendScore:'],
  ['a score that says nothing of better', 'better: more, ', '', 'better is missing', 'spendScore:'],
  ['a score with a word for better', 'better: more', 'better: higher', 'Use one of more, less', 'spendScore:'],
  ['cuts in the wrong order', '[100.00, 500.00', '[500.00, 100.00', 'no harder to reach', 'spendScore:'],
  ['a cut twice', '[100.00, 500.00', '[100.00, 100.0', 'no harder to reach', 'spendScore:'],
  ['a cut in words', '"1500.00"', '"much"', 'not a number', 'spendScore:'],
  ['a cut with a third decimal', '[100.00,', '[100.005,', 'at most 2 decimals', 'spendScore:'],
  ['a cut with an exponent', '[100.00,', '[1e2,', '"1e2" is not a number', 'spendScore:'],
  ['a cut that is a flag', '[100.00,', '[true,', 'is true, not text', 'spendScore:'],
];

const basket = (expression: string, says: string): Mistake => [
  `the expression ${expression.slice(0, 40)}`,
  'expression: spend365 / orders365',
  `expression: '${expression}'`,
  says,
  'basket:',
];

const ofExpressions: readonly Mistake[] = [
  basket('spend356 / orders365', 'Did you mean spend365?'),
  basket('spend365 /', 'at character'),
  basket('spend365 / orders365)', 'at character'),
  basket('lastOrder', 'an expression cannot read it'),
  basket('spend365 / silence', 'an expression cannot read it'),
  basket('needs', 'an expression cannot read'),
  basket('basket + 1', 'cannot read itself'),
  basket('spend365 > 500', 'gives a flag, not a number'),
  basket('region', 'gives a text, not a number'),
  basket('"a" + 1', 'There must be text'),
  basket('isPartner ? "a" : 1', 'There must be text'),
  basket('spend365 == "a"', 'There must be a number'),
  basket('!spend365', 'There must be true or false'),
  basket('timestamp("2026-01-01")', 'no function timestamp'),
  basket('[spend365].map(x, x)', 'no function map'),
  basket(`1${'+ 1'.repeat(300)}`, '200 at most'),
  basket('9'.repeat(2000), '1000 at most'),
  ['an empty expression', 'expression: spend365 / orders365', 'expression: ""', 'expression', 'basket:'],
  ['an expression without a unit', ', unit: money }', ' }', 'unit is missing', 'basket:'],
  ['an expression of an unknown unit', 'unit: money', 'unit: euro', 'Use one of money', 'basket:'],
  ['an expression over a window', 'unit: money', 'unit: money, window: P30D', 'no field window', 'basket:'],
  ['an expression with digits of money', 'unit: money', 'unit: money, digits: 3', 'Leave digits out', 'basket:'],
];

const ofConditions: readonly Mistake[] = [
  ['a single equals sign', 'isPartner == true', 'isPartner = true', 'Write == for =', '- any:'],
  ['an operator the wrong way round', 'spend365 >= 1000.00', 'spend365 => 1000.00', 'Write >= for =>'],
  ['a measure that is misspelt', 'spend365 >= 1000.00', 'spend356 >= 1000.00', 'Did you mean spend365?'],
  ['a thousands separator', 'spend365 >= 1000.00', 'spend365 >= 1,000.00', 'plain decimal number'],
  ['a currency sign', 'spend365 >= 1000.00', 'spend365 >= €1000', 'plain decimal number'],
  ['a number in quotes', 'spend365 >= 1000.00', 'spend365 >= "1000.00"', 'without quotes'],
  ['a number beyond 2^53', 'spend365 >= 1000.00', 'spend365 >= 90071992547409.92', 'is not a number'],
  [
    'two conditions in one',
    'spend365 >= 1000.00',
    'spend365 >= 1000.00 and silence < 9',
    'join them with all: or any:',
  ],
  [
    'two conditions as code',
    'spend365 >= 1000.00',
    'spend365 >= 1000.00 && silence < 9',
    'join them with all: or any:',
  ],
  ['a decimal of days', 'silence <= 90', 'silence <= 90.5', 'at most 0 decimals', '- any:'],
  ['an instant', 'silence <= 90', 'lastOrder <= 90', 'op: since', '- any:'],
  ['text without quotes', 'region in ["north", "east"]', 'region == north', 'Put it in quotes: region == "north"'],
  ['text that is greater', 'region in ["north", "east"]', 'region >= "north"', 'which >= does not fit'],
  ['a list without brackets', 'region in ["north", "east"]', 'region in "north"', 'Write a list in brackets'],
  ['an empty list', 'region in ["north", "east"]', 'region in []', 'Write a list in brackets'],
  ['a list of numbers for text', 'region in ["north", "east"]', 'region in [1, 2]', 'Write a list in brackets'],
  [
    'a list that is not closed',
    'region in ["north", "east"]',
    'region in ["north", "east"',
    'Write a list in brackets',
  ],
  ['a flag in quotes', 'isPartner == true', '\'isPartner == "true"\'', 'without quotes', '- any:'],
  ['a flag as yes', 'isPartner == true', 'isPartner == yes', 'Write true or false', '- any:'],
  ['a flag that is less', 'isPartner == true', 'isPartner < true', 'is a flag, which < does not fit', '- any:'],
  ['a number that contains', 'spend365 >= 1000.00', 'spend365 contains "price"', 'which contains does not fit'],
  ['topics that are equal', 'needs contains "contract"', 'needs == "contract"', 'which == does not fit', 'vetoes:'],
  ['a topic without quotes', 'needs contains "contract"', 'needs contains contract', 'Put it in quotes', 'vetoes:'],
  ['a group in the wrong case', '          all:', '          All:', 'Did you mean all?'],
  ['an empty group', '[isPartner == true, silence <= 90]', '[]', 'any is empty', '- any:'],
  ['a map of conditions', '- any: [isPartner == true, silence <= 90]', '- isPartner: true', 'no field isPartner'],
  [
    'five levels of groups',
    '[isPartner == true, silence <= 90]',
    '[{ all: [{ any: [{ all: [silence <= 90] }] }] }]',
    'nested deeper than 4',
    '- any:',
  ],
];

const ofLadders: readonly Mistake[] = [
  ['a kind that is misspelt', '    kind: ladder\n    demote', '    kind: lader\n    demote', 'Did you mean ladder?'],
  ['a classifier that is misspelt', 'by: scorecard', 'by: scorecards', 'Did you mean scorecard?'],
  ['a percentile classifier', 'by: scorecard', 'by: percentile', 'Use one of thresholds'],
  ['a demotion that is none', 'demote: now', 'demote: later', 'Use one of now, atExpiry'],
  ['a depth that is none', 'depth: oneLevel', 'depth: one', 'Use one of fit, oneLevel'],
  ['negative grace', 'graceDays: 30', 'graceDays: -1', 'from 0 to 3660'],
  ['grace as a period', 'graceDays: 30', 'graceDays: P30D', 'not a whole number'],
  ['half a day of tenure', 'minTenureDays: 60', 'minTenureDays: 60.5', 'not a whole number'],
  ['no confirmation', 'confirmDays: 14', 'confirmDays: 0', 'from 1 to 3660'],
  ['an absurd confirmation', 'confirmDays: 14', 'confirmDays: 99999', 'from 1 to 3660'],
  ['a hysteresis of everything', 'hysteresisPercent: 10', 'hysteresisPercent: 100', 'from 0 to 99'],
  ['a negative hysteresis', 'hysteresisPercent: 10', 'hysteresisPercent: -5', 'from 0 to 99'],
  ['refunds that are none', 'refunds: immediate', 'refunds: never', 'Use one of unearned'],
  ['a fall by a level each day', '    minTenureDays: 60\n', '', 'falls by one level every day', 'depth: oneLevel'],
  [
    'a validity without expiry',
    '    graceDays: 30',
    '    validity: P365D\n    graceDays: 30',
    'Write demote: atExpiry',
  ],
  ['expiry without a validity', '    validity: calendarYear\n', '', 'needs a validity', 'demote: atExpiry'],
  ['a validity in words', 'validity: calendarYear', 'validity: a year', 'is not understood'],
  ['a validity for life', 'validity: calendarYear', 'validity: lifetime', 'is not understood'],
  ['a validity that is past', 'validity: calendarYear', 'validity: previous calendarYear', 'is not understood'],
  [
    'tenure with expiry',
    'validity: calendarYear',
    'validity: calendarYear\n    minTenureDays: 30',
    'no meaning with demote: atExpiry',
    'minTenureDays: 30',
  ],
  [
    'confirmation with expiry',
    'validity: calendarYear',
    'validity: calendarYear\n    confirmDays: 3',
    'no meaning with demote: atExpiry',
    'confirmDays: 3',
  ],
  [
    'a calendar year that demotes now',
    '- spend365 >= 1000.00',
    '- spendThisYear >= 1000.00',
    'everybody would fall on its first day',
    'demote: now',
  ],
  [
    'a calendar year in a score that demotes now',
    'measure: spend365, better',
    'measure: spendThisYear, better',
    'everybody would fall on its first day',
    'demote: now',
  ],
  ['no warning days', 'expiringDays: [30, 7, 1]', 'expiringDays: []', 'Write at least one'],
  ['a warning on the day', 'expiringDays: [30, 7, 1]', 'expiringDays: [30, 7, 0]', 'from 1 to 90'],
  ['a warning too early', 'expiringDays: [30, 7, 1]', 'expiringDays: [365]', 'from 1 to 90'],
  ['a warning twice', 'expiringDays: [30, 7, 1]', 'expiringDays: [30, 7, 30]', 'stand here twice'],
  ['too many warnings', 'expiringDays: [30, 7, 1]', 'expiringDays: [30, 20, 10, 5, 2, 1]', '6 days are too many'],
  ['a single warning day', 'expiringDays: [30, 7, 1]', 'expiringDays: 30', 'not a list'],
  ['warnings of nothing', 'warnings: { expiringDays: [14] }', 'warnings: {}', 'Nobody is warned'],
  ['near at once', 'withinPercent: 20', 'withinPercent: 0', 'from 1 to 99', 'approaching:'],
  ['a negative cool-down', 'coolDownDays: 14', 'coolDownDays: -14', 'from 0 to 366', 'approaching:'],
  ['a misspelt cool-down', 'coolDownDays: 14', 'cooldownDays: 14', 'Did you mean coolDownDays?', 'approaching:'],
  [
    'warnings of a segment',
    '    by: rfm\n',
    '    by: rfm\n    warnings: { expiringDays: [30] }\n',
    'a segment has neither',
    'expiringDays: [30] }',
  ],
  [
    'guards of a segment',
    '    by: rfm\n',
    '    by: rfm\n    graceDays: 30\n',
    'a segment has no guards',
    '    by: rfm\n    graceDays',
  ],
  ['a ladder without a bottom', '      - tier: bronze\n', '', 'takes everybody else', 'when: { any: [spendScore'],
  [
    'a tier for everybody in the middle',
    '        when: { any: [spendScore >= 2, calls90 > 5] }\n',
    '',
    'never reached',
    '- tier: silver',
  ],
  ['a tier twice', '- tier: silver', '- tier: gold', 'stands here twice', '每季度拜访 }\n      - tier: gold'],
  ['a tier called none', '- tier: bronze', '- tier: none', 'A tier is not called none'],
  ['a tier with a dot', '- tier: bronze', '- tier: bronze.low', 'cannot be used'],
  ['an unknown role in a playbook', '          sales: {', '          finance: {', 'no field finance'],
  [
    'a playbook as text',
    '          sales: { en: Visit every quarter, zh: 每季度拜访 }',
    '          sales: Visit',
    'not a map of keys',
  ],
  ['a playbook that is a book', 'en: Visit every quarter', `en: ${'x'.repeat(1001)}`, 'too long', 'sales:'],
  [
    'no tiers',
    goodPolicy.slice(goodPolicy.indexOf('    tiers:\n      - tier: gold'), goodPolicy.indexOf('  account:')),
    '',
    'There are no tiers',
    '  value:',
  ],
];

const ofClassifiers: readonly Mistake[] = [
  ['a scorecard without by', '    by: scorecard\n', '', 'Write by: scorecard', '    scorecard:'],
  [
    'by scorecard without a scorecard',
    goodPolicy.slice(goodPolicy.indexOf('    scorecard:'), goodPolicy.indexOf('    tiers:\n      - { tier: A')),
    '',
    'Add scorecard:',
    '  account:',
  ],
  [
    'a scorecard of nothing',
    goodPolicy.slice(goodPolicy.indexOf('    scorecard:'), goodPolicy.indexOf('    tiers:\n      - { tier: A')),
    '    scorecard: []\n',
    'no parts of the score',
    '    scorecard: []',
  ],
  ['a part of an unknown measure', '- measure: satisfaction', '- measure: satisfiction', 'Did you mean satisfaction?'],
  [
    'a part of a score that is made here',
    '- measure: satisfaction',
    '- measure: account.score',
    'no measure account.score',
  ],
  ['a weight of 0', 'weight: 60', 'weight: 0', 'from 1 to 1000'],
  ['half a weight', 'weight: 60', 'weight: 0.6', 'not a whole number'],
  ['no weight', '        weight: 60\n', '', 'weight is missing', '- measure: spendThisYear'],
  ['more than 100 points', 'points: 50 }', 'points: 150 }', 'from 0 to 100', '">= 300.00"'],
  ['negative points', 'points: 50 }', 'points: -50 }', 'from 0 to 100', '">= 300.00"'],
  [
    'a line with a measure',
    '">= 300.00"',
    '"spendThisYear >= 300.00"',
    'only an operator and a value',
    '"spendThisYear >=',
  ],
  ['a line with two operators', '">= 300.00"', '">= 300.00 < 400"', 'is not a number', '">= 300.00 <'],
  [
    'a line without points',
    '{ when: ">= 300.00", points: 50 }',
    '{ when: ">= 300.00" }',
    'points is missing',
    '">= 300.00"',
  ],
  ['a part without lines', '[{ when: ">= 80", points: 100 }]', '[]', 'no lines of points', 'points: []'],
  ['a tier from above 100', 'from: 75', 'from: 175', 'Write 0 to 100', 'tier: A'],
  ['a tier from a word', 'from: 75', 'from: high', 'is not a score', 'tier: A'],
  ['tiers from below', 'from: "40.00"', 'from: "80.00"', 'never reached', 'tier: B'],
  ['a lowest tier with a score', '- tier: C', '- { tier: C, from: 10 }', 'takes everybody else'],
  ['a score in a ladder of thresholds', '- tier: bronze', '- { tier: bronze, from: 10 }', 'Remove from'],
  ['a cell in a scorecard', '- tier: C', '- { tier: C, at: [high, low] }', 'Remove at'],
  ['axes without by', '    by: matrix\n', '', 'Write by: matrix', '    axes:'],
  [
    'by matrix without axes',
    goodPolicy.slice(goodPolicy.indexOf('    axes:'), goodPolicy.indexOf('    tiers:\n      - { tier: star')),
    '',
    'Add axes:',
    '  quadrant:',
  ],
  [
    'a single axis',
    goodPolicy.slice(
      goodPolicy.indexOf('      potential: { measure: potential, l'),
      goodPolicy.indexOf('    tiers:\n      - { tier: star'),
    ),
    '',
    'potential is missing',
    '    axes:',
  ],
  [
    'an axis of a text',
    'value: { measure: spend365',
    'value: { measure: region',
    'region is text, not a number',
    '      value:',
  ],
  [
    'an axis of an instant',
    'value: { measure: spend365',
    'value: { measure: lastOrder',
    'lastOrder is an instant',
    '      value:',
  ],
  [
    'an axis of one level',
    'levels: [low, high], cuts: [500.00]',
    'levels: [low], cuts: []',
    '2 to 10 levels',
    '      value:',
  ],
  ['a level twice', 'levels: [low, high]', 'levels: [low, low]', 'Level low stands here twice', '      value:'],
  ['a level called any', 'levels: [small, fair', 'levels: [any, fair', 'any stands for all levels', '      potential:'],
  ['too few cuts', 'cuts: [3, 7]', 'cuts: [3]', '3 levels have 2 cuts', '      potential:'],
  ['too many cuts', 'cuts: [500.00]', 'cuts: [500.00, 900.00]', '2 levels have 1 cuts', '      value:'],
  ['cuts of an axis in the wrong order', 'cuts: [3, 7]', 'cuts: [7, 3]', 'Write the lowest first', '      potential:'],
  ['a cell of an unknown level', 'at: [low, large]', 'at: [low, larg]', 'Did you mean large?', 'tier: question'],
  ['a cell with the axes swapped', 'at: [low, large]', 'at: [large, low]', 'no level "large"', 'tier: question'],
  ['half a cell', 'at: [low, large]', 'at: [low]', 'value first', 'tier: question'],
  ['a cell as text', 'at: [low, large]', 'at: low', 'not a list', 'tier: question'],
  ['a cell that is given away', 'at: [low, large]', 'at: [high, small]', 'never reached', 'tier: question'],
  ['a cell for everybody in the middle', 'at: [low, large]', 'at: [any, any]', 'never reached', 'tier: question'],
  ['rfm without by', '    by: rfm\n', '', 'Write by: rfm', '  rfm:'],
  [
    'by rfm without its axes',
    goodPolicy.slice(goodPolicy.indexOf('    rfm:\n      recency'), goodPolicy.indexOf('  leaving:')),
    '',
    'Add rfm:',
    '  rfm:',
  ],
  [
    'recency of an amount',
    'recency: { measure: silence, cuts: [120, 60, 30, 10]',
    'recency: { measure: spend365, cuts: [120, 60, 30, 10]',
    'does not count the days',
    'recency:',
  ],
  [
    'frequency of a text',
    'frequency: { measure: orders365',
    'frequency: { measure: region',
    'region is text',
    'frequency:',
  ],
  ['an unknown axis', 'monetary: {', 'monetery: {', 'Did you mean monetary?', 'monetery:'],
  [
    'an axis with a mean and cuts',
    'mean: 4.16',
    'mean: 4.16, cuts: [1, 2, 3, 4]',
    'either a mean, or cuts',
    'frequency:',
  ],
  [
    'an axis with nothing',
    '{ measure: orders365, mean: 4.16 }',
    '{ measure: orders365 }',
    'either a mean, or cuts',
    'frequency:',
  ],
  ['cuts without a boundary', ', highFrom: 4', '', 'either a mean, or cuts', 'recency:'],
  ['three cuts', 'cuts: [120, 60, 30, 10]', 'cuts: [120, 60, 30]', 'Write 4 cuts', 'recency:'],
  [
    'cuts of recency from below',
    'cuts: [120, 60, 30, 10]',
    'cuts: [10, 30, 60, 120]',
    'Write the highest first',
    'recency:',
  ],
  ['a boundary that everybody reaches', 'highFrom: 4', 'highFrom: 1', 'from 2 to 5', 'recency:'],
  ['a boundary that nobody reaches', 'highFrom: 4', 'highFrom: 6', 'from 2 to 5', 'recency:'],
  ['a mean in words', 'mean: 4.16', 'mean: average', 'is not a number', 'frequency:'],
  [
    'the eight types in a ladder',
    '    kind: segment\n    by: rfm',
    '    kind: ladder\n    by: rfm',
    'have no rank',
    '  rfm:\n    kind: ladder',
  ],
  [
    'a score of an axis with a mean',
    '  leaving:',
    '    tiers: [{ tier: often, when: { all: [f >= 3] } }]\n  leaving:',
    'There is no measure f',
    '    tiers: [{',
  ],
  [
    'an rfm type that is none',
    '  leaving:',
    '    tiers: [{ tier: rfm.12 }]\n  leaving:',
    'Name "rfm.12" cannot be used',
    '    tiers: [{',
  ],
  ['an exit without by', '    by: exit\n', '', 'Write by: exit', '    exit:'],
  [
    'by exit without who is to go',
    goodPolicy.slice(goodPolicy.indexOf('    exit:'), goodPolicy.indexOf('    tiers:\n      - tier: served')),
    '',
    'Add exit:',
    '  leaving:',
  ],
  [
    'an exit for nobody',
    '      when: { all: [spend365 < 50.00, silence > 180] }\n',
    '',
    'when is missing',
    '    exit:',
  ],
  ['a veto as a group', 'vetoes: [isPartner == true,', 'vetoes: [{ all: [isPartner == true] },', 'not text', 'vetoes:'],
  ['a veto of an unknown measure', 'vetoes: [isPartner', 'vetoes: [isPartnr', 'Did you mean isPartner?', 'vetoes:'],
  ['a reentry as text', 'reentry: { any: [orders365 >= 3] }', 'reentry: orders365 >= 3', 'not a map of keys'],
  [
    'an exit without stages',
    goodPolicy.slice(goodPolicy.indexOf('      - { tier: watch'), goodPolicy.length),
    '',
    'no stage to go to',
    'reentry: { any: [orders365 >= 3] }\n    tiers:',
  ],
  ['a stage without an end', '{ tier: notice, dwellDays: 30 }', '{ tier: notice }', 'Add dwellDays'],
  ['a stage of no days', 'dwellDays: 60', 'dwellDays: 0', 'from 1 to 3660', 'tier: watch'],
  ['a last stage that ends', '- tier: gone', '- { tier: gone, dwellDays: 30 }', 'No stage follows gone'],
  ['a first tier that is a stage', '- tier: served', '- { tier: served, dwellDays: 30 }', 'no stage'],
  ['a review of no days', 'reviewDays: 30', 'reviewDays: 0', 'from 1 to 3660', 'tier: watch'],
  [
    'a stage with conditions',
    '{ tier: notice, dwellDays: 30 }',
    '{ tier: notice, dwellDays: 30, when: { all: [silence > 9] } }',
    'no conditions of their own',
  ],
  ['a dwell on a ladder', '- tier: bronze', '- { tier: bronze, dwellDays: 30 }', 'Remove dwellDays'],
  [
    'guards of an exit',
    '    by: exit\n',
    '    by: exit\n    graceDays: 30\n',
    'an exit has no guards',
    '    by: exit\n    graceDays',
  ],
  [
    'an exit that comes near',
    'warnings: { expiringDays: [14] }',
    'warnings: { approaching: {} }',
    'no thresholds to approach',
  ],
];

export const wrongPolicies: readonly WrongPolicy[] = [
  ...ofTheWhole,
  ...ofMeasures,
  ...ofExpressions,
  ...ofConditions,
  ...ofLadders,
  ...ofClassifiers,
].map(([title, find, replacement, says, at = replacement.split('\n')[0]!]) => {
  if (!goodPolicy.includes(find)) throw new Error(`${title}: the good policy does not say ${find}`);
  const text = goodPolicy.replace(find, () => replacement);
  const offset = text.indexOf(at);
  if (offset < 0) throw new Error(`${title}: there is no line with ${at}`);
  // Of several lines, the last one.
  const line = text.slice(0, offset + at.length).split('\n').length;
  return { title, text, line, says };
});
