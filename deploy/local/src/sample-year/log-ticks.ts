/**
 * Follows the ticks of a log, which the conductor writes to all partitions at once, so one partition tells for all. The
 * broker holds an answer back until there is something to read: nothing is polled.
 */
import type { EpochDay, LogRecord } from '@tierflow/customer/events';
import type { RawRecord, RecordReader } from '@tierflow/kafka/record-reader';

const partition = 0;
const maxWaitMs = 250;

export class LogTicks {
  readonly #reader: RecordReader;
  readonly #topic: string;
  readonly #decode: (record: RawRecord) => Promise<LogRecord>;
  #offset = 0;
  #day: EpochDay = Number.NEGATIVE_INFINITY;

  constructor(reader: RecordReader, topic: string, decode: (record: RawRecord) => Promise<LogRecord>) {
    this.#reader = reader;
    this.#topic = topic;
    this.#decode = decode;
  }

  async reached(day: EpochDay, signal: AbortSignal): Promise<void> {
    while (this.#day < day) {
      signal.throwIfAborted();
      const read = await this.#reader.read({ topic: this.#topic, partition, offset: this.#offset, maxWaitMs });
      if (read.status === 'outOfRange') {
        this.#offset = read.logStart;
        continue;
      }
      for (const record of read.records) {
        // Control records have no key; the rest need not be decoded.
        if (record.key !== null) continue;
        const { event } = await this.#decode(record);
        if (event.type === 'ClockTicked') this.#day = Math.max(this.#day, event.day);
      }
      this.#offset = read.nextOffset;
    }
  }
}
