/** A published table: CSV without quotes, as text by column. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '../..');

export function linesOf(file: string): string[] {
  const bytes = readFileSync(join(root, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
}

export function publishedTable<Column extends string>(
  file: string,
  columns: readonly Column[],
): Readonly<Record<Column, string>>[] {
  const [header, ...rows] = linesOf(file);
  const places = columns.map(column => {
    const place = header!.split(',').indexOf(column);
    if (place < 0) throw new Error(`${file} has no column ${column}, but ${header}.`);
    return [column, place] as const;
  });
  return rows.map(row => {
    const cells = row.split(',');
    return Object.fromEntries(places.map(([column, place]) => [column, cells[place]!])) as Record<Column, string>;
  });
}
