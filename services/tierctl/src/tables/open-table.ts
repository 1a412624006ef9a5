/** A file to the table that a source declares it to be. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Source } from '@tierflow/config/sources/source';
import { CommandFailure } from '../command-failure.ts';
import type { Language } from '../language.ts';
import { readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import type { Table, TableProblem, TableResult } from './table.ts';
import { notTaken } from './table-problem.ts';

/** A table is looked at as a whole before any of it is written, so it has to fit into memory. */
const fileBytesMax = 256 * 1024 * 1024;

/** What is wrong with the table is the failure's text, one problem a line. */
export async function openTable(path: string, source: Source, language: Language): Promise<Table> {
  const result = await readTable(path, source);
  if (result.ok) return result.table;
  const where = formatTableProblems(path, result.problems, language);
  throw new CommandFailure(
    language === 'zh' ? `无法读取该表格\n${where}` : `the table cannot be read\n${where}`,
    language === 'zh' ? '请按上述各行修改；没有写入任何数据' : 'mend the lines above; nothing was written',
  );
}

async function readTable(path: string, { format, sheet, delimiter }: Source): Promise<TableResult> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandFailure(`there is no file ${path}`, 'check the path');
  if (stats.isDirectory()) throw new CommandFailure(`${path} is a folder`, 'name one file');
  if (stats.size > fileBytesMax) return notTaken('tooLarge', { found: stats.size, expected: fileBytesMax });
  const bytes = readFileSync(path);
  return format === 'xlsx' ? readXlsx(bytes, sheet) : readCsv(bytes, delimiter);
}

function formatTableProblems(path: string, problems: readonly TableProblem[], language: Language): string {
  const file = basename(path);
  return problems
    .map(({ row, message }) => `${row === null ? file : `${file}:${row}`}  ${message[language]}`)
    .join('\n');
}
