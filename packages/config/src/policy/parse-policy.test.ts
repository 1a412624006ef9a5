import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatFileProblems } from '../yaml/format-file-problems.ts';
import { parsePolicy } from './parse-policy.ts';
import { goodPolicy } from './under-test/good-policy.ts';
import { wrongPolicies } from './under-test/wrong-policies.ts';

const context = { baseCurrencyDigits: 2, horizonDays: 800 };

const good = `policy: shop
version: 1
measures:
  spend365: { op: sum, of: netSpend, window: P365D }
  calls:
    op: count
    of: interaction
    kind: call
programs:
  value:
    kind: ladder
    demote: now
    tiers:
      - tier: gold
        title: { en: Gold, zh: 金 }
        when:
          all:
            - spend365 >= 300.00
            - any: [calls >= 2, calls == 0]
      - tier: rest
`;

const bad: readonly (readonly [
  title: string,
  find: string | RegExp,
  replacement: string,
  line: number,
  says: string,
])[] = [
  ['nothing at all', /[\s\S]*/, '', 1, 'The file is empty'],
  ['only a comment', /[\s\S]*/, '# later\n', 1, 'The file is empty'],
  ['a sentence', /[\s\S]*/, 'gold for everybody', 1, 'not a map of keys'],
  ['a list', /^/, '- ', 2, 'This is not YAML'],
  ['a key twice', 'version: 1', 'version: 1\nversion: 2', 3, 'twice'],
  ['a measure twice', '  calls:', '  spend365:', 5, 'twice'],
  ['a tab', '    kind: ladder', '\tkind: ladder', 11, 'tab'],
  ['a number as a key', '  value:', '  ? [1]\n  :', 10, 'not text'],
  ['an open bracket', 'P365D }', 'P365D', 5, 'close the bracket'],
  ['an open quote', 'policy: shop', 'policy: "shop', 1, 'Close brackets and quotes'],
  ['a wrong indentation', '    of: interaction', '   of: interaction', 7, 'indentation'],
  ['an anchor', 'title: {', 'title: &gold {', 15, '&gold marks a value'],
  ['an alias', '- tier: rest', '- tier: rest\n        title: *gold', 21, '*gold refers to'],
  ['an alias to an anchor', /title: (.*)\n([\s\S]*)$/, 'title: &gold $1\n$2        title: *gold\n', 15, '21:16  *gold'],
  ['a merge key', 'demote: now', '<<: { demote: now }', 12, 'Key << is not allowed'],
  ['a tag', 'demote: now', 'demote: !js now', 12, 'Tag !js'],
  ['a built-in tag', 'demote: now', 'demote: !!binary now', 12, 'Tag'],
  ['a second document', /$/, '---\npolicy: other\n', 21, 'second document'],
  ['__proto__', '    demote: now', '    __proto__: { kind: ladder }', 12, 'Key __proto__ is not allowed'],
  ['constructor as a measure', '  calls:', '  constructor:', 5, 'Key constructor is not allowed'],
  ['too deep', 'spend365 >= 300.00', `${'['.repeat(40)}${']'.repeat(40)}`, 18, 'nested deeper than 32'],
  ['absurdly deep', /[\s\S]*/, `a: ${'['.repeat(30_000)}`, 1, 'nested deeper than 32'],
  ['absurdly long', /$/, `# ${'x'.repeat(70_000)}\n`, 1, '65536 are allowed'],
  ['an unknown field', '    demote: now', '    demot: now', 12, 'Did you mean demote?'],
  ['an unknown field at the top', 'version: 1', 'version: 1\nowner: ann', 3, 'known are policy, version'],
  ['a field of a title', 'zh: 金', 'de: Gold', 15, 'no field de'],
  ['no policy name', 'policy: shop\n', '', 1, 'policy is missing'],
  ['no kind', '    kind: ladder\n', '', 10, 'programs.value.kind is missing'],
  ['a version as text', 'version: 1', 'version: "1"', 2, 'not a whole number'],
  ['a version with a fraction', 'version: 1', 'version: 1.5', 2, 'not a whole number'],
  ['version 0', 'version: 1', 'version: 0', 2, 'Count up from 1'],
  ['a tier as a number', '- tier: gold', '- tier: 1', 14, 'Put it in quotes'],
  ['tiers as a map', /tiers:[\s\S]*$/, 'tiers: { gold: 1 }\n', 13, 'not a list'],
  ['a misspelt op', 'op: sum', 'op: summ', 4, 'Did you mean sum?'],
  ['an unknown subject', 'of: interaction', 'of: clicks', 7, 'Use one of purchase'],
  ['an op that does not fit', 'op: sum, of: netSpend', 'op: mean, of: netSpend', 4, 'mean cannot be taken of netSpend'],
  ['an empty window', 'window: P365D', 'window:', 4, 'is empty, not text'],
  ['a window in weeks', 'P365D', 'P52W', 4, 'Write P365D'],
  ['a window beyond the horizon', 'P365D', 'P799D', 4, 'serves 769'],
  ['a condition that is a number', '- spend365 >= 300.00', '- 300', 18, 'not a condition'],
  ['a condition that does not end', 'spend365 >= 300.00', `spend365 >= 300.00${' '.repeat(2048)}x`, 18, '2048 at most'],
  ['a condition in words', 'spend365 >= 300.00', 'spend365 at least 300', 18, 'is not understood'],
  ['an unknown measure', 'spend365 >= 300.00', 'spend >= 300.00', 18, 'no measure spend'],
  ['a third decimal of money', '300.00', '300.005', 18, 'at most 2 decimals'],
  ['a misspelt all', '          all:', '          al:', 17, 'Did you mean all?'],
  [
    'all and any',
    '- any: [calls >= 2, calls == 0]',
    '- any: [calls >= 2]\n              all: [calls == 0]',
    19,
    'exactly one of all and any',
  ],
  ['no conditions', '[calls >= 2, calls == 0]', '[]', 19, 'is empty'],
  ['a tier twice', 'tier: rest', 'tier: gold', 20, 'twice'],
  ['a ladder without a bottom', '      - tier: rest\n', '', 16, 'takes everybody else'],
  ['a tier that hides the next', '- tier: rest', '- tier: low\n      - tier: rest', 20, 'never reached'],
];

