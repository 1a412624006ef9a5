/**
 * Takes a rule out of the product: the source of the files that a weakness edits is changed on its way into Node. So nothing
 * in the product knows of it, and what a test that must notice is shown is the product itself, but for that rule.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryDir } from '@tierflow/local/paths';

export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once, or the weakness has to be written anew. */
  readonly find: string;
  readonly replace: string;
}

export interface Weakness {
  readonly name: string;
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** Before the files are imported for the first time. */
export function weaken({ name, edits }: Weakness, onWeakened: (file: string) => void = () => {}): void {
  const editsOf = Map.groupBy(edits, ({ file }) => pathToFileURL(join(repositoryDir, file)).href);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const wanted = editsOf.get(url);
      if (wanted === undefined) return loaded;
      const source = weakened(name, String(loaded.source), wanted);
      onWeakened(wanted[0]!.file);
      return { ...loaded, source };
    },
  });
}

/** @throws where a piece is not found any more: a weakness that weakens nothing would prove nothing */
export function weakened(name: string, source: string, edits: readonly Edit[]): string {
  return edits.reduce((text, { file, find, replace }) => {
    const parts = text.split(find);
    if (parts.length === 2) return parts.join(replace);
    throw new Error(
      `Weakness ${name} does not fit ${file} any more: "${find}" is there ${parts.length - 1} times. Write its edit anew.`,
    );
  }, source);
}
