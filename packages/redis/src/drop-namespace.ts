import type { Redis } from 'ioredis';
import { toPortError } from './errors.ts';
import { namespaceGlob } from './keys.ts';

const scanPageKeys = 5_000;

/**
 * Deletes every key of a namespace, of all partitions, and tells how many. No owner is asked: running tasks find their
 * state lost and fold anew. Functions stay, other namespaces use them too.
 */
export async function dropNamespace(client: Redis, namespace: string): Promise<number> {
  const pattern = namespaceGlob(namespace);
  const begin = Buffer.from(`{${namespace}:`);
  let dropped = 0;
  let position = '0';
  try {
    do {
      const [next, found] = await client.scanBuffer(position, 'MATCH', pattern, 'COUNT', scanPageKeys);
      const own = found.filter(key => key.subarray(0, begin.length).equals(begin));
      if (own.length > 0) dropped += await client.unlink(own);
      position = next.toString();
    } while (position !== '0');
  } catch (error) {
    throw toPortError(error);
  }
  return dropped;
}
