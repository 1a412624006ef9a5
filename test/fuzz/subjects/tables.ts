/** CSV files and Excel workbooks: the text, the XML within, and the zip around it. */
import { readdirSync, readFileSync } from 'node:fs';
import { readCsv } from '@tierflow/tierctl/tables/read-csv';
import { readXlsx } from '@tierflow/tierctl/tables/read-xlsx';
import { partsOf, textRows, zipOf } from '@tierflow/tierctl/tables/workbook-under-test';
import fc from 'fast-check';
import { alteredBytes, alteredText, hostileText } from '../hostile-text.ts';
import type { FuzzSubject } from '../subject.ts';

type TableFile = readonly ['csv' | 'xlsx', Buffer];

const root = new URL('../../../', import.meta.url);
const fixtures = readdirSync(new URL('test/fixtures/tables/', root)).map(file => `test/fixtures/tables/${file}`);
const csvFiles = ['deploy/samples/key-accounts/orders.csv', ...fixtures].map(file => readFileSync(new URL(file, root)));
const workbookFile = readFileSync(new URL('deploy/samples/key-accounts/accounts.xlsx', root));
const parts = partsOf({
  sheets: {
    one: `${textRows([['id', 'name', 'at']])}<row r="5"><c r="A5" t="s"><v>0</v></c><c r="C5" s="0"><v>45000.5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`,
    two: textRows([['x'], ['1']]),
  },
  formats: ['yyyy-mm-dd', '00000', '[h]:mm'],
  strings: ['<t>one</t>', '<r><t>two</t></r><rPh><t>x</t></rPh>'],
  has1904Dates: false,
});

const xmlPiece = fc.oneof(
  hostileText,
  fc.constantFrom(
    ...[
      '<c r="XFD1"><v>1</v></c>',
      '<c r="A1048577"/>',
      '<row r="1e6">',
      '<row r="-1"/>',
      '<c t="s"><v>1e9</v></c>',
      '<c t="s"><v>__proto__</v></c>',
    ],
    ...[
      '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]>',
      '&b;',
      '&#0;',
      '&#x110000;',
      '<![CDATA[',
      ']]>',
      '<?xml version="9"?>',
      '<a:b/>',
      ' __proto__="x"',
      ' xmlns=""',
      '<v>1e400</v>',
      '<v>-1</v>',
      's="99"',
      's="__proto__"',
    ],
  ),
  fc.constantFrom(100, 20_000).map(depth => '<a>'.repeat(depth)),
  fc.constantFrom(1000, 15_000).map(count => '<row><c><v>1</v></c></row>'.repeat(count)),
);

const alteredWorkbook = fc
  .tuple(fc.nat(parts.length - 1), fc.nat(20), alteredTextOfPart(), fc.option(fc.nat(1_000_000)))
  .map(([which, odd, change, declared]) =>
    zipOf(
      parts.map((part, index) => {
        const isIt = index === which;
        const bytes = isIt ? Buffer.from(change(part.bytes.toString())) : part.bytes;
        const name = isIt && odd === 0 ? '../__proto__' : part.name;
        return { name, bytes, ...(isIt && odd === 1 && declared !== null ? { declaredBytes: declared } : {}) };
      }),
    ),
  );

function alteredTextOfPart(): fc.Arbitrary<(text: string) => string> {
  // The text to be changed is known only with the part: changes are drawn on a stand-in's places.
  return fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(40), fc.boolean(), xmlPiece), { minLength: 1, maxLength: 3 }).map(
    edits => text =>
      edits.reduce((changed, [place, length, keeps, piece]) => {
        const at = place % (changed.length + 1);
        return changed.slice(0, at) + piece + changed.slice(keeps ? at : at + length);
      }, text),
  );
}

export const subject: FuzzSubject<TableFile> = {
  input: fc.oneof(
    fc.tuple(fc.constant('csv' as const), alteredBytes(fc.constantFrom(...csvFiles))),
    fc.tuple(
      fc.constant('csv' as const),
      alteredText(
        csvFiles.map(file => file.toString('latin1')),
        hostileText,
      ).map(text => Buffer.from(text)),
    ),
    fc.tuple(fc.constant('xlsx' as const), alteredBytes(fc.constantFrom(workbookFile, zipOf(parts)))),
    fc.tuple(fc.constant('xlsx' as const), alteredWorkbook),
  ),
  // What is read is as large as what is unpacked, which has a limit of its own.
  sizeOf: ([format, bytes]) => (format === 'csv' ? bytes.length : unzippedBytesMax),
  run: ([format, bytes]) => (format === 'csv' ? readCsv(bytes, ',') : readXlsx(bytes, null, unzippedBytesMax)),
};

const unzippedBytesMax = 1024 * 1024;
