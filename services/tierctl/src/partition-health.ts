/** How a partition stands, judged from outside by the guards of the takeover; no tiering process is asked. */
import type { EmissionId } from '@tierflow/customer/changes';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import { KafkaOutputTail } from '@tierflow/kafka/output-tail';
import { Halted, type HaltReason, runbookPageOf } from '@tierflow/processor/errors';
import { type Expected, guardPartition } from '@tierflow/processor/guards';
import { isRefolding } from '@tierflow/redis/state-reader';
import type { Connections } from './connections.ts';
import { listTopics } from './topic-listing.ts';

export type PartitionCondition = 'fine' | 'behind' | 'refolding' | 'notFolded' | 'halted';

export interface PartitionHealth {
  readonly partition: number;
  readonly condition: PartitionCondition;
  readonly halted: {
    readonly reason: HaltReason;
    readonly message: string;
    readonly remedy: string;
    readonly page: string;
  } | null;
  readonly logEnd: number;
  /** Next offset to fold; null: nothing is folded. */
  readonly cursor: number | null;
  readonly lag: number;
  /** K: the last emission on the output. */
  readonly emitted: EmissionId | null;
  /** Commits whose emissions are not known to be published. */
  readonly outboxEntries: number;
}

export async function readHealth(connections: Connections): Promise<PartitionHealth[]> {
  const expected = await readExpected(connections);
  const partitions = Array.from({ length: expected.partitions }, (_, partition) => partition);
  return Promise.all(partitions.map(partition => readPartitionHealth(connections, expected, partition)));
}

/** As tiering expects it: what the first partition was opened with. Where that is not to be had, what the brokers say. */
async function readExpected(connections: Connections): Promise<Expected> {
  const { namespace, topics } = connections.environment;
  const listed = (await listTopics(connections.kafka, topics)).find(({ topic }) => topic === topics.customerEvents);
  // A namespace without topics is not halted: it does not exist.
  if (listed === undefined) return connections.genesis();
  const opening = await (await eventLog(connections)).genesis(0);
  const isOwn = opening?.event.type === 'LogOpened' && opening.event.namespace === namespace;
  return { namespace, partitions: isOwn ? opening.event.partitions : listed.partitions };
}

export async function eventLog(connections: Connections): Promise<KafkaEventLog> {
  const { customerEvents } = connections.environment.topics;
  return new KafkaEventLog(await connections.reader(), customerEvents, raw => connections.decode(raw));
}

async function readPartitionHealth(
  connections: Connections,
  expected: Expected,
  partition: number,
): Promise<PartitionHealth> {
  // In this order: on a living system, what comes meanwhile must not look like something that is missing.
  const stored = await (await connections.states()).readPartition(partition);
  const outputTail = new KafkaOutputTail(await connections.reader(), connections.environment.topics.tierChanges);
  const tail = await outputTail.lastEmission(partition);
  const log = await eventLog(connections);
  const genesis = await log.genesis(partition);
  const bounds = await log.bounds(partition);

  const lag = Math.max(0, bounds.end - (stored.cursor ?? bounds.start));
  const { cursor, outboxEntries } = stored;
  const measured = { partition, logEnd: bounds.end, cursor, lag, emitted: tail.id, outboxEntries };
  try {
    guardPartition(partition, expected, { stored, tail, genesis, bounds });
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    const { code: reason, message, remedy } = error;
    return { ...measured, condition: 'halted', halted: { reason, message, remedy, page: runbookPageOf(reason) } };
  }
  if (cursor === null) return { ...measured, condition: 'notFolded', halted: null };
  if (isRefolding(stored)) return { ...measured, condition: 'refolding', halted: null };
  return { ...measured, condition: lag > 0 || outboxEntries > 0 ? 'behind' : 'fine', halted: null };
}
