/** K, the cursor that lies in Kafka: the id of the last committed record of the output partition. */
import { PortFailure } from '@tierflow/processor/errors';
import type { OutputTail } from '@tierflow/processor/ports';
import { emissionIdOf } from './emission-id.ts';
import type { RecordReader } from './record-reader.ts';

export class KafkaOutputTail implements OutputTail {
  readonly #reader: RecordReader;
  readonly #topic: string;

  constructor(reader: RecordReader, topic: string) {
    this.#reader = reader;
    this.#topic = topic;
  }

  async lastEmission(partition: number): ReturnType<OutputTail['lastEmission']> {
    const { record, logStart } = await this.#reader.tail(this.#topic, partition);
    if (record === null) return { id: null, logStart };
    const id = emissionIdOf(partition, record.headers);
    if (id === null) {
      // Somebody else wrote to the output. Guessing a position here could double or lose changes.
      throw new PortFailure(
        'protocol',
        `${this.#topic}/${partition}@${record.offset} has no emission id of this partition in its header ce_id`,
      );
    }
    return { id, logStart };
  }
}
