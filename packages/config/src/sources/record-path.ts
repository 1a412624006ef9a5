/**
 * Paths into a record: `basket.lines[0].price`, `["Order No."]` for a name that holds dots or brackets, `^.household`
 * from the record's root where an element of a list is read, `$` the record itself, `.` the element itself, `$key` and
 * `$timestamp` of the Kafka record. Read once, when the sources file is; a record costs the steps only.
 */
import { isForbiddenKey } from '../canonical/field-reader.ts';
import type { Scope } from './scope.ts';

type Segment = string | number;

export interface RecordPath {
  readonly text: string;
  readonly start: 'element' | 'root' | 'key' | 'timestamp';
  readonly segments: readonly Segment[];
}

export type PathResult =
  | { readonly ok: true; readonly path: RecordPath }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

const segmentPattern = /(^|\.)([^.[\]"^$\s](?:[^.[\]"]*[^.[\]"\s])?)|\[(\d{1,6})\]|\["([^"]{1,200})"\]/y;
const segmentsMax = 32;

export function parsePath(text: string): PathResult {
  const special = specialPaths[text];
  if (special !== undefined) return { ok: true, path: { text, ...special } };
  const start = text.startsWith('^') ? 'root' : 'element';
  const rest = start === 'element' ? text : text.startsWith('^.') ? text.slice(2) : text.slice(1);
  const segments: Segment[] = [];
  segmentPattern.lastIndex = 0;
  while (segmentPattern.lastIndex < rest.length) {
    const at = segmentPattern.lastIndex;
    const match = segmentPattern.exec(rest);
    if (match === null || segments.length === segmentsMax) return notUnderstood(text, rest.slice(at));
    const segment = match[3] === undefined ? (match[2] ?? match[4]!) : Number(match[3]);
    if (typeof segment === 'string' && isForbiddenKey(segment)) {
      return { ok: false, message: `Path ${text} uses the key ${segment}.`, remedy: 'Read another field.' };
    }
    segments.push(segment);
  }
  if (segments.length === 0) return notUnderstood(text, rest);
  return { ok: true, path: { text, start, segments } };
}

const specialPaths: Readonly<Record<string, Omit<RecordPath, 'text'>>> = Object.assign(Object.create(null), {
  $: { start: 'root', segments: [] },
  '.': { start: 'element', segments: [] },
  $key: { start: 'key', segments: [] },
  $timestamp: { start: 'timestamp', segments: [] },
});

function notUnderstood(text: string, rest: string): PathResult {
  return {
    ok: false,
    message: `Path ${JSON.stringify(text)} is not understood${rest === '' ? '' : ` from ${JSON.stringify(rest)} on`}.`,
    remedy: 'Write it like basket.lines[0].price; put names with dots or brackets into ["…"].',
  };
}

/** null counts as missing everywhere, so a reader gives undefined for it. */
export function readerOf({ start, segments }: RecordPath): (scope: Scope) => unknown {
  if (start === 'key') return scope => scope.record.key ?? undefined;
  if (start === 'timestamp') return scope => scope.record.timestamp ?? undefined;
  const origin =
    start === 'root' ? (scope: Scope): unknown => scope.record.value : (scope: Scope): unknown => scope.element;
  if (segments.length === 1) {
    const only = segments[0]!;
    return scope => step(origin(scope), only) ?? undefined;
  }
  return scope => {
    let node = origin(scope);
    for (let index = 0; index < segments.length && node !== undefined; index++) node = step(node, segments[index]!);
    return node ?? undefined;
  };
}

/** Own properties only: what objects and lists inherit (`toString`, `length`) is no data. */
function step(node: unknown, segment: Segment): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  if (typeof segment === 'number') return Array.isArray(node) ? node[segment] : undefined;
  return !Array.isArray(node) && Object.hasOwn(node, segment)
    ? (node as Readonly<Record<string, unknown>>)[segment]
    : undefined;
}

/** Where a path leads within the whole record: `lines[2].price` for `price` of the third element of `lines`. */
export function placeInRecord(path: RecordPath, list: RecordPath | null, index: number): string {
  if (path.start === 'root') return path.text.replace(/^\^\.?/, '');
  if (path.start !== 'element' || list === null) return path.text;
  const element = `${list.text === '$' ? '' : placeInRecord(list, null, 0)}[${index}]`;
  if (path.segments.length === 0) return element;
  return path.text.startsWith('[') ? element + path.text : `${element}.${path.text}`;
}
