/**
 * Whether Redis has room for more. At its memory limit Redis refuses every commit, and a task whose commit was refused is
 * lost; so folding stops before, and goes on once there is room again. Two marks, lest it flutter: what has been refused
 * or has come above the higher one is full until it is below the lower.
 *
 * Redis checks its limit before a function runs, not while it writes, so the room between the higher mark and the limit is
 * for the commits that are under way.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisMemory } from '@tierflow/redis/memory';

export const fullShare = 0.9;
export const roomShare = 0.85;
const pollIntervalMs = 2000;

export class StoreRoom {
  isFull = false;
  private readonly read: () => Promise<RedisMemory>;
  private readonly stopping = new AbortController();

  constructor(read: () => Promise<RedisMemory>) {
    this.read = read;
  }

  start(): void {
    void this.poll();
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Redis has refused to write, whatever its numbers say. */
  refused(): void {
    this.isFull = true;
  }

  look({ usedBytes, maxBytes }: RedisMemory): void {
    if (maxBytes === null || usedBytes < roomShare * maxBytes) this.isFull = false;
    else if (usedBytes >= fullShare * maxBytes) this.isFull = true;
  }

  private async poll(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // A Redis that does not answer is met by whoever needs it.
      await this.read().then(
        memory => this.look(memory),
        () => {},
      );
      await delay(pollIntervalMs, undefined, { signal }).catch(() => {});
    }
  }
}
