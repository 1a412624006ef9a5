/**
 * Rejected records of source topics once more: read again where they lie, mapped as the sources file says now, and what
 * is accepted now is written to the log. May be repeated, and may write what intake wrote long ago: the fold knows
 * events by their ids.
 */
import type { ForeignRejection } from '@tierflow/codec/foreign-rejection';
import type { RejectedRecord } from '@tierflow/config/sources/rejected-record';
import type { Source } from '@tierflow/config/sources/source';
import type { CustomerEvent } from '@tierflow/customer/events';
import { EventWriter } from '@tierflow/kafka/event-writer';
import type { RawRecord, RecordReader, RecordsRead } from '@tierflow/kafka/record-reader';
import type { Connections } from '../connections.ts';
import { type Origin, parseOrigin } from './origin.ts';
import type { Reject } from './read-rejects.ts';
import { RecordValues } from './record-value.ts';
import { type NotReplayable, notReplayed, type Sentence } from './replay-words.ts';

export interface ReplaySummary {
  /** Records that were rejected, wholly or in part. */
  readonly records: number;
  /** Events that are accepted now. */
  readonly accepted: number;
  /** Records that say nothing to the mapping any more: no condition of it holds. */
  readonly withoutEvents: number;
  readonly rejected: readonly { readonly id: string; readonly reason: string; readonly message: Sentence }[];
  readonly notReplayed: readonly {
    readonly origin: string;
    readonly reason: NotReplayable;
    readonly message: Sentence;
  }[];
}

const readBytesMax = 65_536;
const writeRecordsMax = 1000;

export async function replayRejects(
  connections: Connections,
  rejects: readonly Reject[],
  sources: readonly Source[],
  isDryRun: boolean,
): Promise<ReplaySummary> {
  const { environment } = connections;
  const topics = new Set(await connections.existingTopics());
  const reader = await connections.reader();
  const nowMs = Date.now();
  const rejected: ReplaySummary['rejected'][number][] = [];
  const notDone: ReplaySummary['notReplayed'][number][] = [];
  const write = isDryRun ? async () => {} : await eventWriting(connections);
  let accepted: CustomerEvent[] = [];
  let acceptedCount = 0;
  let withoutEvents = 0;

  const origins = [...new Set(rejects.map(({ origin }) => origin))].map(text => ({ text, origin: parseOrigin(text) }));
  // In order of offset one fetch serves neighbours.
  origins.sort((a, b) => inOrder(a.origin, b.origin));
  const records = new RecordsAt(reader);
  const values = new RecordValues(connections);
  for (const { text, origin } of origins) {
    const refuse = (reason: NotReplayable) => {
      const from = origin.kind === 'file' ? origin.file : origin.topic;
      notDone.push({ origin: text, reason, message: notReplayed(reason, from) });
    };
    // 1. Only what lies in a topic that a source reads can be read again.
    if (origin.kind === 'file') {
      refuse('file');
      continue;
    }
    if (origin.topic === environment.topics.customerEvents) {
      refuse('log');
      continue;
    }
    const ofTopic = sources.filter(({ topic }) => topic === origin.topic);
    if (ofTopic.length === 0) {
      refuse('noSource');
      continue;
    }
    // 2. The record, if the topic still has it.
    const record = topics.has(origin.topic) ? await records.at(origin.topic, origin.partition, origin.offset) : 'gone';
    if (typeof record === 'string') {
      refuse(record);
      continue;
    }
    // 3. What the mapping makes of it now.
    const eventsBefore = accepted.length;
    const rejectedBefore = rejected.length;
    for (const source of ofTopic) {
      for (const mapped of await mapRecord(values, source, text, record, nowMs)) {
        if (mapped.ok) accepted.push(mapped.event);
        else {
          const id = 'part' in mapped && mapped.part !== null ? `${text}#${mapped.part}` : text;
          rejected.push({ id, reason: mapped.reason, message: mapped.message });
        }
      }
    }
    if (accepted.length === eventsBefore && rejected.length === rejectedBefore) withoutEvents++;
    if (accepted.length >= writeRecordsMax) {
      await write(accepted);
      acceptedCount += accepted.length;
      accepted = [];
    }
  }
  if (accepted.length > 0) await write(accepted);
  acceptedCount += accepted.length;
  return { records: origins.length, accepted: acceptedCount, withoutEvents, rejected, notReplayed: notDone };
}

type Mapped = { readonly ok: true; readonly event: CustomerEvent } | RejectedRecord | ForeignRejection;

async function mapRecord(
  values: RecordValues,
  source: Source,
  origin: string,
  { key, value, timestamp }: RawRecord,
  nowMs: number,
): Promise<readonly Mapped[]> {
  const read = await values.read(source, value);
  if (!read.ok) return [read];
  return source.map({ origin, key: key?.toString('utf8') ?? null, timestamp, value: read.value }, nowMs);
}

async function eventWriting(connections: Connections): Promise<(events: readonly CustomerEvent[]) => Promise<void>> {
  const { partitions } = await connections.genesis();
  const codec = await connections.events();
  const writer = new EventWriter(connections.kafka, connections.environment.topics.customerEvents, partitions);
  connections.closing(writer, () => writer.close());
  return events => writer.write(events.map(event => ({ key: event.customerId, value: codec.encodeEvent(event) })));
}

function inOrder(a: Origin, b: Origin): number {
  if (a.kind === 'file' || b.kind === 'file') return Number(a.kind === 'record') - Number(b.kind === 'record');
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition || a.offset - b.offset;
}

/** Single records of topics, by their place. */
class RecordsAt {
  readonly #reader: RecordReader;
  #place = '';
  #read: Pick<RecordsRead, 'records' | 'unreadable'> = { records: [], unreadable: [] };

  constructor(reader: RecordReader) {
    this.#reader = reader;
  }

  async at(topic: string, partition: number, offset: number): Promise<RawRecord | 'gone' | 'undecodableBatch'> {
    const place = `${topic}/${partition}`;
    const known = place === this.#place ? this.#find(offset) : 'gone';
    if (known !== 'gone') return known;
    const request = { topic, partition, offset, maxBytes: readBytesMax, skipsUnreadable: true };
    const outcome = await this.#reader.read(request);
    this.#place = place;
    this.#read = outcome.status === 'read' ? outcome : { records: [], unreadable: [] };
    return this.#find(offset);
  }

  #find(offset: number): RawRecord | 'gone' | 'undecodableBatch' {
    const { records, unreadable } = this.#read;
    const isUnreadable = unreadable.some(
      ({ firstOffset, lastOffset }) => firstOffset <= offset && offset <= lastOffset,
    );
    return records.find(record => record.offset === offset) ?? (isUnreadable ? 'undecodableBatch' : 'gone');
  }
}
