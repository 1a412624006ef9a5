/** Writes control records to every partition of a log. */
import { conductorTransactionalId } from '@tierflow/config/namespace';
import type { Control, LogOpened } from '@tierflow/customer/events';
import { ControlWriter } from '@tierflow/kafka/control-writer';
import type { Connections } from './connections.ts';

export class ControlLog {
  readonly #writer: ControlWriter;
  readonly #encode: (record: Control) => Buffer;

  static async open(connections: Connections, { partitions }: Pick<LogOpened, 'partitions'>): Promise<ControlLog> {
    const { namespace, topics } = connections.environment;
    const codec = await connections.events();
    const writer = await ControlWriter.open(connections.kafka, {
      transactionalId: conductorTransactionalId(namespace),
      topic: topics.customerEvents,
      partitions,
    });
    connections.closing(writer, () => writer.close());
    return new ControlLog(writer, record => codec.encodeEvent(record));
  }

  private constructor(writer: ControlWriter, encode: (record: Control) => Buffer) {
    this.#writer = writer;
    this.#encode = encode;
  }

  /** All of them in all partitions, or none in any. */
  async write(records: readonly Control[]): Promise<void> {
    await this.#writer.write(records.map(this.#encode));
  }
}
