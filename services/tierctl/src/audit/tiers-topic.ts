/** The last value of each customer on a partition of `customer-tiers`, read on from where it was read to before. */
import type { CustomerTiers } from '@tierflow/customer/changes';
import type { Unreadable } from '@tierflow/customer/events';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { heldStandings, type Standings } from './standings.ts';

export class TiersTopic {
  readonly #reader: RecordReader;
  readonly #topic: string;
  readonly #partition: number;
  readonly #decode: (value: Buffer) => Promise<CustomerTiers | Unreadable>;
  readonly #values = new Map<string, Standings | null>();
  #position: number;

  static async open(connections: Connections, partition: number): Promise<TiersTopic> {
    const reader = await connections.reader();
    const changes = await connections.changes();
    const topic = connections.environment.topics.customerTiers;
    const { logStart } = await reader.bounds(topic, partition);
    return new TiersTopic(reader, topic, partition, logStart, value => changes.readCustomerTiers(value));
  }

  private constructor(
    reader: RecordReader,
    topic: string,
    partition: number,
    position: number,
    decode: (value: Buffer) => Promise<CustomerTiers | Unreadable>,
  ) {
    this.#reader = reader;
    this.#topic = topic;
    this.#partition = partition;
    this.#position = position;
    this.#decode = decode;
  }

  async read(): Promise<ReadonlyMap<string, Standings | null>> {
    for await (const records of this.#reader.readAll(this.#topic, this.#partition, this.#position)) {
      for (const { offset, key, value } of records) {
        this.#position = offset + 1;
        const tiers = value === null ? null : await this.#decode(value);
        if (key === null || (tiers !== null && 'type' in tiers)) {
          throw new CommandFailure(
            `${this.#topic}/${this.#partition}@${offset} is no record of tierflow`,
            'find out who else writes to this topic: only tiering may',
          );
        }
        this.#values.set(key.toString(), tiers === null ? null : heldStandings(tiers));
      }
    }
    return this.#values;
  }
}
