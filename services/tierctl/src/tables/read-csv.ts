/**
 * CSV by RFC 4180: UTF-8 with or without a mark, any one delimiter, quotes, line breaks within quotes. What cannot be
 * read for certain is refused as a whole, with its lines: a row with a field too many has its values under wrong names.
 */
import { isUtf8 } from 'node:buffer';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { makeTable, problemsMax, type RawRow } from './make-table.ts';
import type { TableResult } from './table.ts';
import { notTaken, tableProblem } from './table-problem.ts';

const otherDelimiters = [',', ';', '\t', '|'];

export function readCsv(bytes: Buffer, delimiter: string): TableResult {
  if (bytes.length === 0) return notTaken('empty');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return notTaken('notCsv');
  if (!isUtf8(bytes) || bytes.includes(0)) {
    const line = firstBadLine(bytes);
    return notTaken('notUtf8', line === null ? {} : { row: line });
  }
  const records = parseRecords(bytes, delimiter);
  if (!Array.isArray(records)) return records;
  const [header] = records;
  if (header === undefined) return notTaken('empty');

  if (header.cells.length === 1) {
    const meant = otherDelimiters.find(other => other !== delimiter && header.cells[0]!.includes(other));
    if (meant !== undefined) {
      const [found, expected] = [JSON.stringify(meant), JSON.stringify(delimiter)];
      return notTaken('otherDelimiter', { row: header.number, found, expected });
    }
  }
  const ragged = records.filter(({ cells }) => cells.length !== header.cells.length);
  if (ragged.length > 0) {
    const problems = ragged
      .slice(0, problemsMax)
      .map(({ number, cells }) =>
        tableProblem('ragged', { row: number, found: cells.length, expected: header.cells.length }),
      );
    return { ok: false, problems };
  }
  return makeTable(records, index => String(index + 1));
}

interface CsvRecord extends RawRow {
  readonly cells: readonly string[];
}

/** Records that are not blank, each with the line on which it begins. */
function parseRecords(bytes: Buffer, delimiter: string): CsvRecord[] | ReturnType<typeof notTaken> {
  const records: CsvRecord[] = [];
  let line = 1;
  // The parser counts a CRLF within quotes as two lines.
  const text = bytes.toString('utf8').replaceAll('\r\n', '\n');
  try {
    parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      on_record: (fields: string[], { lines }) => {
        const cells = fields.map(field => field.trim());
        if (cells.some(cell => cell !== '')) records.push({ number: line, cells });
        line = lines + 1;
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) return notTaken('badQuotes', { row: line });
    throw error;
  }
  return records;
}

function firstBadLine(bytes: Buffer): number | null {
  let number = 1;
  for (let from = 0; from < bytes.length; number++) {
    const end = bytes.indexOf(0x0a, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end);
    if (!isUtf8(line) || line.includes(0)) return number;
    if (end < 0) break;
    from = end + 1;
  }
  return null;
}
