/**
 * Flow and stock as Prometheus sees them. The numbers are Redis' own, so they survive restarts and never count twice:
 * each scrape sets them anew from one snapshot of all partitions.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import { collectProcessMetrics } from './process-metrics.ts';

export interface FlowSample {
  readonly transitions: readonly {
    readonly program: string;
    readonly from: string;
    readonly to: string;
    readonly cause: string;
    readonly count: number;
  }[];
  readonly stock: readonly { readonly program: string; readonly tier: string; readonly customers: number }[];
  /** Records by outcome: applied, duplicate, late, rejected.<reason>, … */
  readonly records: ReadonlyMap<string, number>;
}

export interface PartitionSample {
  readonly partition: number;
  readonly lagRecords: number;
  readonly logDay: number | null;
  readonly refolding: boolean;
  readonly outboxEntries: number;
}

export interface PolicySample {
  readonly policyId: string;
  readonly version: number;
  readonly slices: number;
}

export class FlowMetrics {
  readonly registry = new Registry();
  private readonly customers = this.gauge('tier_customers', 'Customers with a standing, by program and tier.', [
    'program',
    'tier',
  ]);
  private readonly transitions = new Counter({
    name: 'tier_transitions_total',
    help: 'Changes of standing, from tier to tier, by cause.',
    labelNames: ['program', 'from', 'to', 'cause'],
    registers: [this.registry],
  });
  private readonly residual = this.gauge(
    'tier_flow_residual',
    'Stock minus inflow plus outflow, by program and tier. Anything but 0 is a defect.',
    ['program', 'tier'],
  );
  private readonly events = new Counter({
    name: 'tier_events_total',
    help: 'Records of customers in the log, by outcome.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly late = new Counter({
    name: 'tier_late_events_total',
    help: 'Facts older than the log day that landed in the tile of their own day.',
    registers: [this.registry],
  });
  private readonly rejected = new Counter({
    name: 'tier_rejected_events_total',
    help: 'Log records that changed nothing, by reason. They are on rejected-events.',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  private readonly lag = this.gauge(
    'tier_log_lag_records',
    'Offsets between the folded cursor and the end of the log.',
    ['partition'],
  );
  private readonly logDay = this.gauge('tier_log_day', 'Last business day begun, in days since 1970-01-01.', [
    'partition',
  ]);
  private readonly refolding = this.gauge(
    'tier_partition_refolding',
    '1 while a partition folds what it has emitted before; its flow is not counted meanwhile.',
    ['partition'],
  );
  private readonly outbox = this.gauge('tier_outbox_entries', 'Outbox entries in Redis that are not trimmed yet.', [
    'partition',
  ]);
  private readonly policyVersion = this.gauge(
    'tier_policy_version',
    'Slices of all partitions that follow a version.',
    ['policy', 'version'],
  );

  constructor() {
    collectProcessMetrics(this.registry);
  }

  private gauge<T extends string>(name: string, help: string, labelNames: T[]): Gauge<T> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  setFlow({ transitions, stock, records }: FlowSample): void {
    this.transitions.reset();
    this.customers.reset();
    this.residual.reset();
    this.events.reset();
    this.late.reset();
    this.rejected.reset();
    const balance = new Map<string, number>();
    const move = (program: string, tier: string, delta: number): void => {
      if (tier === 'none') return;
      const key = `${program}|${tier}`;
      balance.set(key, (balance.get(key) ?? 0) + delta);
    };
    for (const { program, from, to, cause, count } of transitions) {
      this.transitions.inc({ program, from, to, cause }, count);
      move(program, from, -count);
      move(program, to, count);
    }
    for (const { program, tier, customers } of stock) {
      this.customers.set({ program, tier }, customers);
      this.residual.set({ program, tier }, customers - (balance.get(`${program}|${tier}`) ?? 0));
    }
    for (const [outcome, count] of records) {
      if (outcome === 'late') this.late.inc(count);
      else if (outcome.startsWith('rejected.')) this.rejected.inc({ reason: outcome.slice(9) }, count);
      else this.events.inc({ outcome }, count);
    }
  }

  setPartitions(samples: readonly PartitionSample[]): void {
    for (const { partition, lagRecords, logDay, refolding, outboxEntries } of samples) {
      this.lag.set({ partition }, lagRecords);
      if (logDay !== null) this.logDay.set({ partition }, logDay);
      this.refolding.set({ partition }, refolding ? 1 : 0);
      this.outbox.set({ partition }, outboxEntries);
    }
  }

  setPolicies(samples: readonly PolicySample[]): void {
    this.policyVersion.reset();
    for (const { policyId, version, slices } of samples) {
      this.policyVersion.set({ policy: policyId, version: String(version) }, slices);
    }
  }
}
