import { readFileSync } from 'node:fs';
import { parseSources, type SourcesContext } from '@tierflow/config/sources/parse-sources';
import type { Source } from '@tierflow/config/sources/source';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import { CommandFailure } from './command-failure.ts';

/** A sources file's problems are the failure's text, one a line. */
export function readSourcesFile(path: string, context: SourcesContext): readonly Source[] {
  const parsed = parseSources(readFileSync(path, 'utf8'), context);
  if (parsed.ok) return parsed.sources;
  throw new CommandFailure(
    `the sources file cannot be used\n${formatFileProblems(path, parsed.problems)}`,
    'mend the lines above and check it again with `tierctl sources check`',
  );
}
