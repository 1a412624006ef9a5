/** Reads the committed output as it comes, as any consumer would, and notes what should never be. */

import { parseEmissionId } from '@tierflow/codec/emission-headers';
import { compareIds, type EmissionId } from '@tierflow/customer/changes';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { type RawRecord, RecordReader } from '@tierflow/kafka/record-reader';
import { waitUntil } from '@tierflow/local/processes/wait-until';

const reachTimeoutMs = 60_000;

export class OutputAudit {
  /** By partition, when each record was seen, in the order of the records. */
  readonly seenAtMs: readonly number[][];
  /** Ids that did not increase, offsets that vanished: none in a run without faults of ours. */
  readonly violations: string[] = [];
  readonly #reader: RecordReader;
  readonly #topic: string;
  readonly #last: (EmissionId | null)[];
  readonly #offsets: number[];
  readonly #reading: Promise<void>[];
  #stopping = false;

  static async start(connection: KafkaConnection, topic: string, partitions: number): Promise<OutputAudit> {
    return new OutputAudit(await RecordReader.open(connection), topic, partitions);
  }

  private constructor(reader: RecordReader, topic: string, partitions: number) {
    this.#reader = reader;
    this.#topic = topic;
    this.seenAtMs = Array.from({ length: partitions }, () => []);
    this.#last = Array.from({ length: partitions }, () => null);
    this.#offsets = Array.from({ length: partitions }, () => 0);
    this.#reading = this.seenAtMs.map((_, partition) => this.#tail(partition));
  }

  /** Changes seen so far. */
  get total(): number {
    return this.seenAtMs.reduce((sum, { length }) => sum + length, 0);
  }

  /** Until it has looked at everything before this offset, or found that it never will. */
  async reaches(partition: number, offset: number): Promise<void> {
    const isThere = () => this.#offsets[partition]! >= offset || this.violations.length > 0;
    if ((await waitUntil(isThere, reachTimeoutMs)) === null) {
      this.violations.push(`${this.#topic}/${partition} could not be read up to ${offset}`);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#reading);
    await this.#reader.close();
  }

  async #tail(partition: number): Promise<void> {
    const topic = this.#topic;
    for (let offset = 0; !this.#stopping; ) {
      const read = await this.#reader.read({ topic, partition, offset, maxWaitMs: 200 }).catch(() => null);
      // The broker is away, which is a part of the run.
      if (read === null) continue;
      if (read.status === 'outOfRange') {
        this.violations.push(`${topic}/${partition} was read up to ${offset} and now ends at ${read.highWatermark}`);
        return;
      }
      for (const record of read.records) this.#look(partition, record);
      offset = read.nextOffset;
      this.#offsets[partition] = offset;
    }
  }

  #look(partition: number, { offset, headers }: RawRecord): void {
    const id = parseEmissionId(headers);
    const last = this.#last[partition] ?? null;
    if (id === null || (last !== null && compareIds(id, last) <= 0)) {
      this.violations.push(`${this.#topic}/${partition}@${offset} is ${describe(id)} after ${describe(last)}`);
    }
    this.#last[partition] = id;
    this.seenAtMs[partition]!.push(performance.now());
  }
}

function describe(id: EmissionId | null): string {
  return id === null ? 'no id' : `${id.offset}-${id.index}`;
}
