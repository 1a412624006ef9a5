/**
 * Columns that a mapping reads and a table does not have. A column may rightly be absent, since what it gives may be
 * optional; but mostly its name is misspelt, and then the rows' own rejections would say everything except that.
 */
import { basename } from 'node:path';
import type { Source } from '@tierflow/config/sources/source';
import { nearestName } from '@tierflow/customer/nearest-name';
import type { Language } from '../language.ts';
import type { Table } from '../tables/table.ts';

export interface MissingColumn {
  readonly column: string;
  /** Of the sources file. */
  readonly line: number;
  /** The column of the table that was most likely meant. */
  readonly meant: string | null;
  readonly present: readonly string[];
}

export function missingColumns({ columns }: Source, { columns: present }: Table): MissingColumn[] {
  const unread = present.filter(column => !columns.has(column));
  return [...columns]
    .filter(([column]) => !present.includes(column))
    .map(([column, line]) => ({ column, line, meant: nearestName(column, unread), present }));
}

export function describeMissingColumn(
  { column, line, meant, present }: MissingColumn,
  file: string,
  mapping: string,
  language: Language,
): string {
  const table = basename(file);
  if (language === 'zh') {
    const remedy = meant === null ? `现有各列：${present.join('、')}` : `是否想写“${meant}”？`;
    return `${mapping}:${line}  ${table} 没有“${column}”列。${remedy}`;
  }
  const remedy = meant === null ? `It has ${present.join(', ')}.` : `Did you mean ${JSON.stringify(meant)}?`;
  return `${mapping}:${line}  ${table} has no column ${JSON.stringify(column)}. ${remedy}`;
}
