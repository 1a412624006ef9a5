import { spawnSync } from 'node:child_process';
import { findExecutable } from './executables.ts';

/** Functions, which commit a batch atomically, came with Redis 7. */
export const redisMajorMin = 7;

/** A Redis, or Valkey, that is recent enough; null: none. */
export function findRedis(): string | null {
  for (const name of ['redis-server', 'valkey-server']) {
    const executable = findExecutable(name);
    if (executable !== null && majorOf(executable) >= redisMajorMin) return executable;
  }
  return null;
}

function majorOf(executable: string): number {
  const { stdout } = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  return Number(/ v=(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}
