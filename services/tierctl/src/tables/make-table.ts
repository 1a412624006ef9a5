/**
 * Rows of cells to a table. The first row that is not empty names the columns. A header that leaves a value without a
 * name, or gives a name twice, would put values under the wrong name, so the whole file is refused; empty rows and
 * columns at the edges, which spreadsheets are full of, are left out.
 */
import type { Cell, Table, TableProblem, TableResult, TableRow } from './table.ts';
import { notTaken, tableProblem } from './table-problem.ts';

export interface RawRow {
  readonly number: number;
  /** null or missing: empty. */
  readonly cells: readonly (Cell | null | undefined)[];
}

const columnsMax = 1000;
/** The first ones are enough to see what is wrong. */
export const problemsMax = 20;
/** Names that objects have a meaning for. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** `nameOf` tells a column by its place: C, or 3. */
export function makeTable(raw: readonly RawRow[], nameOf: (index: number) => string): TableResult {
  const rows = raw.filter(({ cells }) => cells.some(isFilled));
  const [header, ...body] = rows;
  if (header === undefined) return notTaken('empty');
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  if (width > columnsMax) return notTaken('tooManyColumns', { found: width, expected: columnsMax });
  const columns = Array.from({ length: width }, (_, index) => columnName(header.cells[index]));

  const problems = headerProblems(header.number, columns, body, nameOf);
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, problemsMax) };
  if (body.length === 0) return notTaken('noRows');
  const table: Table = { columns: columns.filter(name => name !== ''), rows: body.map(row => named(row, columns)) };
  return { ok: true, table };
}

function headerProblems(
  row: number,
  columns: readonly string[],
  body: readonly RawRow[],
  nameOf: (index: number) => string,
): TableProblem[] {
  const seen = new Set<string>();
  const problems: TableProblem[] = [];
  columns.forEach((name, index) => {
    if (name === '') {
      if (body.some(({ cells }) => isFilled(cells[index]))) {
        problems.push(tableProblem('emptyHeader', { row, found: nameOf(index) }));
      }
    } else if (seen.has(name)) {
      problems.push(tableProblem('duplicateHeader', { row, found: JSON.stringify(name) }));
    } else if (forbidden.has(name)) {
      problems.push(tableProblem('badHeader', { row, found: JSON.stringify(name) }));
    }
    seen.add(name);
  });
  return problems;
}

function named({ number, cells }: RawRow, columns: readonly string[]): TableRow {
  const row: Record<string, Cell> = {};
  columns.forEach((name, index) => {
    const cell = cells[index];
    if (name !== '' && isFilled(cell)) row[name] = cell;
  });
  return { number, cells: row };
}

function columnName(cell: Cell | null | undefined): string {
  if (!isFilled(cell)) return '';
  // A line break within a header cell is for the eye.
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell).replace(/\s+/g, ' ').trim();
}

function isFilled(cell: Cell | null | undefined): cell is Cell {
  return cell !== null && cell !== undefined && cell !== '';
}
