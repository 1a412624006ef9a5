import type { EpochDay } from '@tierflow/customer/events';
import { KafkaEventLog } from '@tierflow/kafka/event-log';
import type { Connections } from './connections.ts';

/** The log's present day; `noDay` before its first. */
export async function readLogDay(connections: Connections): Promise<EpochDay> {
  const { customerEvents } = connections.environment.topics;
  const log = new KafkaEventLog(await connections.reader(), customerEvents, raw => connections.decode(raw));
  return log.logDay(0);
}
