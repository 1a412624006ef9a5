/**
 * Text from outside to a JSON value, with everything that can be wrong before its fields are looked at. The length is
 * checked before the text is parsed, so that a hostile text costs no more than its bytes.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { isForbiddenKey, type JsonObject } from './field-reader.ts';
import { type Rejected, reject } from './rejection.ts';

export interface JsonBounds {
  readonly bytesMax: number;
  readonly depthMax: number;
}

export type Json<T> = { readonly ok: true; readonly value: T } | Rejected;

const flat = 16;

export function readJsonLine(line: Buffer | string, bytesMax: number): Json<JsonObject> {
  return readJson(line, { bytesMax, depthMax: flat }, isJsonObject);
}

export function readJson<T>(
  input: Buffer | string,
  { bytesMax, depthMax }: JsonBounds,
  isExpected: (value: unknown) => value is T,
): Json<T> {
  // A UTF-16 unit is one byte at least, so most strings need no count.
  const bytes = typeof input !== 'string' ? input.length : input.length * 3 <= bytesMax ? 0 : Buffer.byteLength(input);
  if (bytes > bytesMax) return reject('tooLong', { value: bytes, expected: bytesMax });
  if (typeof input !== 'string' && !isUtf8(input)) return reject('notUtf8');

  const withMark = typeof input === 'string' ? input : input.toString('utf8');
  const text = withMark.charCodeAt(0) === 0xfeff ? withMark.slice(1) : withMark;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) return reject('tooDeep', { expected: depthMax });
    return reject('notJson', { value: text.slice(0, 40), expected: positionOf(error) });
  }
  if (!isExpected(value)) return reject('notAnObject', { value: text.slice(0, 40) });
  return inspect(value as object, 1, depthMax) ?? { ok: true, value };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Depth and keys of the whole tree; recursion ends with the depth that is allowed. */
function inspect(value: object, depth: number, depthMax: number): Rejected | null {
  if (depth > depthMax) return reject('tooDeep', { expected: depthMax });
  for (const key of Object.keys(value)) {
    if (isForbiddenKey(key)) return reject('forbiddenKey', { field: key });
    const child = (value as JsonObject)[key];
    if (typeof child === 'object' && child !== null) {
      const rejected = inspect(child, depth + 1, depthMax);
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
