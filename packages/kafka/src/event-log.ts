import type { LogRecord } from '@tierflow/customer/events';
import type { EventLog } from '@tierflow/processor/ports';
import type { RawRecord, RecordReader } from './record-reader.ts';

export class KafkaEventLog implements EventLog {
  readonly #reader: RecordReader;
  readonly #topic: string;
  readonly #decode: (record: RawRecord) => LogRecord | Promise<LogRecord>;

  /** Decoding is the codec's: it may have to ask for a schema first. */
  constructor(reader: RecordReader, topic: string, decode: (record: RawRecord) => LogRecord | Promise<LogRecord>) {
    this.#reader = reader;
    this.#topic = topic;
    this.#decode = decode;
  }

  async bounds(partition: number): Promise<{ start: number; end: number }> {
    const { logStart, highWatermark } = await this.#reader.bounds(this.#topic, partition);
    return { start: logStart, end: highWatermark };
  }

  /** Records that an aborted `init` left before it were never committed, so the genesis need not be at offset 0. */
  async genesis(partition: number): Promise<LogRecord | null> {
    const { logStart } = await this.#reader.bounds(this.#topic, partition);
    if (logStart > 0) return null;
    for await (const records of this.#reader.readAll(this.#topic, partition, 0)) return this.#decode(records[0]!);
    return null;
  }
}
