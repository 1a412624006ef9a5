/**
 * Which partitions this process owns, by the consumer group.
 *
 * A kafkajs consumer joins, heartbeats and rebalances; all its partitions stay paused, so it fetches nothing and reads
 * are the record reader's (its file says why). With nothing to fetch its loop sleeps a short wait and heartbeats,
 * so the heartbeat goes on however long a fold step takes, as long as the event loop turns.
 *
 * A rebalance is a set, not an order to stop: a partition that stays needs nothing, and one that went to somebody else
 * is fenced by its new owner before a record is written there. A session that ran out is a loss, also where the same
 * partitions come back: somebody may have had them in between. Where the fold stands, the store knows, and the group's
 * offsets are for lag tools only; intake, which may write twice, has its position in them (group-offsets.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, PartitionAssigner } from 'kafkajs';
import kafkajs from 'kafkajs';
import { type KafkaConnection, kafkaClient } from './connection.ts';
import { disconnected, withDeadline } from './deadline.ts';
import { assignSticky } from './sticky-assignment.ts';

export interface Assignments {
  /** All partitions that are owned from now on, ascending. The same set may come again. */
  onAssigned(partitions: readonly number[]): void;
  /** The membership is gone: none is owned until the next assignment. */
  onLost(): void;
}

export interface MembershipOptions extends Assignments {
  readonly groupId: string;
  readonly topic: string;
  readonly sessionTimeoutMs?: number;
  readonly heartbeatIntervalMs?: number;
}

export interface GroupOffset {
  readonly partition: number;
  readonly offset: number;
}

type End = 'stop' | 'rejoin' | 'crash';

const sessionTimeoutMsDefault = 10_000;
const heartbeatIntervalMsDefault = 1000;
const pausedWaitMs = 200;
const stopWaitMs = 1000;
const commitMsMax = 20_000;
const backoffMinMs = 100;
const backoffMaxMs = 5000;

export class Membership {
  readonly #connection: KafkaConnection;
  readonly #options: MembershipOptions;
  #owned: readonly number[] = [];
  #consumer: Consumer | null = null;
  #end: (how: End) => void = () => {};
  readonly #stopping = new AbortController();
  #supervising: Promise<void> | null = null;

  constructor(connection: KafkaConnection, options: MembershipOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  start(): void {
    this.#supervising ??= this.#supervise();
  }

  /** Leaves and joins again: for an owner that was fenced, which may only take over from a new assignment. */
  rejoin(): void {
    this.#end('rejoin');
  }

  /**
   * Leaves the group at once, so that the others need not wait for the session to run out. A join that the coordinator
   * still holds back cannot be recalled: it is left to itself, and the member leaves as soon as it is one.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#end('stop');
    const joined = this.#consumer !== null;
    await (joined ? this.#supervising : Promise.race([this.#supervising, delay(stopWaitMs)]));
  }

  /** False where they were not committed: during a rebalance, or without a membership. A later commit makes up for it. */
  async commitOffsets(offsets: readonly GroupOffset[]): Promise<boolean> {
    const topic = this.#options.topic;
    if (this.#consumer === null) return false;
    try {
      const committed = this.#consumer.commitOffsets(
        offsets.map(({ partition, offset }) => ({ topic, partition, offset: String(offset) })),
      );
      await withDeadline(committed, commitMsMax, 'committing offsets');
      return true;
    } catch (error) {
      this.#connection.log('warn', 'group offsets were not committed', { error: String(error) });
      return false;
    }
  }

  async #supervise(): Promise<void> {
    for (let backoffMs = backoffMinMs; !this.#stopping.signal.aborted; ) {
      const joinedAt = performance.now();
      const end = await this.#beMember();
      if (end !== 'crash') continue;
      if (performance.now() - joinedAt > backoffMaxMs * 2) backoffMs = backoffMinMs;
      await delay(backoffMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      backoffMs = Math.min(backoffMs * 2, backoffMaxMs);
    }
  }

  /** One life of a consumer: after a crash kafkajs' consumer is not to be trusted with another. */
  async #beMember(): Promise<End> {
    const { topic, sessionTimeoutMs = sessionTimeoutMsDefault } = this.#options;
    let memberId: string | null = null;
    const ended = new Promise<End>(resolve => {
      this.#end = resolve;
    });
    const consumer = kafkaClient(this.#connection).consumer({
      groupId: this.#options.groupId,
      partitionAssigners: [this.#assigner()],
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: this.#options.heartbeatIntervalMs ?? heartbeatIntervalMsDefault,
      maxWaitTimeInMs: pausedWaitMs,
      allowAutoTopicCreation: false,
      // kafkajs would restart a crashed consumer by itself, even after it was told to disconnect.
      retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 5, restartOnFailure: async () => false },
    });
    consumer.on(consumer.events.CRASH, () => this.#end('crash'));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      // Before the first fetch: the pause covers the topic, so it also covers what later rebalances bring.
      consumer.pause([{ topic }]);
      // Another id means that the session had run out: meanwhile others may have worked on what was held here, so even a
      // partition that comes back is a new one.
      if (memberId !== null && memberId !== payload.memberId) this.#options.onLost();
      memberId = payload.memberId;
      this.#owned = (payload.memberAssignment[topic] ?? []).toSorted((a, b) => a - b);
      if (!this.#stopping.signal.aborted) this.#options.onAssigned(this.#owned);
    });

    let end: End;
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic] });
      // It resolves when the group was joined. Disconnecting before that would leave a member behind that nobody owns.
      await consumer.run({ autoCommit: false, eachBatch: async () => {} });
      this.#consumer = consumer;
      end = await ended;
    } catch (error) {
      this.#connection.log('error', 'joining the group failed', { error: String(error) });
      end = 'crash';
    }
    this.#consumer = null;
    this.#owned = [];
    if (memberId !== null) this.#options.onLost();
    await disconnected(consumer);
    return end;
  }

  /** Members say what they own, and the leader of the group lets them keep it as far as balance allows. */
  #assigner(): PartitionAssigner {
    const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
    const name = 'tierflow-sticky';
    const version = 0;
    return ({ cluster }) => ({
      name,
      version,
      protocol: ({ topics }) => ({
        name,
        metadata: MemberMetadata.encode({ version, topics, userData: Buffer.from(JSON.stringify(this.#owned)) }),
      }),
      assign: async ({ members, topics }) => {
        const topic = topics[0]!;
        const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
        const assignment = assignSticky(
          members.map(({ memberId, memberMetadata }) => ({
            memberId,
            owned: ownedOf(MemberMetadata.decode(memberMetadata)?.userData),
          })),
          partitions,
        );
        return [...assignment].map(([memberId, held]) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({
            version,
            assignment: { [topic]: held },
            userData: Buffer.alloc(0),
          }),
        }));
      },
    });
  }
}

/** What another member says of itself is only a wish; nonsense counts as none. */
function ownedOf(userData: Buffer | null | undefined): number[] {
  try {
    const owned: unknown = JSON.parse(userData?.toString('utf8') ?? '[]');
    return Array.isArray(owned) ? owned.filter(Number.isInteger) : [];
  } catch {
    return [];
  }
}
