/** Whoever changes what the negative control weakens hears of it here, in milliseconds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { expect, test } from 'vitest';
import { weaken, weakenings } from './weakenings.ts';

test.each(weakenings)('$file still holds every piece that is weakened, once', weakening => {
  const source = readFileSync(join(repositoryDir, weakening.file), 'utf8');
  expect(weaken(source, weakening)).not.toBe(source);
});

test('a piece that is gone is an error', () => {
  expect(() => weaken('', { file: 'some.ts', pieces: [['gone', '']] })).toThrow('some.ts');
});
