/** `when` to a question. A value that is not there holds no bound; one that cannot be compared is not passed over. */
import type { Path } from '../yaml/yaml-source.ts';
import { compilePath, type FieldContext } from './compile-field.ts';
import { type RecordPath, readerOf } from './record-path.ts';
import { refuse, type Scope } from './scope.ts';
import type { ConditionDocument } from './sources-schema.ts';

export interface Condition {
  /** False also where the value cannot be compared, which is then in the scope. */
  readonly holds: (scope: Scope) => boolean;
  readonly path: RecordPath;
  readonly line: number;
}

const tests = ['in', 'notIn', 'exists', 'above', 'below'] as const;

export function compileCondition(document: ConditionDocument, at: Path, context: FieldContext): Condition | null {
  const { problems } = context;
  if (tests.every(test => document[test] === undefined)) {
    problems.add(at, 'asks nothing', `Add one of ${tests.join(', ')}.`);
  }
  const path = compilePath(document.path, [...at, 'path'], context);
  if (path === null) return null;

  const read = readerOf(path);
  const { exists, above, below } = document;
  const listed = document.in === undefined ? null : new Set(document.in.map(String));
  const unlisted = document.notIn === undefined ? null : new Set(document.notIn.map(String));
  const isBounded = above !== undefined || below !== undefined;
  const holds = (scope: Scope): boolean => {
    const value = read(scope);
    if (exists !== undefined && (value !== undefined) !== exists) return false;
    if (listed !== null && (value === undefined || !listed.has(asText(value)))) return false;
    if (unlisted?.has(asText(value))) return false;
    if (!isBounded) return true;
    if (value === undefined) return false;
    const number = toNumber(value);
    if (number === null) {
      refuse(scope, 'wrongType', { field: path.text, value, expected: 'number' });
      return false;
    }
    return (above === undefined || number > above) && (below === undefined || number < below);
  };
  return { holds, path, line: problems.lineOf([...at, 'path']) };
}

function asText(value: unknown): string {
  return typeof value === 'object' ? '' : String(value);
}

function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}
