/** What zod finds about the shape, in words and with the line. */

import { nearestName } from '@tierflow/customer/nearest-name';
import type * as z from 'zod';
import { type FileProblem, problemsMax } from './file-problem.ts';
import type { Path, YamlSource } from './yaml-source.ts';

const types: Record<string, string> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
};

/** What a kind of file says about its shape that zod does not: zod names the wrong key, not the right one. */
export interface DocumentShape {
  /** `policy`: what the file is called in a sentence. */
  readonly name: string;
  /** Known keys by the place in the document, keys and indexes joined by /. The first that fits counts. */
  readonly keys: readonly {
    readonly at: RegExp;
    /** Where the known keys depend on what else stands there. */
    readonly of?: (value: unknown) => boolean;
    readonly keys: readonly string[];
  }[];
  /** Where the value may be of several forms: what they are called together, and how to write one. */
  readonly choices: readonly { readonly at: RegExp; readonly expected: string; readonly remedy: string }[];
}

export function explainShape(
  issues: readonly z.core.$ZodIssue[],
  source: YamlSource,
  shape: DocumentShape,
  parent: Path = [],
): FileProblem[] {
  // A misspelt field is one mistake: that the right one is now missing need not be said as well.
  const misspelt = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const path = [...parent, ...issue.path] as Path;
    for (const key of issue.keys.slice(0, problemsMax)) {
      const meant = nearestName(key, keysAt(shape, path, source));
      if (meant !== null) misspelt.add([...path, meant].join('/'));
    }
  }
  return issues
    .slice(0, problemsMax)
    .filter(({ code, path }) => {
      const at = [...parent, ...path].join('/');
      return code === 'custom' ? ![...misspelt].some(key => key.startsWith(`${at}/`)) : !misspelt.has(at);
    })
    .flatMap(issue => explainIssue(issue, source, shape, parent));
}

function explainIssue(issue: z.core.$ZodIssue, source: YamlSource, shape: DocumentShape, parent: Path): FileProblem[] {
  const path: Path = [...parent, ...(issue.path as (string | number)[])];
  const at = source.placeOf(path);
  const name = path.length === 0 ? `The ${shape.name}` : path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, problemsMax).map(key => ({
        ...source.placeOfKey(path, key),
        path: [...path, key],
        message: `${path.length === 0 ? `A ${shape.name}` : name} has no field ${key}.`,
        remedy: suggestKey(shape, path, key, source),
      }));
    case 'invalid_type': {
      const expected = types[issue.expected] ?? issue.expected;
      const value = valueAt(source.value, path);
      if (value === undefined) {
        return [
          { ...at, path, message: `${name} is missing.`, remedy: `Add ${String(path.at(-1) ?? 'it')}: ${expected}.` },
        ];
      }
      const quotes =
        issue.expected === 'string' && typeof value !== 'object' ? 'Put it in quotes.' : `Write ${expected}.`;
      return [{ ...at, path, message: `${name} is ${show(value)}, not ${expected}.`, remedy: quotes }];
    }
    case 'invalid_value': {
      const choices = issue.values.map(String);
      return [explainChoice(choices, source, path)];
    }
    case 'invalid_union': {
      // The field that says which form it is.
      if ('options' in issue) return [explainChoice((issue.options as unknown[]).map(String), source, path)];
      // The form whose inside is wrong is the one that was meant; a form that was not meant is wrong as a whole.
      const value = valueAt(source.value, path);
      const meant = issue.errors.find(branch =>
        branch.some(inner => inner.path.length > 0 || inner.code !== 'invalid_type'),
      );
      if (meant && typeof value === 'object' && value !== null) return explainShape(meant, source, shape, path);
      const choice = shape.choices.find(({ at: place }) => place.test(path.join('/')));
      const { expected, remedy } = choice ?? { expected: 'text', remedy: 'Write text.' };
      return [{ ...at, path, message: `${name} is ${show(value)}, not ${expected}.`, remedy }];
    }
    case 'too_small':
    case 'too_big': {
      if (issue.origin === 'number' || issue.origin === 'int') {
        const found = show(valueAt(source.value, path));
        const bound = issue.code === 'too_small' ? `${issue.minimum} at least` : `${issue.maximum} at most`;
        return [{ ...at, path, message: `${name} is ${found}.`, remedy: `Write ${bound}.` }];
      }
      const [message, remedy] =
        issue.code === 'too_small'
          ? [`${name} is empty.`, 'Fill it, or leave it out where it may be left out.']
          : [`${name} is too long.`, `Write ${issue.maximum} at most.`];
      return [{ ...at, path, message, remedy }];
    }
    case 'custom':
      return [{ ...at, path, message: issue.message, remedy: String(issue.params?.remedy ?? 'Correct it.') }];
    default:
      return [
        { ...at, path, message: `${name}: ${issue.message}.`, remedy: `Compare it with a ${shape.name} that works.` },
      ];
  }
}

function suggestKey(shape: DocumentShape, path: Path, key: string, source: YamlSource): string {
  const keys = keysAt(shape, path, source);
  const meant = nearestName(key, keys);
  return meant === null ? `Remove it; known are ${keys.join(', ')}.` : `Did you mean ${meant}?`;
}

function keysAt(shape: DocumentShape, path: Path, source: YamlSource): readonly string[] {
  const place = path.join('/');
  const found = shape.keys.find(
    ({ at, of }) => at.test(place) && (of === undefined || of(valueAt(source.value, path))),
  );
  return found?.keys ?? [];
}

function explainChoice(choices: readonly string[], source: YamlSource, path: Path): FileProblem {
  const at = source.placeOf(path);
  const name = path.join('.');
  const value = valueAt(source.value, path);
  if (value === undefined) {
    return { ...at, path, message: `${name} is missing.`, remedy: `Add one of ${choices.join(', ')}.` };
  }
  const meant = typeof value === 'string' ? nearestName(value, choices) : null;
  const remedy = `${meant === null ? '' : `Did you mean ${meant}? `}Use one of ${choices.join(', ')}.`;
  return { ...at, path, message: `${name} is ${show(value)}, which is not known.`, remedy };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map of keys';
  const text = value === null ? 'empty' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59).toWellFormed()}…` : text;
}
