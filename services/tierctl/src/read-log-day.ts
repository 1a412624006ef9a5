/** The log's present day: what Redis has folded, and the ticks that the log has after it. */
import { noDay } from '@tierflow/customer/customer';
import { isCalendarDay } from '@tierflow/customer/event-problem';
import type { EpochDay, LogOpened } from '@tierflow/customer/events';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { Connections } from './connections.ts';

/** Ticks go to every partition in one transaction, so the first one tells for all. */
const partition = 0;

export async function readLogDay(connections: Connections, { logId }: LogOpened): Promise<EpochDay> {
  const { topics } = connections.environment;
  const reader = await connections.reader();
  const { cursor, partitionState } = await (await connections.states()).readPartition(partition);
  const { highWatermark } = await reader.bounds(topics.customerEvents, partition);
  const state = partitionState === null ? null : PartitionState.parse(partitionState);
  // What is stored may belong to an earlier log of the same name: then only the log itself is believed.
  const isOfThisLog = state?.genesis?.logId === logId && cursor !== null && cursor <= highWatermark;
  let day = isOfThisLog ? state.logDay : noDay;
  for await (const records of reader.readAll(topics.customerEvents, partition, isOfThisLog ? cursor : 0)) {
    for (const raw of records) {
      // Control records have no key, and almost every record has one: the rest need not be decoded.
      if (raw.key !== null) continue;
      const { event } = await connections.decode(raw);
      // The fold refuses a day beyond the calendar, so it never begins.
      if (event.type === 'ClockTicked' && event.day > day && isCalendarDay(event.day)) day = event.day;
    }
  }
  return day;
}
