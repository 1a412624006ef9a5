import { join, resolve } from 'node:path';

export const repositoryDir = join(import.meta.dirname, '..', '..', '..');

/** Git-ignored: downloads, data, logs. */
export const localDir = join(repositoryDir, '.local');

export function cacheDir(): string {
  const chosen = process.env.TIERFLOW_CACHE_DIR;
  return chosen ? resolve(chosen) : join(localDir, 'cache');
}