describe('a policy that is refused', () => {
  test.each(bad)('%s', (_title, find, replacement, line, says) => {
    const text = good.replace(find, replacement);
    expect(text).not.toBe(good);
    const result = parsePolicy(text, context);
    if (result.ok) throw new Error('It was accepted.');
    const report = formatFileProblems('shop.yaml', result.problems);
    expect(result.problems[0]?.line, report).toBe(line);
    expect(report).toContain(says);
    expect(report).toMatch(/^shop\.yaml:\d+:\d+ {2}\S.* — \S.*$/m);
    expect(({} as Record<string, unknown>).kind).toBeUndefined();
  });

  test.each(wrongPolicies)('$title', ({ text, line, says }) => {
    const result = parsePolicy(text, context);
    if (result.ok) throw new Error('It was accepted.');
    const report = formatFileProblems('shop.yaml', result.problems);
    expect(report).toContain(says);
    expect(result.problems[0]?.line, report).toBe(line);
    expect(report).toMatch(/^(shop\.yaml:\d+:\d+ {2}\S.* — \S.*\n?)+$/);
  });

  test('there are many ways to be wrong, each at a place of its own', () => {
    expect(new Set(wrongPolicies.map(({ text }) => text)).size).toBe(wrongPolicies.length);
    expect(wrongPolicies.length).toBeGreaterThan(150);
  });

  test('names all problems of one check, from top to bottom', () => {
    const text = good
      .replace('version: 1', 'version: x')
      .replace('op: sum', 'op: total')
      .replace('tier: rest', 'teir: none');
    const result = parsePolicy(text, context);
    expect(!result.ok && result.problems.map(({ line, path }) => [line, path.join('.')])).toEqual([
      [2, 'version'],
      [4, 'measures.spend365.op'],
      [20, 'programs.value.tiers.1.teir'],
    ]);
  });
});

