/** One partition of `customer-events` in memory. */
import type { LogRecord } from '@tierflow/customer/events';
import type { EventLog } from '../ports.ts';

export class InMemoryEventLog implements EventLog {
  records: readonly LogRecord[];
  start = 0;
  end: number;

  constructor(records: readonly LogRecord[]) {
    this.records = records;
    this.end = (records.at(-1)?.offset ?? -1) + 1;
  }

  async bounds(): Promise<{ start: number; end: number }> {
    return { start: this.start, end: this.end };
  }

  async genesis(): Promise<LogRecord | null> {
    return this.records[0] ?? null;
  }
}
