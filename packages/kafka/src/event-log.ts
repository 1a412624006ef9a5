import { noDay } from '@tierflow/customer/customer';
import { isCalendarDay } from '@tierflow/customer/event-problem';
import type { EpochDay, LogOpened, LogRecord } from '@tierflow/customer/events';
import type { EventLog } from '@tierflow/processor/ports';
import { isUnknownTopic } from './errors.ts';
import type { RawRecord, RecordReader } from './record-reader.ts';

/** A day's records lie behind its tick: a first look that reaches back one batch or so, then growing ones. */
const tickStepOffsetsMin = 256;
const tickStepOffsetsMax = 65_536;
const tickStepGrowth = 4;

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

  /** What the namespace was opened with. There is nothing to wait for: only an operator opens it. */
  async opening(): Promise<LogOpened> {
    const genesis = await this.genesis(0).catch(error => {
      if (isUnknownTopic(error)) return null;
      throw error;
    });
    if (genesis?.event.type === 'LogOpened') return genesis.event;
    throw new Error(`${this.#topic} is not open: run \`tierctl init\`.`);
  }

  /**
   * The log's present day, which is its last tick; `noDay` before the first. It is looked for from the end backwards, in
   * pieces, so that neither a long log nor a busy day is held in memory. Ticks go to every partition in one transaction,
   * so any partition tells for all.
   */
  async logDay(partition: number): Promise<EpochDay> {
    const { start, end } = await this.bounds(partition);
    let step = tickStepOffsetsMin;
    for (let to = end; to > start; to -= step, step = Math.min(step * tickStepGrowth, tickStepOffsetsMax)) {
      const day = await this.#lastTickIn(partition, Math.max(start, to - step), to);
      if (day !== noDay) return day;
    }
    return noDay;
  }

  async #lastTickIn(partition: number, from: number, to: number): Promise<EpochDay> {
    let day = noDay;
    for await (const records of this.#reader.readAll(this.#topic, partition, from, to)) {
      for (const record of records) {
        // Control records have no key, and almost every record has one: the rest need not be decoded.
        if (record.key !== null) continue;
        const { event } = await this.#decode(record);
        // The fold refuses a day beyond the calendar, so it never begins.
        if (event.type === 'ClockTicked' && event.day > day && isCalendarDay(event.day)) day = event.day;
      }
    }
    return day;
  }
}
