/** What is written in two languages says the same: as many headings, the same files and the same commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guideOutline } from '../e2e/guide-text.ts';

const root = join(import.meta.dirname, '../..');
const outlineOf = (file: string): unknown => guideOutline(readFileSync(join(root, file), 'utf8'));

test.each([
  ['README.md', 'README.zh-CN.md'],
  ['deploy/guides/wire-your-own-topics.md', 'deploy/guides/wire-your-own-topics.zh-CN.md'],
  ['deploy/guides/change-a-policy.md', 'deploy/guides/change-a-policy.zh-CN.md'],
  ['deploy/guides/policies.md', 'deploy/guides/policies.zh-CN.md'],
])('%s and %s', (english, chinese) => {
  expect(outlineOf(chinese)).toEqual(outlineOf(english));
});

test.each(['README.md', 'README.zh-CN.md'])('%s quotes what the sample year comes to', file => {
  const year = JSON.parse(readFileSync(join(root, 'deploy/samples/complete-journey/expected.json'), 'utf8'));
  const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
  const text = readFileSync(join(root, file), 'utf8');
  expect(text).toMatch(new RegExp(`\\b${total(year.events.accepted)} .*\\b${total(year.events.rejected)} `));
  for (const [tier, customers] of Object.entries(year.population.value)) {
    expect(text).toMatch(new RegExp(`^ ${tier} .* ${customers}$`, 'm'));
  }
});
