/** Where a consumer group stands: the position of whoever may read a little twice, such as intake. */
import type { KafkaConnection } from './connection.ts';
import { kafkaClient } from './connection.ts';
import { toPortError } from './errors.ts';

/** By partition: the next offset to read. Partitions of which the group has read nothing are left out. */
export async function readGroupOffsets(
  connection: KafkaConnection,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const admin = kafkaClient(connection).admin();
  try {
    await admin.connect();
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const stored = (found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)] as const);
    return new Map(stored.filter(([, offset]) => offset >= 0));
  } catch (error) {
    throw toPortError(error, `reading the offsets of group ${groupId}`);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
