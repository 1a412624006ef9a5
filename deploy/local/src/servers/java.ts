import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from './executables.ts';

export const javaMajorMin = 17;

/** A Java that is recent enough; null: none. */
export function findJava(): string | null {
  const home = process.env.JAVA_HOME;
  const candidates = [home ? join(home, 'bin', 'java') : null, findExecutable('java')];
  for (const java of candidates) {
    if (java !== null && existsSync(java) && majorOf(java) >= javaMajorMin) return java;
  }
  return null;
}

function majorOf(java: string): number {
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  // Java 8 and older call themselves 1.8: not recent enough either way.
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
}
