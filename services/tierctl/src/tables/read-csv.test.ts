import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCsv } from './read-csv.ts';

const fixtures = join(import.meta.dirname, '../../../../test/fixtures/tables');
const read = (file: string, delimiter = ',') => readCsv(readFileSync(join(fixtures, file)), delimiter);

test.each([
  ['gbk.csv', [['notUtf8', 1]]],
  ['utf-16.csv', [['notUtf8', 1]]],
  [
    'ragged.csv',
    [
      ['ragged', 3],
      ['ragged', 4],
    ],
  ],
  ['duplicate-header.csv', [['duplicateHeader', 1]]],
  ['empty-header.csv', [['emptyHeader', 1]]],
  [
    'title-above-header.csv',
    [
      ['emptyHeader', 1],
      ['emptyHeader', 1],
    ],
  ],
  ['semicolons.csv', [['otherDelimiter', 1]]],
  ['header-only.csv', [['noRows', null]]],
  ['empty.csv', [['empty', null]]],
  ['blank.csv', [['empty', null]]],
  ['open-quote.csv', [['badQuotes', 2]]],
  ['quote-within.csv', [['badQuotes', 2]]],
  ['forbidden-header.csv', [['badHeader', 1]]],
  ['a-workbook.csv', [['notCsv', null]]],
])('%s is refused', (file, expected) => {
  const result = read(file);
  if (result.ok) throw new Error('it was taken');
  expect(result.problems.map(({ reason, row }) => [reason, row])).toEqual(expected);
  for (const { message } of result.problems) {
    expect(message.en).toMatch(/[.?]$/);
    expect(message.zh).toMatch(/\p{Script=Han}.*。$/u);
  }
});

test('a byte order mark, line breaks in quotes, blanks and blank lines are what spreadsheets write', () => {
  expect(read('mark-and-line-breaks.csv')).toEqual({
    ok: true,
    table: {
      columns: ['客户', '说明 (多行)', '金额'],
      rows: [
        { number: 3, cells: { 客户: 'K001', '说明 (多行)': '第一行\n第二行', 金额: '10.00' } },
        { number: 6, cells: { 客户: 'K002', '说明 (多行)': '引号 "内"' } },
      ],
    },
  });
});

test('any one delimiter', () => {
  const result = read('semicolons.csv', ';');
  expect(result).toMatchObject({ table: { rows: [{ cells: { account: 'K001', amount: '10,00' } }] } });
});
