/** What one tiering process measures. Flow and stock come from the exporter, because they must survive this process. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from './process-metrics.ts';

export class TieringMetrics {
  readonly registry = new Registry();
  readonly records = new Counter({
    name: 'tier_records_folded_total',
    help: 'Records of customer-events folded by this process, refolds included.',
    labelNames: ['partition'],
    registers: [this.registry],
  });
  readonly commitSeconds = new Histogram({
    name: 'tier_commit_seconds',
    help: 'Time of one atomic commit to Redis.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [this.registry],
  });
  readonly publishSeconds = new Histogram({
    name: 'tier_publish_seconds',
    help: 'Time of one transaction on the output topics.',
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 15],
    registers: [this.registry],
  });
  readonly eventToChangeSeconds = new Histogram({
    name: 'tier_event_to_change_seconds',
    help: 'From the writing of the causing record to its change being readable on tier-changes; one sample a commit.',
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    registers: [this.registry],
  });
  readonly takeovers = new Counter({
    name: 'tier_takeovers_total',
    help: 'Takeovers of partitions, by what ended the ownership before.',
    labelNames: ['after'],
    registers: [this.registry],
  });
  readonly lagRecords = new Gauge({
    name: 'tier_lag_records',
    help: 'Offsets between the folded position and the end of the log, by partition owned here.',
    labelNames: ['partition'],
    registers: [this.registry],
  });
  readonly outboxPending = new Gauge({
    name: 'tier_outbox_pending',
    help: 'Outbox entries that wait for their transaction, by partition owned here.',
    labelNames: ['partition'],
    registers: [this.registry],
  });
  readonly halted = new Gauge({
    name: 'tier_partition_halted',
    help: '1 for a partition that a guard has stopped; an operator must act.',
    labelNames: ['partition', 'reason'],
    registers: [this.registry],
  });
  readonly paused = new Gauge({
    name: 'tier_partition_paused',
    help: '1 for a partition that waits, for memory in Redis, for the broker, or for a backup; it goes on by itself.',
    labelNames: ['partition', 'reason'],
    registers: [this.registry],
  });
  readonly owned = new Gauge({
    name: 'tier_partitions_owned',
    help: 'Partitions that this process owns.',
    registers: [this.registry],
  });

  constructor() {
    collectProcessMetrics(this.registry);
  }

  /** A partition that went to another process leaves no series behind. */
  forget(partition: number): void {
    this.lagRecords.remove({ partition });
    this.outboxPending.remove({ partition });
  }
}
