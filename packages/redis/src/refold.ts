/**
 * Has a partition folded anew from the log, whoever owns it. The cursor goes, and with it what a takeover reads first; the
 * owner finds it moved, takes the partition over, empties it under its own token and folds from the start. What it has
 * emitted before it drops, by id.
 */
import type { Redis } from 'ioredis';
import { toPortError } from './errors.ts';
import { PartitionKeys } from './keys.ts';

export async function refold(client: Redis, namespace: string, partition: number): Promise<void> {
  const { meta, outbox, flow, stock, records, headline, digest } = new PartitionKeys(namespace, partition);
  try {
    // A key of a wrong type would be refused by every takeover. All but meta are emptied by the refold anyway; of meta,
    // token and epoch stay, by which the owner is known.
    const multi = client.multi();
    if ((await client.type(meta)) === 'hash') multi.hdel(meta, 'cursor', 'format', 'fold', 'state', 'ack');
    else multi.unlink(meta);
    const results = await multi.unlink(outbox, flow, stock, records, headline, digest).exec();
    for (const [error] of results ?? []) if (error) throw error;
  } catch (error) {
    throw toPortError(error);
  }
}