test('a file made of mistakes is told of from its top, and soon', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('');
  for (const text of [keys(6000), keys(3000) + keys(3000)]) {
    const startedAt = process.cpuUsage();
    const result = parsePolicy(text, context);
    expect(result.ok || result.problems.length).toBe(100);
    expect(process.cpuUsage(startedAt).user).toBeLessThan(1_000_000);
  }
});

describe('a policy that is accepted', () => {
  function accepted(text: string) {
    const result = parsePolicy(text, context);
    if (!result.ok) throw new Error(formatFileProblems('shop.yaml', result.problems));
    return result;
  }

  test('is addressed by the hash of its canonical text', () => {
    const { json, hash, document, policy } = accepted(good);
    expect(JSON.parse(json)).toEqual(document);
    expect(hash).toBe(`sha256:${createHash('sha256').update(json).digest('hex')}`);
    expect(policy.policyId).toBe('shop');
  });

  test('stays the same policy where only comments, order of keys or layout differ', () => {
    const same = good
      .replace('{ op: sum, of: netSpend, window: P365D }', '{ window: P365D, of: netSpend, op: sum } # a year')
      .replace('policy: shop\nversion: 1', 'version: 1\npolicy: shop');
    expect(accepted(same).hash).toBe(accepted(good).hash);
    expect(accepted(good.replace('300.00', '301.00')).hash).not.toBe(accepted(good).hash);
  });

  test('with something of everything', () => {
    const { policy } = accepted(goodPolicy);
    expect(policy.programs.map(({ name }) => name)).toEqual([
      'account',
      'fifths',
      'leaving',
      'quadrant',
      'rfm',
      'shares',
      'value',
    ]);
  });

  test('has its decimals as they are written, with or without quotes', () => {
    const { document } = accepted(
      goodPolicy.replace('[100.00, 500.00, "1500.00"]', '[0.10, "1500.00", 9007199254740.90]'),
    );
    expect(document.measures.spendScore).toMatchObject({ cuts: ['0.10', '1500.00', '9007199254740.90'] });
    expect(document.programs.account?.tiers?.map(({ from }) => from)).toEqual(['75', '40.00', undefined]);
    expect(document.programs.quadrant?.axes?.value.cuts).toEqual(['500.00']);
    expect(document.programs.shares?.tiers?.[1]).toEqual({ tier: 'body', share: '19.5', from: '950.00' });
    expect(document.programs.shares?.tiers?.[0]?.playbookCost).toBe('900.00');
    expect(document.programs.rfm?.rfm?.monetary).toEqual({ measure: 'spend365', mean: '812.40' });
  });

  test('keeps the order of tiers and conditions', () => {
    const { document } = accepted(good);
    expect(document.programs.value?.tiers?.map(({ tier }) => tier)).toEqual(['gold', 'rest']);
  });

  test('the retail ladder that is shipped', () => {
    const file = new URL('../../../../deploy/policies/retail-ladder.yaml', import.meta.url);
    const { document } = accepted(readFileSync(file, 'utf8'));
    expect(document.programs.value?.tiers?.map(({ tier }) => tier)).toEqual(['platinum', 'gold', 'silver', 'bronze']);
    expect(document.programs.lifecycle?.tiers?.map(({ tier }) => tier)).toEqual(['VIP', 'regular', 'new']);
    expect(Object.keys(document.measures).sort()).toEqual(
      [
        'spend365',
        'gross365',
        'refunds365',
        'orders365',
        'lastPurchase',
        'daysSincePurchase',
        'interactions90',
        'satisfaction180',
      ].sort(),
    );
  });
});
