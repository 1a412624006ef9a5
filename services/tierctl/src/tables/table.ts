/** A table of a file, as its readers give it: whatever the format, a header and rows that are named by it. */

/**
 * What a cell holds: text without the blanks around it, a number as the spreadsheet shows it, a day or a time in ISO
 * without an offset. Empty cells are not there.
 */
export type Cell = string | number | boolean | UnusableCell;

/**
 * A cell whose value the spreadsheet itself does not have: a formula that failed, digits that were lost, a date beyond
 * the calendar. It is no scalar, so a mapping that reads it rejects the row and shows this; one that does not read it
 * does not mind.
 */
export type UnusableCell =
  | { readonly formulaError: string }
  | { readonly digitsLost: string }
  | { readonly notADate: string };

export interface TableRow {
  /** As the spreadsheet or an editor shows it, from 1. */
  readonly number: number;
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export type TableResult =
  | { readonly ok: true; readonly table: Table }
  | { readonly ok: false; readonly problems: readonly TableProblem[] };

/** Why a file is not taken as a table at all. Each sentence names the remedy. */
export interface TableProblem {
  readonly reason: TableProblemReason;
  /** null: the file as a whole. */
  readonly row: number | null;
  readonly message: { readonly en: string; readonly zh: string };
}

export type TableProblemReason =
  | 'tooLarge'
  | 'empty'
  | 'notUtf8'
  | 'notCsv'
  | 'badQuotes'
  | 'otherDelimiter'
  | 'notXlsx'
  | 'oldOrEncrypted'
  | 'damaged'
  | 'tooLargeUnzipped'
  | 'unknownSheet'
  | 'noRows'
  | 'emptyHeader'
  | 'duplicateHeader'
  | 'badHeader'
  | 'ragged'
  | 'tooManyColumns';
