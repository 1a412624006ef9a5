/**
 * A partition that stands still although nothing is wrong with it: told once when it begins and once when it is over, and
 * shown meanwhile. What is under way waits; nothing is dropped.
 */
import { PortFailure } from '@tierflow/processor/errors';
import type { Logger } from '@tierflow/telemetry/log';
import type { TieringMetrics } from '@tierflow/telemetry/tiering-metrics';

/**
 * `storeFull`: Redis is near its memory limit. `outputSlow`: as many changes wait for the broker as may wait. `held`: a
 * backup or a restore has the partition.
 */
export type PauseReason = 'storeFull' | 'outputSlow' | 'held';

const words: Readonly<Record<PauseReason, { readonly why: string; readonly see: string }>> = {
  storeFull: { why: 'Redis is near its memory limit', see: 'deploy/runbook/redis-full.md' },
  outputSlow: {
    why: 'the broker does not take the changes as fast as they come',
    see: 'deploy/runbook/slow-broker.md',
  },
  held: { why: 'a backup or restore has it', see: 'deploy/runbook/backup-and-restore.md' },
};

export class PartitionPause {
  reason: PauseReason | null = null;
  private readonly partition: number;
  private readonly metrics: TieringMetrics;
  private readonly logger: Logger;

  constructor(partition: number, metrics: TieringMetrics, logger: Logger) {
    this.partition = partition;
    this.metrics = metrics;
    this.logger = logger;
  }

  begin(reason: PauseReason): void {
    if (this.reason === reason) return;
    this.end();
    const { partition } = this;
    const { why, see } = words[reason];
    this.reason = reason;
    this.metrics.paused.set({ partition, reason }, 1);
    this.logger.warn({ partition, reason, see }, `partition paused: ${why}; it goes on by itself`);
  }

  end(): void {
    const { partition, reason } = this;
    if (reason === null) return;
    this.reason = null;
    this.metrics.paused.remove({ partition, reason });
    this.logger.info({ partition, reason }, 'partition goes on');
  }
}

/** Why to wait after a failure; null where it is no reason to wait but to take the partition over again. */
export function pauseAfter(error: unknown): PauseReason | null {
  if (!(error instanceof PortFailure)) return null;
  return error.code === 'storeFull' || error.code === 'held' ? error.code : null;
}
