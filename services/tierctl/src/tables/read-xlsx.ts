/**
 * A sheet of an Excel workbook. Read here and not by one of the libraries for workbooks, because those at hand give a
 * formula that failed as an empty cell, unpack whatever a file claims to hold, or are no longer looked after.
 */
import { makeTable } from './make-table.ts';
import type { TableResult } from './table.ts';
import { notTaken } from './table-problem.ts';
import { PackageParts, TooLargeUnzipped } from './workbook/package-parts.ts';
import { columnLetters, NoWorkbook, openWorkbook, readSheet } from './workbook/read-workbook.ts';

const unzippedBytesMaxDefault = 256 * 1024 * 1024;
/** The container of .xls, and of workbooks with a password. */
const compoundFileMark = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** `sheet` of null: the first one. */
export async function readXlsx(
  bytes: Buffer,
  sheet: string | null,
  unzippedBytesMax = unzippedBytesMaxDefault,
): Promise<TableResult> {
  if (bytes.length === 0) return notTaken('empty');
  if (bytes.subarray(0, compoundFileMark.length).equals(compoundFileMark)) return notTaken('oldOrEncrypted');
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return notTaken('notXlsx');
  try {
    const parts = await PackageParts.open(bytes, unzippedBytesMax);
    const workbook = await openWorkbook(parts);
    const chosen = sheet === null ? workbook.sheets[0] : workbook.sheets.find(({ name }) => name === sheet);
    if (chosen === undefined) {
      const names = workbook.sheets.map(({ name }) => JSON.stringify(name)).join(', ');
      return notTaken('unknownSheet', { found: JSON.stringify(sheet ?? ''), expected: names });
    }
    return makeTable(await readSheet(parts, chosen.part, workbook), columnLetters);
  } catch (error) {
    if (error instanceof NoWorkbook) return notTaken('notXlsx');
    if (error instanceof TooLargeUnzipped) {
      return notTaken('tooLargeUnzipped', { found: error.bytes, expected: unzippedBytesMax });
    }
    // Whatever else goes wrong while a file's own bytes are read is wrong with the file.
    return notTaken('damaged', { found: error instanceof Error ? error.message : String(error) });
  }
}
