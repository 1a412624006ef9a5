/**
 * Everything that Redis holds of a pipeline, as text by key: customers, views, due and rank indexes, counters and closed
 * days. Without what is of an owner and of the moment: meta and outbox.
 */
import { namespaceGlob } from '@tierflow/redis/keys';
import type { Pipeline } from './pipeline.ts';

const keysAtOnce = 1000;

export async function storedContent({
  redis,
  namespace,
}: Pick<Pipeline, 'redis' | 'namespace'>): Promise<ReadonlyMap<string, string>> {
  const content = new Map<string, string>();
  const keys = (await redis.keys(namespaceGlob(namespace)))
    .filter(key => !/\}:(meta|outbox)$/.test(key) && !key.endsWith(':clock}:day'))
    .sort();
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const page = keys.slice(from, from + keysAtOnce);
    const types = await Promise.all(page.map(key => redis.type(key)));
    const texts = await Promise.all(page.map((key, i) => textOf(redis, key, types[i]!)));
    for (const [i, key] of page.entries()) content.set(key, texts[i]!);
  }
  return content;
}

async function textOf(redis: Pipeline['redis'], key: string, type: string): Promise<string> {
  if (type === 'string') return (await redis.getBuffer(key))!.toString('latin1');
  if (type === 'zset') return (await redis.zrange(key, 0, '-1', 'WITHSCORES')).join(' ');
  if (type === 'hash') return JSON.stringify(Object.entries(await redis.hgetall(key)).sort());
  throw new Error(`${key} is a ${type}, which nobody writes.`);
}
