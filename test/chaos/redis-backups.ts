/** Backups of Redis, some minutes' worth of them, so that what is restored is older than what was taken last. */
import { join } from 'node:path';
import type { RedisPair } from './redis-pair.ts';

interface Backup {
  readonly file: string;
  readonly takenAtMs: number;
}

const keptMax = 2;

export class RedisBackups {
  readonly #pair: RedisPair;
  readonly #folder: string;
  readonly #backups: Backup[] = [];
  #taken = 0;

  constructor(pair: RedisPair, folder: string) {
    this.#pair = pair;
    this.#folder = folder;
  }

  get exists(): boolean {
    return this.#backups.length > 0;
  }

  async take(): Promise<void> {
    const file = join(this.#folder, `backup-${++this.#taken}.rdb`);
    await this.#pair.master.backUpTo(file);
    this.#backups.push({ file, takenAtMs: performance.now() });
    if (this.#backups.length > keptMax) this.#backups.shift();
  }

  /** Gives its age in seconds. */
  async restoreOldest(): Promise<number> {
    const { file, takenAtMs } = this.#backups[0]!;
    await this.#pair.master.restoreFrom(file);
    return (performance.now() - takenAtMs) / 1000;
  }
}
