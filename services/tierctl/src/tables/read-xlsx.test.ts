import { expect, test } from 'vitest';
import { readXlsx } from './read-xlsx.ts';
import type { TableResult } from './table.ts';
import { partsOf, textRows, workbookOf, zipOf } from './workbook-under-test.ts';

function rowsOf(result: TableResult) {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message.en).join('\n'));
  return result.table.rows.map(({ number, cells }) => [number, cells]);
}

const header = '<row r="1"><c r="A1" t="inlineStr"><is><t>v</t></is></c></row>';

/** The value that a cell of column v gives. */
async function cellOf(cell: string, formats: readonly string[] = [], has1904Dates = false) {
  const workbook = workbookOf({ sheets: { S: `${header}<row r="2">${cell}</row>` }, formats, has1904Dates });
  const rows = rowsOf(await readXlsx(workbook, null));
  return (rows[0]?.[1] as { v?: unknown } | undefined)?.v;
}

test.each([
  ['a number', '<v>1234.5</v>', '', 1234.5],
  ['digits beyond the fifteenth', '<v>0.30000000000000004</v>', '', 0.3],
  ['an exponent', '<v>1.23E3</v>', '', 1230],
  ['an id of sixteen digits', '<v>1234567890123456</v>', '', { digitsLost: '1234567890123456' }],
  ['truth', '<v>1</v>', 't="b"', true],
  ['the result of a formula', '<f>1+1</f><v>2</v>', '', 2],
  ['the text of a formula', '<f>A1</f><v> x </v>', 't="str"', 'x'],
  ['a formula that failed', '<f>1/0</f><v>#DIV/0!</v>', 't="e"', { formulaError: '#DIV/0!' }],
  ['text in two formats', '<is><r><t>重点</t></r><r><t>客户</t></r></is>', 't="inlineStr"', '重点客户'],
  ['how text is read', '<is><t>東京</t><rPh><t>トウキョウ</t></rPh></is>', 't="inlineStr"', '東京'],
  ['a character that XML has not', '<is><t>a_x000D_b</t></is>', 't="inlineStr"', 'a\rb'],
  ['a date of ISO', '<v>2024-03-01</v>', 't="d"', '2024-03-01'],
])('%s', async (_, content, attributes, expected) => {
  expect(await cellOf(`<c r="A2" ${attributes}>${content}</c>`)).toEqual(expected);
});

test.each([
  ['yyyy-mm-dd', '45352', '2024-03-01'],
  ['yyyy"年"m"月"d"日"', '45352', '2024-03-01'],
  ['[$-804]yyyy/m/d;@', '45352.75', '2024-03-01'],
  ['m/d/yy h:mm', '45352.4375', '2024-03-01T10:30:00'],
  ['yyyy-mm-dd hh:mm:ss', '45352.999988425925', '2024-03-01T23:59:59'],
  ['h:mm AM/PM', '0.4375', '10:30:00'],
  ['[h]:mm', '1.5', 1.5],
  ['#,##0.00 "days"', '12.3', 12.3],
  ['0.00E+00', '12.3', 12.3],
  ['[Red]0.00', '12.3', 12.3],
  ['_-* #,##0.00\\ _d', '12.3', 12.3],
  ['General', '12.3', 12.3],
  ['00000', '123', '00123'],
  ['yyyy-mm-dd', '1', '1900-01-01'],
  ['yyyy-mm-dd', '60', { notADate: '60' }],
  ['yyyy-mm-dd', '61', '1900-03-01'],
  ['yyyy-mm-dd', '-5', { notADate: '-5' }],
  ['yyyy-mm-dd', '20240301', { notADate: '20240301' }],
])('%s shows %s', async (format, stored, expected) => {
  expect(await cellOf(`<c r="A2" s="0"><v>${stored}</v></c>`, [format])).toEqual(expected);
});

test('dates may count from 1904', async () => {
  expect(await cellOf('<c r="A2" s="0"><v>43890</v></c>', ['yyyy-mm-dd'], true)).toBe('2024-03-01');
});

