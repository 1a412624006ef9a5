/**
 * Rejected records of source topics once more: read again where they lie, mapped as the sources file says now, and what
 * is accepted now is written to the log. May be repeated, and may write what intake wrote long ago: the fold knows
 * events by their ids.
 */
import { type ForeignRejection, rejectForeign } from '@tierflow/codec/foreign-rejection';
import { readJsonRecord } from '@tierflow/config/sources/read-json-record';
import type { RejectedRecord } from '@tierflow/config/sources/rejected-record';
import type { Source } from '@tierflow/config/sources/source';
import type { CustomerEvent } from '@tierflow/customer/events';
import { EventWriter } from '@tierflow/kafka/event-writer';
import type { RawRecord, RecordReader } from '@tierflow/kafka/record-reader';
import type { Connections } from '../connections.ts';
import { type Origin, parseOrigin } from './origin.ts';
import type { Reject } from './read-rejects.ts';
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
    const record = topics.has(origin.topic) ? await records.at(origin.topic, origin.partition, origin.offset) : null;
    if (record === null) {
      refuse('gone');
      continue;
    }
    // 3. What the mapping makes of it now.
    const eventsBefore = accepted.length;
    const rejectedBefore = rejected.length;
    for (const source of ofTopic) {
      for (const mapped of mapRecord(source, text, record, nowMs)) {
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

function mapRecord(source: Source, origin: string, record: RawRecord, nowMs: number): readonly Mapped[] {
  const { key, value: bytes, timestamp } = record;
  const parsed = bytes === null ? rejectForeign('nullValue') : readJsonRecord(bytes, source.recordBytesMax);
  if (!parsed.ok) return [parsed];
  return source.map({ origin, key: key?.toString('utf8') ?? null, timestamp, value: parsed.value }, nowMs);
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
  #records: readonly RawRecord[] = [];

  constructor(reader: RecordReader) {
    this.#reader = reader;
  }

  /** null: the topic does not have it any more. */
  async at(topic: string, partition: number, offset: number): Promise<RawRecord | null> {
    const place = `${topic}/${partition}`;
    const isRead = place === this.#place && this.#records.some(record => record.offset === offset);
    if (!isRead) {
      const outcome = await this.#reader.read({ topic, partition, offset, maxBytes: readBytesMax });
      this.#place = place;
      this.#records = outcome.status === 'read' ? outcome.records : [];
    }
    return this.#records.find(record => record.offset === offset) ?? null;
  }
}
