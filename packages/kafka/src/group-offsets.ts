/** Where consumer groups stand: the position of whoever may read a little twice, such as intake, and what others wait for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { type KafkaConnection, kafkaClient } from './connection.ts';
import { disconnected, withDeadline } from './deadline.ts';
import { awaitsCoordinator, toPortError } from './errors.ts';

/** On a new broker the first question makes it create the topic of group offsets, which may take many seconds. */
const coordinatorWaitMaxMs = 30_000;
const coordinatorPollMs = 100;
const readMsMax = 30_000;

export class GroupOffsets {
  readonly #admin: Admin;

  static async open(connection: KafkaConnection): Promise<GroupOffsets> {
    const admin = kafkaClient(connection).admin();
    try {
      await admin.connect();
    } catch (error) {
      throw toPortError(error, `connecting to ${connection.brokers.join(',')}`);
    }
    return new GroupOffsets(admin);
  }

  private constructor(admin: Admin) {
    this.#admin = admin;
  }

  /** By partition: the next offset to read. Partitions of which the group has read nothing are left out. */
  async read(groupId: string, topic: string): Promise<ReadonlyMap<number, number>> {
    for (const deadline = performance.now() + coordinatorWaitMaxMs; ; ) {
      try {
        const asked = this.#admin.fetchOffsets({ groupId, topics: [topic] });
        const [found] = await withDeadline(asked, readMsMax, `reading the offsets of group ${groupId}`);
        const stored = (found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)] as const);
        return new Map(stored.filter(([, offset]) => offset >= 0));
      } catch (error) {
        if (!awaitsCoordinator(error) || performance.now() > deadline) {
          throw toPortError(error, `reading the offsets of group ${groupId}`);
        }
        await delay(coordinatorPollMs);
      }
    }
  }

  async close(): Promise<void> {
    await disconnected(this.#admin);
  }
}
