/** What Redis says about its memory. Losing keys by eviction would be losing customers, so the policy is part of it. */
import type { Redis } from 'ioredis';
import { toPortError } from './errors.ts';

export interface RedisMemory {
  /** Counted against the limit: without the buffers that Redis does not count. */
  readonly usedBytes: number;
  /** null: no limit is set. */
  readonly maxBytes: number | null;
  readonly evictionPolicy: string;
}

export async function readMemory(client: Redis): Promise<RedisMemory> {
  let info: string;
  try {
    info = await client.info('memory');
  } catch (error) {
    throw toPortError(error);
  }
  const fields = new Map(info.split('\r\n').map(line => line.split(':', 2) as [string, string]));
  const maxBytes = Number(fields.get('maxmemory') ?? 0);
  return {
    usedBytes: Number(fields.get('used_memory') ?? 0) - Number(fields.get('mem_not_counted_for_evict') ?? 0),
    maxBytes: maxBytes === 0 ? null : maxBytes,
    evictionPolicy: fields.get('maxmemory_policy') ?? 'unknown',
  };
}
