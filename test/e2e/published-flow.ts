/** What changes that are published have moved, by partition: flow, stock, and each customer's last revision. */
import type { TierRecord } from '@tierflow/customer/changes';

export class PublishedFlow {
  /** By partition, as the counters have them: `program|from|to|cause` → changes, `program|tier` → customers. */
  readonly flow: readonly Map<string, number>[];
  readonly stock: readonly Map<string, number>[];
  readonly revisions = new Map<string, number>();

  constructor(partitions: number) {
    this.flow = Array.from({ length: partitions }, () => new Map());
    this.stock = Array.from({ length: partitions }, () => new Map());
  }

  add(partition: number, record: TierRecord): void {
    this.revisions.set(record.customerId, record.revision);
    if (record.type !== 'TierChanged') return;
    const { program, from, to, cause } = record;
    const stock = this.stock[partition]!;
    count(this.flow[partition]!, `${program}|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
    if (from !== null) count(stock, `${program}|${from}`, -1);
    if (to !== null) count(stock, `${program}|${to}`, 1);
  }
}

function count(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
