/** Which source of a sources file a table is of: the one that was named, or the only one of the file's format. */
import { extname } from 'node:path';
import type { Source } from '@tierflow/config/sources/source';
import { CommandFailure } from '../command-failure.ts';

const formatOfExtension: Readonly<Record<string, 'csv' | 'xlsx'>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.xlsx': 'xlsx',
  '.xlsm': 'xlsx',
};

export function chooseSource(sources: readonly Source[], file: string, name: string | undefined): Source {
  const ofTables = sources.filter(({ format }) => format === 'csv' || format === 'xlsx');
  const names = (list: readonly Source[]) => list.map(source => `${source.name} (${source.format})`).join(', ');
  if (ofTables.length === 0) {
    throw new CommandFailure('the sources file has no source for tables', 'declare one with format csv or xlsx');
  }
  if (name !== undefined) {
    const named = ofTables.find(source => source.name === name);
    if (named !== undefined) return named;
    throw new CommandFailure(`no source for tables is called ${name}`, `name one of ${names(ofTables)}`, 2);
  }
  const format = formatOfExtension[extname(file).toLowerCase()];
  const fitting = ofTables.filter(source => format === undefined || source.format === format);
  if (fitting.length === 1) return fitting[0]!;
  throw new CommandFailure(
    fitting.length === 0 ? `no source reads ${file}` : `several sources read ${file}`,
    `name one by --source: ${names(fitting.length === 0 ? ofTables : fitting)}`,
    2,
  );
}
