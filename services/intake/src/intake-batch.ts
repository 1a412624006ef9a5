/** What a piece of a source partition gives: events for the log, and reports of what was not accepted. */
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import type { CustomerEvent } from '@tierflow/customer/events';
import type { RawRecord } from '@tierflow/kafka/record-reader';
import type { TopicSource } from './read-sources.ts';
import { type ParsedRecord, parseRecord, type RecordParser } from './record-parser.ts';
import { keyText, rejectedReport } from './rejected-report.ts';

export interface IntakeBatch {
  readonly events: CustomerEvent[];
  readonly rejected: RejectedEvent[];
}

export async function mapRecords(
  source: TopicSource,
  parser: RecordParser,
  partition: number,
  records: readonly RawRecord[],
  nowMs: number,
): Promise<IntakeBatch> {
  const batch: IntakeBatch = { events: [], rejected: [] };
  for (const record of records) {
    const parsed = parser.parse(record.value) ?? (await parseRecord(parser, record.value));
    mapRecord(source, `${source.topic}/${partition}@${record.offset}`, record, parsed, nowMs, batch);
  }
  return batch;
}

function mapRecord(
  source: TopicSource,
  origin: string,
  record: RawRecord,
  parsed: ParsedRecord,
  nowMs: number,
  into: IntakeBatch,
): void {
  if (!parsed.ok) {
    into.rejected.push(rejectedReport(origin, record, parsed));
    return;
  }
  const { timestamp, key } = record;
  for (const mapped of source.map({ origin, key: keyText(key), timestamp, value: parsed.value }, nowMs)) {
    if (mapped.ok) into.events.push(mapped.event);
    else into.rejected.push(rejectedReport(origin, record, mapped));
  }
}
