/** What one conductor measures. One that stands by knows nothing of the log's days and shows none. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from './process-metrics.ts';

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
}
