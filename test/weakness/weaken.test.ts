/** Whoever changes what a weakness edits hears of it here, in milliseconds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { expect, test } from 'vitest';
import { controlWeakness } from '../chaos/control-weakness.ts';
import { weaknesses } from '../simulator/weaknesses.ts';
import { weakened } from './weaken.ts';

test.each([...weaknesses, controlWeakness])('$name still fits the source', ({ name, edits }) => {
  for (const [file, wanted] of Map.groupBy(edits, ({ file }) => file)) {
    const source = readFileSync(join(repositoryDir, file), 'utf8');
    expect(weakened(name, source, wanted)).not.toBe(source);
  }
});

test('a piece that is gone is an error', () => {
  expect(() => weakened('any', '', [{ file: 'some.ts', find: 'gone', replace: '' }])).toThrow('some.ts');
});
