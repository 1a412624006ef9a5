/** Writes control records to every partition of a log, and policies to their list beside it. */
import { conductorTransactionalId } from '@tierflow/config/namespace';
import type { Control, LogOpened, PolicyPublished } from '@tierflow/customer/events';
import { ControlWriter } from '@tierflow/kafka/control-writer';
import type { Connections } from './connections.ts';

export class ControlLog {
  readonly #writer: ControlWriter;
  readonly #encode: (record: Control) => Buffer;
  readonly #policiesTopic: string;

  static async open(connections: Connections, { partitions }: Pick<LogOpened, 'partitions'>): Promise<ControlLog> {
    const { namespace, topics } = connections.environment;
    const codec = await connections.events();
    const writer = await ControlWriter.open(connections.kafka, {
      transactionalId: conductorTransactionalId(namespace),
      topic: topics.customerEvents,
      partitions,
    });
    connections.closing(writer, () => writer.close());
    return new ControlLog(writer, record => codec.encodeEvent(record), topics.tierPolicies);
  }

  private constructor(writer: ControlWriter, encode: (record: Control) => Buffer, policiesTopic: string) {
    this.#writer = writer;
    this.#encode = encode;
    this.#policiesTopic = policiesTopic;
  }

  /** All of them in all partitions, and the policy in the list, or none anywhere. */
  async write(records: readonly Control[], listed?: PolicyPublished): Promise<void> {
    const beside = listed && { topic: this.#policiesTopic, key: listed.policyId, value: listed.document };
    await this.#writer.write(records.map(this.#encode), beside);
  }
}
