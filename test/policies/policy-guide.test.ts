/** The policy guides: their YAML is valid, their days are what the fold gives, and nothing of the language is left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import { readYaml } from '@tierflow/config/yaml/yaml-source';
import { classifiers, measureOps, measureSubjects, type PolicyDocument } from '@tierflow/customer/policy-document';
import { repositoryDir } from '@tierflow/local/paths';
import { describe, expect, test } from 'vitest';
import { compareEndsOfDay, compareRecords } from './compare-lives.ts';
import { readRows } from './labelled-lives.ts';
import { type GuideBlock, type PolicyGuide, readPolicyGuide } from './policy-guide.ts';

const place = { zone: 'UTC', baseCurrency: 'CNY' };
const context = { baseCurrencyDigits: 2, horizonDays: 800 };
const languages = ['policies.md', 'policies.zh-CN.md'];
const textOf = (name: string): string => readFileSync(join(repositoryDir, 'deploy/guides', name), 'utf8');
const [english, chinese] = languages.map(name => readPolicyGuide(textOf(name))) as [PolicyGuide, PolicyGuide];

type Part = Partial<PolicyDocument> | null;

function partOf({ text, line }: GuideBlock): Part {
  const read = readYaml(text, 'a part of a policy');
  if (!read.ok) throw new SyntaxError(`line ${line}: ${formatFileProblems('block', read.problems)}`);
  return read.source.value as Part;
}

/** A block may use the measures of all blocks before it, and may consist of measures alone. */
function policyWith(blocks: readonly GuideBlock[], at: number): string {
  const parts = blocks.slice(0, at + 1).map(block => partOf(block));
  const measures = Object.assign({}, ...parts.map(part => part?.measures ?? {}));
  const programs = parts[at]?.programs ?? parts[0]!.programs;
  return JSON.stringify({ policy: 'guide', version: 1, measures, programs });
}

describe.each([
  ['policies.md', english],
  ['policies.zh-CN.md', chinese],
])('%s', (name, guide) => {
  const { blocks } = guide;
  const examples = blocks.map(({ line }, at) => ({ at, line }));

  test.each(examples)('the YAML of line $line is valid', ({ at }) => {
    const parsed = parsePolicy(policyWith(blocks, at), context);
    expect(parsed.ok ? '' : formatFileProblems('block', parsed.problems)).toBe('');
  });

  test.each(examples.filter(({ at }) => blocks[at]!.rows.length > 0))('the days after line $line', async ({ at }) => {
    const policy = policyWith(blocks, at);
    const programs = Object.keys((JSON.parse(policy) as PolicyDocument).programs);
    const lives = { policy, place, programs, ...readRows(blocks[at]!.rows, place, name) };
    const records = await compareRecords(lives);
    expect(records.told).toEqual(records.labelled);
    const ends = await compareEndsOfDay(lives);
    expect(ends.told).toEqual(ends.labelled);
  });

  test('tells of every op, subject, window, classifier, key and shipped policy', () => {
    const text = textOf(name);
    const shipped = readdirSync(join(repositoryDir, 'deploy/policies')).filter(file => file.endsWith('.yaml'));
    const words = [...measureOps, ...measureSubjects, ...classifiers, ...windows, ...keys, ...shipped];
    expect(words.filter(word => !text.includes(word))).toEqual([]);
  });
});

const windows = [
  'P365D',
  'calendarMonth',
  'calendarQuarter',
  'calendarHalf',
  'calendarYear',
  'anniversary',
  'previous',
  'lifetime',
];
const keys = [
  ...[
    'policy',
    'version',
    'title',
    'measures',
    'programs',
    'op',
    'of',
    'kind',
    'window',
    'topics',
    'attribute',
    'type',
    'digits',
  ],
  ...[
    'expression',
    'unit',
    'measure',
    'better',
    'cuts',
    'by',
    'demote',
    'depth',
    'graceDays',
    'minTenureDays',
    'confirmDays',
  ],
  ...[
    'hysteresisPercent',
    'validity',
    'refunds',
    'warnings',
    'expiringDays',
    'approaching',
    'withinPercent',
    'coolDownDays',
  ],
  ...[
    'scorecard',
    'weight',
    'points',
    'axes',
    'value',
    'potential',
    'levels',
    'at',
    'rfm',
    'recency',
    'frequency',
    'monetary',
  ],
  ...[
    'mean',
    'highFrom',
    'exit',
    'when',
    'vetoes',
    'reentry',
    'from',
    'dwellDays',
    'reviewDays',
    'playbook',
    'marketing',
  ],
  ...['pyramid', 'share', 'population', 'among', 'scores', 'ties', 'type7'],
  ...['deadBandPercent', 'minCustomers', 'minDays', 'playbookCost'],
  ...[
    'sales',
    'service',
    'atExpiry',
    'now',
    'fit',
    'oneLevel',
    'unearned',
    'immediate',
    'all',
    'any',
    'contains',
    'in',
  ],
];

test('both languages show the same policies, days, files and record', () => {
  const shownBy = ({ blocks, files, shown }: PolicyGuide) => ({
    blocks: blocks.map(block => [
      partOf(block),
      block.rows.map(({ day, happened, expected }) => [day, happened, expected]),
    ]),
    files: [...files],
    shown,
  });
  expect(shownBy(chinese)).toEqual(shownBy(english));
});
