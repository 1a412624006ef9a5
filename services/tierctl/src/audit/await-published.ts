import { setTimeout as delay } from 'node:timers/promises';
import type { RedisStateReader } from '@tierflow/redis/state-reader';
import { runbook } from '../runbook.ts';

const pollIntervalMs = 50;

/** Waits until every emission of what is folded up to the cursor is on the output; gives why not, or null. */
export async function awaitPublished(
  states: RedisStateReader,
  partition: number,
  cursor: number | null,
  timeoutSeconds: number,
): Promise<string | null> {
  if (cursor === null) return 'nothing is folded';
  const waitUntil = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const first = await states.firstUnpublished(partition);
    if (first === null || first.offset >= cursor) return null;
    if (performance.now() > waitUntil) {
      return `changes wait in the outbox for ${timeoutSeconds} s: does tiering run, and the broker? See ${runbook.slowBroker}`;
    }
    await delay(pollIntervalMs);
  }
}
