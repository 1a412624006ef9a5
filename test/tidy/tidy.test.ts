/** Habits that are easier kept by a test than by a review. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter(file => file !== '');
const sources = tracked.filter(file => /\.(ts|mjs|lua)$/.test(file));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

test('no file is named after nothing', () => {
  const vague = /^(utils?|helpers?|common|misc|managers?|shared|constants|types)\.(ts|mjs|lua)$/;
  expect(sources.filter(file => vague.test(basename(file)))).toEqual([]);
});

test('files are named in kebab-case', () => {
  expect(sources.filter(file => !/^[a-z0-9.-]+(_[a-z]+)?$/.test(basename(file)))).toEqual([]);
});

test('no test is skipped, focused or empty, and no work is left as a note', () => {
  const left = /\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bTODO\b|\bFIXME\b|@ts-ignore|@ts-nocheck/;
  const self = 'test/tidy/tidy.test.ts';
  expect(sources.filter(file => file !== self && left.test(textOf(file)))).toEqual([]);
});

test('the top level holds what it should and nothing else', () => {
  const allowed = new Set([
    ...[
      'services',
      'packages',
      'schemas',
      'deploy',
      'test',
      'docker-compose.yml',
      'package.json',
      'pnpm-workspace.yaml',
    ],
    ...[
      'tsconfig.base.json',
      'README.md',
      'README.zh-CN.md',
      'ARCHITECTURE.md',
      'RELIABILITY.md',
      'CHANGELOG.md',
      'LICENSE',
    ],
    ...['pnpm-lock.yaml', 'biome.json', 'vitest.config.ts'],
  ]);
  const top = new Set(tracked.map(file => file.split('/')[0]!));
  expect([...top].filter(name => !name.startsWith('.') && !allowed.has(name))).toEqual([]);
});

test('links between documents lead somewhere', () => {
  const documents = tracked.filter(file => file.endsWith('.md'));
  const dead = documents.flatMap(file =>
    [...textOf(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(match => match[1]!)
      .filter(target => !existsSync(join(root, dirname(file), target)))
      .map(target => `${file} → ${target}`),
  );
  expect(dead).toEqual([]);
});
