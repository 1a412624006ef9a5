/** What zod finds about the shape, in words and with the line. */
import type * as z from 'zod';
import { nearestName } from '../nearest-name.ts';
import type { PolicyFileProblem } from './policy-problem.ts';
import type { Path, YamlSource } from './yaml-source.ts';

const types: Record<string, string> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
};

/** Known keys by the place in the document; zod says which key is unknown, not which would have been right. */
const knownKeys: readonly { readonly at: RegExp; readonly keys: readonly string[] }[] = [
  { at: /^$/, keys: ['policy', 'version', 'title', 'measures', 'programs'] },
  { at: /title$/, keys: ['en', 'zh'] },
  { at: /^measures\/[^/]+$/, keys: ['op', 'of', 'kind', 'window', 'title'] },
  { at: /^programs\/[^/]+$/, keys: ['kind', 'title', 'demote', 'tiers'] },
  { at: /^programs\/[^/]+\/tiers\/\d+$/, keys: ['tier', 'title', 'when'] },
  { at: /\/when(\/.*)?$/, keys: ['all', 'any'] },
];

export function explainShape(
  issues: readonly z.core.$ZodIssue[],
  source: YamlSource,
  parent: Path = [],
): PolicyFileProblem[] {
  // A misspelt field is one mistake: that the right one is now missing need not be said as well.
  const misspelt = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const path = [...parent, ...issue.path] as Path;
    for (const key of issue.keys) {
      const meant = nearestName(key, keysAt(path));
      if (meant !== null) misspelt.add([...path, meant].join('/'));
    }
  }
  return issues
    .filter(({ code, path }) => {
      const at = [...parent, ...path].join('/');
      return code === 'custom' ? !misspelt.has(`${at}/all`) && !misspelt.has(`${at}/any`) : !misspelt.has(at);
    })
    .flatMap(issue => explainIssue(issue, source, parent));
}

function explainIssue(issue: z.core.$ZodIssue, source: YamlSource, parent: Path): PolicyFileProblem[] {
  const path: Path = [...parent, ...(issue.path as (string | number)[])];
  const at = source.placeOf(path);
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => ({
        ...source.placeOfKey(path, key),
        path: [...path, key],
        message: `${path.length === 0 ? 'A policy' : name} has no field ${key}.`,
        remedy: suggestKey(path, key),
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
      const value = valueAt(source.value, path);
      if (value === undefined) {
        return [{ ...at, path, message: `${name} is missing.`, remedy: `Add one of ${choices.join(', ')}.` }];
      }
      const meant = typeof value === 'string' ? nearestName(value, choices) : null;
      const remedy = `${meant === null ? '' : `Did you mean ${meant}? `}Use one of ${choices.join(', ')}.`;
      return [{ ...at, path, message: `${name} is ${show(value)}, which is not known.`, remedy }];
    }
    case 'invalid_union': {
      // A condition is text or a group. Only a map was meant as a group.
      const value = valueAt(source.value, path);
      const group = issue.errors.find(branch =>
        branch.some(inner => inner.path.length > 0 || inner.code !== 'invalid_type'),
      );
      if (group && typeof value === 'object' && value !== null) return explainShape(group, source, path);
      return [
        {
          ...at,
          path,
          message: `${name} is ${show(value)}, not a condition.`,
          remedy: 'Write a condition like spend365 >= 300.00, or a group all: or any:.',
        },
      ];
    }
    case 'too_small':
      return [
        { ...at, path, message: `${name} is empty.`, remedy: 'Fill it, or leave it out where it may be left out.' },
      ];
    case 'too_big':
      return [{ ...at, path, message: `${name} is too long.`, remedy: `Write ${issue.maximum} at most.` }];
    case 'custom':
      return [
        {
          ...at,
          path,
          message: issue.message,
          remedy: 'Write all: where every condition must hold, any: where one is enough.',
        },
      ];
    default:
      return [{ ...at, path, message: `${name}: ${issue.message}.`, remedy: 'Compare it with a policy that works.' }];
  }
}

function suggestKey(path: Path, key: string): string {
  const keys = keysAt(path);
  const meant = nearestName(key, keys);
  return meant === null ? `Remove it; known are ${keys.join(', ')}.` : `Did you mean ${meant}?`;
}

function keysAt(path: Path): readonly string[] {
  return knownKeys.find(({ at }) => at.test(path.join('/')))?.keys ?? [];
}

function nameOf(path: Path): string {
  return path.length === 0 ? 'The policy' : path.join('.');
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