test('rows keep the numbers that the spreadsheet shows, and edges without values are no rows', async () => {
  const sheet = `<row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c></row>
    <row r="5"><c r="B5"><v>1</v></c><c r="Z5" s="0"/></row><row r="7"><c r="C7"><v>2</v></c></row><row r="9"><c r="B9" s="0"/></row>`;
  const workbook = workbookOf({ sheets: { S: sheet }, strings: ['<t>客户\n编号</t>', '<t>b</t>'], formats: ['0.00'] });
  expect(rowsOf(await readXlsx(workbook, null))).toEqual([
    [5, { '客户 编号': 1 }],
    [7, { b: 2 }],
  ]);
});

test('a sheet is chosen by its name', async () => {
  const workbook = workbookOf({ sheets: { 一月: textRows([['a'], ['1']]), 二月: textRows([['a'], ['2']]) } });
  expect(rowsOf(await readXlsx(workbook, '二月'))).toEqual([[2, { a: '2' }]]);
  expect(rowsOf(await readXlsx(workbook, null))).toEqual([[2, { a: '1' }]]);
  expect(await readXlsx(workbook, '三月')).toMatchObject({
    problems: [{ reason: 'unknownSheet', message: { en: expect.stringContaining('"一月", "二月"') } }],
  });
});

const good = { sheets: { S: textRows([['a'], ['1']]) }, formats: [], strings: [], has1904Dates: false };

function withSheet(xml: string): Buffer {
  return zipOf(
    partsOf(good).map(part => (part.name.endsWith('sheet1.xml') ? { ...part, bytes: Buffer.from(xml) } : part)),
  );
}

function bomb(declaredBytes?: number): Buffer {
  const bytes = Buffer.alloc(64 * 1024 * 1024, 0x20);
  return zipOf(
    partsOf(good).map(part =>
      part.name.endsWith('sheet1.xml')
        ? { ...part, bytes, ...(declaredBytes === undefined ? {} : { declaredBytes }) }
        : part,
    ),
  );
}

test.each([
  ['nothing', Buffer.alloc(0), 'empty'],
  ['CSV', Buffer.from('a,b\n1,2\n'), 'notXlsx'],
  ['an old workbook', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'oldOrEncrypted'],
  ['another zip', zipOf([{ name: 'word/document.xml', bytes: Buffer.from('<a/>') }]), 'notXlsx'],
  ['a zip that is cut off', workbookOf(good).subarray(0, -40), 'damaged'],
  ['a sheet that is no XML', withSheet('<worksheet><row>'), 'damaged'],
  ['entities that grow', withSheet('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'), 'damaged'],
  ['elements without an end', withSheet(`<worksheet>${'<a>'.repeat(20_000)}`), 'damaged'],
  ['text that is not there', workbookOf({ sheets: { S: '<row><c t="s"><v>7</v></c></row>' } }), 'damaged'],
  ['rows out of order', workbookOf({ sheets: { S: '<row r="2"/><row r="1"/>' } }), 'damaged'],
  ['a cell beyond the last column', workbookOf({ sheets: { S: '<row><c r="ZZZ1"><v>7</v></c></row>' } }), 'damaged'],
  ['a bomb', bomb(), 'tooLargeUnzipped'],
  ['a bomb that says it is small', bomb(1000), 'damaged'],
  ['an empty sheet', workbookOf({ sheets: { S: '' } }), 'empty'],
  ['a header alone', workbookOf({ sheets: { S: textRows([['a', 'b']]) } }), 'noRows'],
  [
    'a name twice',
    workbookOf({
      sheets: {
        S: textRows([
          ['a', 'a '],
          ['1', '2'],
        ]),
      },
    }),
    'duplicateHeader',
  ],
  [
    'a title above the header',
    workbookOf({ sheets: { S: textRows([['title'], ['a', 'b'], ['1', '2']]) } }),
    'emptyHeader',
  ],
])('%s is refused', async (_, bytes, reason) => {
  const result = await readXlsx(bytes, null, 32 * 1024 * 1024);
  expect(result).toMatchObject({ ok: false, problems: [{ reason }] });
});
