/**
 * The function library: the Lua files of `functions/`, joined into one. Its name carries a hash of its text, so
 * releases that run side by side each call their own functions, and nobody can forget to count a version up.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { toPortError } from './errors.ts';

/** The shared part first. */
const files = ['partition-guard', 'claim', 'reset', 'load', 'due', 'commit', 'verify', 'slice', 'hold', 'put'];

const body = files.map(name => readFileSync(new URL(`functions/${name}.lua`, import.meta.url), 'utf8')).join('\n');

export const libraryName = `tierflow_${createHash('sha256').update(body).digest('hex').slice(0, 12)}`;

const source = `#!lua name=${libraryName}\nlocal library = '${libraryName}'\n${body}`;

export const functionNames = {
  claim: `${libraryName}_claim`,
  reset: `${libraryName}_reset`,
  load: `${libraryName}_load`,
  due: `${libraryName}_due`,
  commit: `${libraryName}_commit`,
  verify: `${libraryName}_verify`,
  slice: `${libraryName}_slice`,
  hold: `${libraryName}_hold`,
  release: `${libraryName}_release`,
  put: `${libraryName}_put`,
} as const;

/** Loads the library where it is missing. Functions outlive FLUSHALL, but not a restart without RDB and AOF. */
export async function ensureFunctions(client: Redis): Promise<void> {
  try {
    const found = (await client.call('FUNCTION', 'LIST', 'LIBRARYNAME', libraryName)) as unknown[];
    if (found.length === 0) await client.call('FUNCTION', 'LOAD', 'REPLACE', source);
  } catch (error) {
    throw toPortError(error);
  }
}
