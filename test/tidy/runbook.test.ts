/** Whoever is called finds a page: each reason has its section, and each page that a program names is there. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

test('every reason to halt has a section, and no other has', () => {
  const union = /export type HaltReason =([^;]+);/.exec(textOf('packages/processor/src/errors.ts'))![1]!;
  const reasons = [...union.matchAll(/'(\w+)'/g)].map(match => match[1]!);
  const sections = [...textOf('deploy/runbook/halted.md').matchAll(/^## (.+)$/gm)].map(match => match[1]!);
  expect(reasons).toHaveLength(8);
  expect(sections.sort()).toEqual(reasons.sort());
});

test('every page that a program names is there, and the index names every page', () => {
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  }).split('\n');
  const sources = tracked.filter(file => /^(packages|services)\/.*\.ts$/.test(file));
  const named = sources.flatMap(file => [...textOf(file).matchAll(/deploy\/runbook\/[\w-]+\.md/g)].map(String));
  expect(new Set(named).size).toBeGreaterThan(4);
  expect(named.filter(page => !existsSync(join(root, page)))).toEqual([]);
  const pages = tracked.filter(file => file.startsWith('deploy/runbook/') && !file.endsWith('README.md'));
  const index = textOf('deploy/runbook/README.md');
  expect(pages.filter(page => !index.includes(`(${page.replace('deploy/runbook/', '')})`))).toEqual([]);
});
