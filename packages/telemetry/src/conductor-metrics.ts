/** What one conductor measures. One that stands by knows nothing of the log's days and shows none. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from './process-metrics.ts';

export interface PolicyProgress {
  readonly policy: string;
  readonly version: number;
  /** Slices of each partition. */
  readonly wanted: number;
  readonly following: number;
  /** null: its cuts are as written. */
  readonly calibratedDay: number | null;
}

export class ConductorMetrics {
  readonly registry = new Registry();
  readonly active = new Gauge({
    name: 'conductor_active',
    help: '1 for the conductor that opens the days, 0 for one that stands by.',
    registers: [this.registry],
  });
  readonly ticks = new Counter({
    name: 'conductor_ticks_total',
    help: 'Business days opened by this process.',
    registers: [this.registry],
  });
  readonly transactionSeconds = new Histogram({
    name: 'conductor_transaction_seconds',
    help: 'Time of the transaction that opens one business day in every partition.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [this.registry],
  });
  readonly sweeps = new Counter({
    name: 'conductor_sweeps_total',
    help: 'Sweeps of slices written by this process: for a day, for places in rank indexes, for a roll-out, for newer cuts.',
    labelNames: ['purpose'],
    registers: [this.registry],
  });
  readonly calibrationSeconds = new Histogram({
    name: 'conductor_calibration_seconds',
    help: 'Time that it took to look at the population of one policy version, whether new cuts came of it or not.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    registers: [this.registry],
  });
  readonly calibrations = new Counter({
    name: 'conductor_calibrations_total',
    help: 'Calibrations published by this process.',
    registers: [this.registry],
  });
  private readonly partitionsBehind = new Gauge({
    name: 'conductor_partitions_behind',
    help: 'Partitions that have not folded yet what was written last, or whose state cannot be read: policies wait for them.',
    registers: [this.registry],
  });
  private readonly rolloutSlices = new Gauge({
    name: 'tier_rollout_slices',
    help: 'Slices of each partition that are wanted to follow a policy version, and that do follow it.',
    labelNames: ['policy', 'version', 'state'],
    registers: [this.registry],
  });
  private readonly calibrationDay = new Gauge({
    name: 'tier_calibration_day',
    help: 'Business day that the cuts of a policy version in use were taken on last, in days since 1970-01-01.',
    labelNames: ['policy', 'version'],
    registers: [this.registry],
  });
  private readonly logDay = new Gauge({
    name: 'conductor_log_day',
    help: 'Last business day begun, in days since 1970-01-01.',
    registers: [this.registry],
  });
  private readonly daysBehind = new Gauge({
    name: 'conductor_days_behind',
    help: 'Business days that the clock has begun and the log has not.',
    registers: [this.registry],
  });

  constructor() {
    collectProcessMetrics(this.registry);
    this.forgetDays();
    this.forgetPolicies();
  }

  /** null: the log has no day yet. */
  setDays(logDay: number | null, daysBehind: number): void {
    if (logDay !== null) this.logDay.set(logDay);
    this.daysBehind.set(daysBehind);
  }

  forgetDays(): void {
    this.logDay.remove();
    this.daysBehind.remove();
  }

  setPartitionsBehind(partitions: number): void {
    this.partitionsBehind.set(partitions);
  }

  /** Of every version in use; what is shown no longer holds for any other. */
  setPolicies(policies: readonly PolicyProgress[]): void {
    this.rolloutSlices.reset();
    this.calibrationDay.reset();
    for (const { policy, version, wanted, following, calibratedDay } of policies) {
      this.rolloutSlices.set({ policy, version, state: 'wanted' }, wanted);
      this.rolloutSlices.set({ policy, version, state: 'following' }, following);
      if (calibratedDay !== null) this.calibrationDay.set({ policy, version }, calibratedDay);
    }
  }

  forgetPolicies(): void {
    this.setPolicies([]);
    this.partitionsBehind.remove();
  }
}
