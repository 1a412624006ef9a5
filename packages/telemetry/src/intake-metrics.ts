/** What one intake process measures, by source as the sources file names it. */
import { Counter, Gauge, Registry } from 'prom-client';
import { collectProcessMetrics } from './process-metrics.ts';

export class IntakeMetrics {
  readonly registry = new Registry();
  readonly records = new Counter({
    name: 'intake_records_total',
    help: 'Records read from source topics, those read again after a restart included.',
    labelNames: ['source'],
    registers: [this.registry],
  });
  readonly events = new Counter({
    name: 'intake_events_total',
    help: 'Events written to the log and acknowledged, by the type of their mapping.',
    labelNames: ['source', 'type'],
    registers: [this.registry],
  });
  readonly rejected = new Counter({
    name: 'intake_rejected_total',
    help: 'Records, or parts of them, that were not accepted. They are on rejected-events.',
    labelNames: ['source', 'reason'],
    registers: [this.registry],
  });
  readonly lostRecords = new Counter({
    name: 'intake_lost_records_total',
    help: 'Offsets that the source topic deleted before they were read.',
    labelNames: ['source'],
    registers: [this.registry],
  });
  readonly lagRecords = new Gauge({
    name: 'intake_lag_records',
    help: 'Offsets between the position and the end of the source topic, by partition owned here.',
    labelNames: ['source', 'partition'],
    registers: [this.registry],
  });
  readonly stalled = new Gauge({
    name: 'intake_stalled_partitions',
    help: 'Partitions owned here that wait for Kafka or the schema registry.',
    labelNames: ['source'],
    registers: [this.registry],
  });

  constructor() {
    collectProcessMetrics(this.registry);
  }

  /** Sources that never lose or reject a record show a zero, so that an alert has something to compare with. */
  expect(source: string): void {
    for (const counter of [this.records, this.lostRecords]) counter.inc({ source }, 0);
    this.stalled.set({ source }, 0);
  }

  /** A partition that went to another process leaves no series behind. */
  forget(source: string, partition: number): void {
    this.lagRecords.remove({ source, partition });
  }
}
