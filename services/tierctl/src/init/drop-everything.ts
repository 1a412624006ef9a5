import { deleteTopics } from '@tierflow/kafka/topics';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import type { Connections } from '../connections.ts';

/**
 * Deletes the topics first: state without a log is refused by every owner, while a log without state would be folded
 * anew by one that still runs. Gives how many keys Redis held.
 */
export async function dropEverything(connections: Connections): Promise<number> {
  const { namespace, topics } = connections.environment;
  const redis = await connections.redis();
  await deleteTopics(connections.kafka, topics);
  return dropNamespace(redis, namespace);
}
