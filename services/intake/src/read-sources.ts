/** The sources file that TIERFLOW_SOURCES names, checked as a whole before anything is read from a topic. */
import { readFileSync } from 'node:fs';
import { parseSources } from '@tierflow/config/sources/parse-sources';
import type { Source } from '@tierflow/config/sources/source';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import type { LogOpened } from '@tierflow/customer/events';

/** The message is what the operator reads: every problem with its place and its remedy. */
export class SourcesRefused extends Error {
  override readonly name = 'SourcesRefused';
}

export interface TopicSource extends Source {
  readonly topic: string;
}

/** The sources that have a topic; those of files are the command line's. */
export function readTopicSources(file: string | null, opening: LogOpened): readonly TopicSource[] {
  if (file === null) {
    throw new SourcesRefused('TIERFLOW_SOURCES is not set — name the YAML file that declares the source topics');
  }
  const { zone, baseCurrency } = opening;
  const result = parseSources(readText(file), { zone, baseCurrency });
  if (!result.ok) throw new SourcesRefused(formatFileProblems(file, result.problems));
  const sources = result.sources.filter((source): source is TopicSource => source.topic !== null);
  if (sources.length === 0) {
    throw new SourcesRefused(`${file} declares no source with a topic — add one of format json or avro`);
  }
  return sources;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SourcesRefused(
      `${file} cannot be read (${(error as Error).message}) — set TIERFLOW_SOURCES to the sources file`,
    );
  }
}
