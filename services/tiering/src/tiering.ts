/** One tiering process: a member of the group, with a worker for each partition that it is assigned. */
import type { Assignments, Membership } from '@tierflow/kafka/membership';
import type { Readiness } from '@tierflow/telemetry/telemetry-server';
import { PartitionWorker, type WorkerPorts, type WorkerSettings } from './partition-worker.ts';

const offsetCommitIntervalMs = 5000;

/** What is used of the group's membership. */
export type GroupMember = Pick<Membership, 'start' | 'stop' | 'rejoin' | 'commitOffsets'>;

export class Tiering {
  private readonly ports: Omit<WorkerPorts, 'rejoin'>;
  private readonly settings: WorkerSettings;
  private readonly membership: GroupMember;
  private readonly workers = new Map<number, PartitionWorker>();
  /** By partition: the end of this process' former work on it. Two workers of one process must not fence each other. */
  private readonly ends = new Map<number, Promise<void>>();
  private readonly stopping = new AbortController();
  private isMember = false;

  constructor(
    memberOf: (assignments: Assignments) => GroupMember,
    ports: Omit<WorkerPorts, 'rejoin'>,
    settings: WorkerSettings,
  ) {
    this.ports = ports;
    this.settings = settings;
    this.membership = memberOf({
      onAssigned: partitions => this.assign(partitions),
      onLost: () => this.lose(),
    });
  }

  start(): void {
    this.membership.start();
    void this.commitOffsetsRegularly();
  }

  readiness(): Readiness {
    const workers = [...this.workers.values()];
    const states = workers.map(({ partition, state, pause: { reason } }) =>
      reason === null ? `${partition} ${state}` : `${partition} paused (${reason})`,
    );
    const standing = workers.some(
      ({ state, pause }) => state === 'halted' || state === 'retrying' || pause.reason !== null,
    );
    return {
      ready: this.isMember && !standing,
      detail: this.isMember ? `partitions: ${states.join(', ') || 'none'}` : 'joining the group',
    };
  }

  /** Finishes what was folded, publishes it, and leaves the group. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.workers.values()].map(worker => worker.stop(true)));
    await this.commitOffsets();
    await this.membership.stop();
  }

  private assign(partitions: readonly number[]): void {
    this.isMember = true;
    for (const partition of this.workers.keys()) if (!partitions.includes(partition)) this.drop(partition);
    for (const partition of partitions) {
      // A partition that stays needs nothing: had it been elsewhere meanwhile, its fences would tell.
      const worker = this.workers.get(partition);
      if (worker !== undefined && worker.state !== 'ended') continue;
      const ports: WorkerPorts = { ...this.ports, rejoin: () => this.membership.rejoin() };
      const after = this.ends.get(partition) ?? Promise.resolve();
      this.workers.set(partition, new PartitionWorker(partition, after, ports, this.settings));
    }
    this.ports.metrics.owned.set(this.workers.size);
  }

  private lose(): void {
    this.isMember = false;
    for (const partition of this.workers.keys()) this.drop(partition);
    this.ports.metrics.owned.set(0);
  }

  /** The new owner has the partition already, or will fence this one: nothing is finished here. */
  private drop(partition: number): void {
    const worker = this.workers.get(partition);
    if (worker === undefined) return;
    this.workers.delete(partition);
    this.ends.set(partition, worker.stop(false));
  }

  private async commitOffsetsRegularly(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.ports.pacing.pause(offsetCommitIntervalMs, signal);
      await this.commitOffsets();
    }
  }

  private async commitOffsets(): Promise<void> {
    const offsets = [...this.workers.values()].flatMap(({ partition, position }) =>
      position === null ? [] : [{ partition, offset: position }],
    );
    if (offsets.length > 0) await this.membership.commitOffsets(offsets);
  }
}
