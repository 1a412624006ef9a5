/**
 * A sheet of an Excel workbook to rows of cells.
 *
 * 1. The package names its workbook; the workbook names its sheets and says from when its dates count.
 * 2. Styles say which numbers are dates; shared strings hold the text.
 * 3. The sheet is read last, streaming, with what 2. gave.
 */
import { posix } from 'node:path';
import type { RawRow } from '../make-table.ts';
import type { Cell } from '../table.ts';
import { type CellFormat, cellFormat } from './cell-format.ts';
import { numberCell, textCell } from './cell-value.ts';
import type { PackageParts } from './package-parts.ts';
import { readXml } from './read-xml.ts';

export class NoWorkbook extends Error {
  override readonly name = 'NoWorkbook';
}

export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly part: string }[];
  readonly has1904Dates: boolean;
  readonly formats: readonly CellFormat[];
  readonly strings: readonly string[];
}

export async function openWorkbook(parts: PackageParts): Promise<Workbook> {
  const main = parts.has('_rels/.rels')
    ? (await relationships(parts, '')).find(({ type }) => type === 'officeDocument')
    : undefined;
  if (main === undefined || !parts.has(main.target)) throw new NoWorkbook('it has no workbook');
  const related = await relationships(parts, main.target);
  const partOf = (type: string) => related.find(relationship => relationship.type === type)?.target;

  let has1904Dates = false;
  const sheets: { name: string; part: string }[] = [];
  await readXml(parts.read(main.target), {
    open(element, attributes) {
      if (element === 'workbookPr') has1904Dates = isTrue(attributes.date1904);
      if (element !== 'sheet') return;
      const sheet = related.find(({ id }) => id === attributes.id);
      // Charts and macros are sheets to a workbook, and no tables.
      if (sheet?.type === 'worksheet') sheets.push({ name: attributes.name ?? '', part: sheet.target });
    },
  });
  const [styles, strings] = [partOf('styles'), partOf('sharedStrings')];
  return {
    sheets,
    has1904Dates,
    formats: styles !== undefined && parts.has(styles) ? await readFormats(parts, styles) : [],
    strings: strings !== undefined && parts.has(strings) ? await readStrings(parts, strings) : [],
  };
}

interface Relationship {
  readonly id: string;
  /** The last word of its URI: it is the same in the strict and the transitional dialect. */
  readonly type: string;
  readonly target: string;
}

async function relationships(parts: PackageParts, of: string): Promise<Relationship[]> {
  const folder = of === '' ? '' : posix.dirname(of);
  const file = posix.join(folder, '_rels', `${posix.basename(of)}.rels`);
  const found: Relationship[] = [];
  if (!parts.has(file)) return found;
  await readXml(parts.read(file), {
    open(element, { Id = '', Type = '', Target = '' }) {
      if (element !== 'Relationship') return;
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
      found.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), target });
    },
  });
  return found;
}

/** By the style number of a cell. */
async function readFormats(parts: PackageParts, part: string): Promise<CellFormat[]> {
  const codes = new Map<number, string>();
  const formats: CellFormat[] = [];
  let isOfCells = false;
  await readXml(parts.read(part), {
    open(element, attributes) {
      if (element === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (element === 'cellXfs') isOfCells = true;
      else if (element === 'xf' && isOfCells) {
        const id = Number(attributes.numFmtId ?? 0);
        formats.push(cellFormat(id, codes.get(id)));
      }
    },
    close(element) {
      if (element === 'cellXfs') isOfCells = false;
    },
  });
  return formats;
}

/** Text in several formats is one text; how it is pronounced is not part of it. */
async function readStrings(parts: PackageParts, part: string): Promise<string[]> {
  const strings: string[] = [];
  let text = '';
  let isText = false;
  let isPhonetic = false;
  await readXml(parts.read(part), {
    open(element) {
      if (element === 'si') text = '';
      else if (element === 'rPh') isPhonetic = true;
      else if (element === 't') isText = !isPhonetic;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(element) {
      if (element === 't') isText = false;
      else if (element === 'rPh') isPhonetic = false;
      else if (element === 'si') strings.push(textCell(text));
    },
  });
  return strings;
}

const rowsMax = 1_048_576;
const columnsMax = 16_384;

export async function readSheet(parts: PackageParts, part: string, workbook: Workbook): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  let number = 0;
  let cells: Cell[] = [];
  let column = -1;
  let attributes: Readonly<Record<string, string>> = {};
  let text = '';
  let isValue = false;
  let isPhonetic = false;
  await readXml(parts.read(part), {
    open(element, given) {
      if (element === 'row') {
        const next = given.r === undefined ? number + 1 : Number(given.r);
        if (!(next > number && next <= rowsMax)) throw new Error(`row ${given.r} follows row ${number}`);
        number = next;
        cells = [];
        column = -1;
      } else if (element === 'c') {
        attributes = given;
        column = given.r === undefined ? column + 1 : columnOf(given.r);
        if (!(column >= 0 && column < columnsMax)) throw new Error(`there is a cell ${given.r}`);
        text = '';
      } else if (element === 'rPh') isPhonetic = true;
      else if (element === 'v' || element === 't') isValue = !isPhonetic;
    },
    text(piece) {
      if (isValue) text += piece;
    },
    close(element) {
      if (element === 'v' || element === 't') isValue = false;
      else if (element === 'rPh') isPhonetic = false;
      else if (element === 'c') {
        const cell = text === '' ? null : cellOf(attributes, text, workbook);
        if (cell !== null && cell !== '') cells[column] = cell;
      } else if (element === 'row' && cells.length > 0) rows.push({ number, cells });
    },
  });
  return rows;
}

function cellOf({ t = 'n', s }: Readonly<Record<string, string>>, text: string, workbook: Workbook): Cell | null {
  switch (t) {
    case 's': {
      const shared = workbook.strings[Number(text)];
      if (shared === undefined) throw new Error(`there is no text number ${text}`);
      return shared;
    }
    case 'str':
    case 'inlineStr':
    case 'd':
      return textCell(text);
    case 'b':
      return isTrue(text);
    case 'e':
      return { formulaError: text };
    default:
      return numberCell(text, workbook.formats[Number(s)] ?? 'number', workbook.has1904Dates);
  }
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}

/** `AB12` → 27. */
export function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference.match(/^[A-Z]{1,3}(?=\d+$)/)?.[0] ?? '')
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

export function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter;
}
