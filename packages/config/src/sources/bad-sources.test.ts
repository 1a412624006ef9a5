/** Files that must be refused. The first line of each says which line is wrong, and words of the message and the remedy. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatFileProblems } from '../yaml/format-file-problems.ts';
import { parseSources } from './parse-sources.ts';

const folder = new URL('../../../../test/fixtures/bad-sources/', import.meta.url);
const files = readdirSync(folder).filter(file => file.endsWith('.yaml'));

test('there are many of them', () => expect(files.length).toBeGreaterThanOrEqual(32));

describe('a sources file that is refused', () => {
  test.each(files)('%s', file => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const [, line, message, remedy] = /^# line (\d+) \| (.+) \| (.+)$/m.exec(text)!;
    const result = parseSources(text, { zone: 'Europe/Berlin', baseCurrency: 'EUR' });
    if (result.ok) throw new Error('It was accepted.');
    const report = formatFileProblems(file, result.problems);
    expect(result.problems, report).toHaveLength(1);
    const [problem] = result.problems;
    expect(problem!.line, report).toBe(Number(line));
    expect(problem!.message).toContain(message);
    expect(problem!.remedy).toContain(remedy);
    expect(report).toMatch(/^[a-z-]+\.yaml:\d+:\d+ {2}\S.* — \S.*$/);
  });
});
