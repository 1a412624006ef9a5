/** Workbooks for tests, made of the XML that matters; a zip of stored or deflated entries. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the entry says of itself, where that is not the truth. */
  readonly declaredBytes?: number;
}

export interface WorkbookXml {
  /** `<row>` elements by the name of their sheet. */
  readonly sheets: Readonly<Record<string, string>>;
  /** Format codes; the cell style `n` has the n-th of them. */
  readonly formats?: readonly string[];
  readonly strings?: readonly string[];
  readonly has1904Dates?: boolean;
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const documents = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006/relationships';

export function workbookOf({ sheets, formats = [], strings = [], has1904Dates = false }: WorkbookXml): Buffer {
  return zipOf(partsOf({ sheets, formats, strings, has1904Dates }));
}

export function partsOf({ sheets, formats, strings, has1904Dates }: Required<WorkbookXml>): ZipEntry[] {
  const names = Object.keys(sheets);
  const part = (name: string, text: string): ZipEntry => ({ name, bytes: Buffer.from(text) });
  return [
    part('_rels/.rels', relationships([['rId1', 'officeDocument', 'xl/workbook.xml']])),
    part(
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${documents}"><workbookPr date1904="${has1904Dates ? 1 : 0}"/><sheets>${names
        .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
        .join('')}</sheets></workbook>`,
    ),
    part(
      'xl/_rels/workbook.xml.rels',
      relationships([
        ...names.map((_, index) => [`rId${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`] as const),
        ['rIdStyles', 'styles', 'styles.xml'],
        ['rIdStrings', 'sharedStrings', '/xl/sharedStrings.xml'],
      ]),
    ),
    part(
      'xl/styles.xml',
      `<styleSheet xmlns="${main}"><numFmts>${formats
        .map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${code.replaceAll('"', '&quot;')}"/>`)
        .join('')}</numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs>${formats
        .map((_, index) => `<xf numFmtId="${164 + index}"/>`)
        .join('')}</cellXfs></styleSheet>`,
    ),
    part('xl/sharedStrings.xml', `<sst xmlns="${main}">${strings.map(text => `<si>${text}</si>`).join('')}</sst>`),
    ...names.map((name, index) =>
      part(
        `xl/worksheets/sheet${index + 1}.xml`,
        `<worksheet xmlns="${main}"><sheetData>${sheets[name]}</sheetData></worksheet>`,
      ),
    ),
  ];
}

function relationships(list: readonly (readonly [id: string, type: string, target: string])[]): string {
  const items = list.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${documents}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${packages}">${items.join('')}</Relationships>`;
}

/** Rows of text cells from A1 on. */
export function textRows(rows: readonly (readonly string[])[]): string {
  return rows
    .map(cells => `<row>${cells.map(text => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`)
    .join('');
}

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, declaredBytes = bytes.length } of entries) {
    const deflated = deflateRawSync(bytes);
    const path = Buffer.from(name);
    const described = Buffer.alloc(26);
    described.writeUInt16LE(20, 0);
    described.writeUInt16LE(0x0800, 2);
    described.writeUInt16LE(8, 4);
    described.writeUInt32LE(crc32(bytes), 10);
    described.writeUInt32LE(deflated.length, 14);
    described.writeUInt32LE(declaredBytes, 18);
    described.writeUInt16LE(path.length, 22);
    const file = Buffer.concat([Buffer.from('504b0304', 'hex'), described, path, deflated]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), described, place, path]));
    files.push(file);
    offset += file.length;
  }
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}
