/**
 * A source as a sources file declares it: where records come from, and how each of them becomes events of the log. The
 * mapping is a white list: what it does not name never enters.
 */
import type { CustomerEvent } from '@tierflow/customer/events';
import type { CanonicalType } from '../canonical/read-customer-event.ts';
import type { RejectedRecord } from './rejected-record.ts';

export type SourceFormat = 'json' | 'avro' | 'csv' | 'xlsx';

export interface Source {
  /** The `source` of its events, part of their identity. */
  readonly name: string;
  readonly format: SourceFormat;
  /** Where json and avro are read from; null for files. */
  readonly topic: string | null;
  /** Where a group begins that has read nothing of the topic yet. */
  readonly startAt: 'earliest' | 'latest';
  /** Of a workbook; null: its first. */
  readonly sheet: string | null;
  /** Of a CSV file. */
  readonly delimiter: string;
  /** Of a table: the columns that the mapping reads, each with the line of the sources file that first names it. */
  readonly columns: ReadonlyMap<string, number>;
  /** Larger values are refused before they are parsed. */
  readonly recordBytesMax: number;
  /** What its records can become. */
  readonly types: readonly CanonicalType[];
  /** One record gives several events where the mapping says so, and none where no mapping applies to it. */
  map(record: SourceRecord, nowMs: number): readonly MappedEvent[];
}

export interface SourceRecord {
  /** `orders/3@1042` (topic, partition, offset) or `accounts.xlsx:17` (file, line). Names events that bring no id. */
  readonly origin: string;
  readonly key: string | null;
  /** Kafka's timestamp of the record, epoch milliseconds. */
  readonly timestamp: number | null;
  /** As JSON.parse, the Avro reader or the table reader gives it. */
  readonly value: unknown;
}

export interface AcceptedEvent {
  readonly ok: true;
  readonly event: CustomerEvent;
}

export type MappedEvent = AcceptedEvent | RejectedRecord;
