/** Loads the program with a weakness in it: the source of the files that it edits is changed on its way into Node. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryDir } from '@tierflow/local/paths';
import { type Edit, type Weakness, weaknesses } from './weaknesses.ts';

export function findWeakness(name: string): Weakness {
  const weakness = weaknesses.find(candidate => candidate.name === name);
  if (weakness !== undefined) return weakness;
  throw new Error(`There is no weakness ${name}. There are: ${weaknesses.map(each => each.name).join(', ')}.`);
}

/** Before the files are imported for the first time. */
export function weaken({ name, edits }: Weakness): void {
  const editsOf = new Map<string, Edit[]>();
  for (const edit of edits) {
    const url = pathToFileURL(join(repositoryDir, edit.file)).href;
    editsOf.set(url, [...(editsOf.get(url) ?? []), edit]);
  }
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const wanted = editsOf.get(url);
      if (wanted === undefined) return loaded;
      return { ...loaded, source: wanted.reduce(edited(name), String(loaded.source)) };
    },
  });
}

const edited =
  (name: string) =>
  (source: string, { file, find, replace }: Edit): string => {
    const parts = source.split(find);
    if (parts.length === 2) return parts.join(replace);
    throw new Error(
      `Weakness ${name} does not fit ${file} any more: "${find}" is there ${parts.length - 1} times. Write its edit anew.`,
    );
  };
