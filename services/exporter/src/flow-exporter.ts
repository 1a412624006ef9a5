/**
 * Reads all partitions' counters for a scrape.
 *
 * A partition that refolds counts again what it has counted before, so until it has passed what was emitted its last
 * known numbers stand in for it; an exporter that has none yet shows no flow at all. So a total never falls because of
 * a recovery.
 */
import { noDay } from '@tierflow/customer/customer';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { CounterSnapshot } from '@tierflow/processor/ports';
import { isRefolding, type RedisStateReader } from '@tierflow/redis/state-reader';
import type { FlowMetrics, PartitionSample } from '@tierflow/telemetry/flow-metrics';

export class FlowExporter {
  private readonly store: RedisStateReader;
  private readonly reader: RecordReader;
  private readonly topic: string;
  private readonly partitions: number;
  private readonly metrics: FlowMetrics;
  private readonly known = new Map<number, CounterSnapshot>();
  detail = 'nothing read yet';
  ready = false;

  constructor(store: RedisStateReader, reader: RecordReader, topic: string, partitions: number, metrics: FlowMetrics) {
    this.store = store;
    this.reader = reader;
    this.topic = topic;
    this.partitions = partitions;
    this.metrics = metrics;
  }

  async collect(): Promise<void> {
    const partitions = [...Array(this.partitions).keys()];
    const snapshots = await Promise.all(partitions.map(partition => this.store.readPartition(partition)));
    const bounds = await Promise.all(partitions.map(partition => this.reader.bounds(this.topic, partition)));
    const following = new Map<string, { policyId: string; version: number; slices: number }>();
    const samples: PartitionSample[] = snapshots.map((snapshot, partition) => {
      const refolding = isRefolding(snapshot);
      if (!refolding) this.known.set(partition, snapshot.counters);
      const state = snapshot.partitionState === null ? null : PartitionState.parse(snapshot.partitionState);
      for (const { version } of state?.slices ?? []) {
        if (version === 0) continue;
        const policyId = state!.policyIdOf(version);
        const key = `${policyId}/${version}`;
        following.set(key, { policyId, version, slices: (following.get(key)?.slices ?? 0) + 1 });
      }
      return {
        partition,
        lagRecords: Math.max(0, bounds[partition]!.highWatermark - (snapshot.cursor ?? 0)),
        logDay: state === null || state.logDay === noDay ? null : state.logDay,
        refolding,
        outboxEntries: snapshot.outboxEntries,
      };
    });
    this.metrics.setPartitions(samples);
    this.metrics.setPolicies([...following.values()]);
    this.ready = this.known.size === this.partitions;
    this.detail = `counters of ${this.known.size} of ${this.partitions} partitions are known`;
    if (this.ready) this.setFlow();
  }

  private setFlow(): void {
    const total = (table: keyof CounterSnapshot): Map<string, number> => {
      const sums = new Map<string, number>();
      for (const counters of this.known.values()) {
        for (const [key, value] of counters[table]) sums.set(key, (sums.get(key) ?? 0) + value);
      }
      return sums;
    };
    this.metrics.setFlow({
      transitions: [...total('flow')].map(([key, count]) => {
        const [program, from, to, cause] = key.split('|') as [string, string, string, string];
        return { program, from, to, cause, count };
      }),
      stock: [...total('stock')].map(([key, customers]) => {
        const [program, tier] = key.split('|') as [string, string];
        return { program, tier, customers };
      }),
      records: total('records'),
    });
  }
}
