/**
 * One line of a file to a JSON object, with everything that can be wrong before its fields are looked at. The length
 * is checked before the text is parsed, so that a hostile line costs no more than its bytes.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { isForbiddenKey, type JsonObject } from './field-reader.ts';
import { type Rejected, reject } from './rejection.ts';

const depthMax = 16;

export type JsonLine = { readonly ok: true; readonly object: JsonObject } | Rejected;

export function readJsonLine(line: Buffer | string, bytesMax: number): JsonLine {
  // A UTF-16 unit is one byte at least, so most strings need no count.
  const bytes = typeof line !== 'string' ? line.length : line.length * 3 <= bytesMax ? 0 : Buffer.byteLength(line);
  if (bytes > bytesMax) return reject('tooLong', { value: bytes, expected: bytesMax });
  if (typeof line !== 'string' && !isUtf8(line)) return reject('notUtf8');

  const withMark = typeof line === 'string' ? line : line.toString('utf8');
  const text = withMark.charCodeAt(0) === 0xfeff ? withMark.slice(1) : withMark;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject('notJson', { value: text.slice(0, 40), expected: positionOf(error) });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return reject('notAnObject', { value: text.slice(0, 40) });
  return inspect(value, 1) ?? { ok: true, object: value as JsonObject };
}

/** Depth and keys of the whole tree; recursion ends with the depth that is allowed. */
function inspect(value: object, depth: number): Rejected | null {
  if (depth > depthMax) return reject('tooDeep', { expected: depthMax });
  for (const key of Object.keys(value)) {
    if (isForbiddenKey(key)) return reject('forbiddenKey', { field: key });
    const child = (value as JsonObject)[key];
    if (typeof child === 'object' && child !== null) {
      const rejected = inspect(child, depth + 1);
      if (rejected) return rejected;
    }
  }
  return null;
}

/** The engine's message repeats the text; only where it stopped is of use. */
function positionOf(error: unknown): string {
  const position = /position (\d+)/.exec(String(error))?.[1];
  return position === undefined ? 'it ends too early' : `unexpected at position ${position}`;
}
