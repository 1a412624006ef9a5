/** One source topic in one process: a member of the topic's group, with a worker for each partition assigned to it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { isUnknownTopic } from '@tierflow/kafka/errors';
import { Membership, type MembershipOptions } from '@tierflow/kafka/membership';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import type { IntakeMetrics } from '@tierflow/telemetry/intake-metrics';
import type { Logger } from '@tierflow/telemetry/log';
import type { Readiness } from '@tierflow/telemetry/telemetry-server';
import { PartitionIntake, type PartitionPorts } from './partition-intake.ts';
import type { TopicSource } from './read-sources.ts';

export interface TopicPorts {
  readonly source: TopicSource;
  readonly reader: RecordReader;
  readonly metrics: IntakeMetrics;
  readonly logger: Logger;
  /** What a partition works with, its writers included. */
  partitionPorts(commitOffset: PartitionPorts['commitOffset']): PartitionPorts;
}

const topicPollMs = 1000;

export class TopicIntake {
  private readonly ports: TopicPorts;
  private readonly membership: Membership;
  private readonly workers = new Map<number, PartitionIntake>();
  /** By partition: the end of this process' former work on it, so that two of its workers never write side by side. */
  private readonly ends = new Map<number, Promise<void>>();
  private readonly stopping = new AbortController();
  private standing = 'looking for the topic';
  private isMember = false;

  constructor(
    connection: KafkaConnection,
    membership: Pick<MembershipOptions, 'groupId' | 'sessionTimeoutMs' | 'heartbeatIntervalMs'>,
    ports: TopicPorts,
  ) {
    this.ports = ports;
    this.membership = new Membership(connection, {
      ...membership,
      topic: ports.source.topic,
      onAssigned: partitions => this.assign(partitions),
      onLost: () => this.lose(),
    });
  }

  async start(): Promise<void> {
    await this.topicExists();
    if (this.stopping.signal.aborted) return;
    this.standing = 'joining the group';
    this.membership.start();
  }

  readiness(): Readiness {
    const { topic } = this.ports.source;
    if (!this.isMember) return { ready: false, detail: `${topic}: ${this.standing}` };
    const workers = [...this.workers.values()].sort((a, b) => a.partition - b.partition);
    const states = workers.map(({ partition, state, reason }) => `${partition} ${state}${reason && ` (${reason})`}`);
    return {
      ready: workers.every(({ state }) => state === 'reading'),
      detail: `${topic}: ${states.join(', ') || 'no partition'}`,
    };
  }

  /** Writes and commits what was read, and leaves the group. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.workers.values()].map(worker => worker.stop(true)));
    await this.membership.stop();
  }

  private async topicExists(): Promise<void> {
    const { source, reader, logger } = this.ports;
    while (!this.stopping.signal.aborted) {
      try {
        await reader.bounds(source.topic, 0);
        return;
      } catch (error) {
        this.standing = isUnknownTopic(error) ? 'the topic does not exist' : 'the brokers do not answer';
        logger.error({ source: source.name, topic: source.topic, err: error }, `${this.standing}, looking again`);
        await delay(topicPollMs, undefined, { signal: this.stopping.signal }).catch(() => {});
      }
    }
  }

  private assign(partitions: readonly number[]): void {
    this.isMember = true;
    for (const partition of this.workers.keys()) if (!partitions.includes(partition)) this.drop(partition);
    for (const partition of partitions) {
      if (this.workers.has(partition)) continue;
      const after = this.ends.get(partition) ?? Promise.resolve();
      const ports = this.ports.partitionPorts((of, offset) =>
        this.membership.commitOffsets([{ partition: of, offset }]),
      );
      this.workers.set(partition, new PartitionIntake(partition, after, ports));
    }
  }

  private lose(): void {
    this.isMember = false;
    this.standing = 'joining the group';
    for (const partition of this.workers.keys()) this.drop(partition);
  }

  /** Somebody else may have the partition already: what is under way here is not committed, and read again there. */
  private drop(partition: number): void {
    const worker = this.workers.get(partition);
    if (worker === undefined) return;
    this.workers.delete(partition);
    this.ends.set(partition, worker.stop(false));
  }
}
