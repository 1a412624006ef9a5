/**
 * A log of several partitions in memory, each folded by a partition task over one store. Whatever is written is folded at
 * once, so that a conductor never waits.
 */
import type { LogEvent, LogOpened, LogRecord, PolicyPublished } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { InMemoryRankIndexes } from '@tierflow/processor/in-memory-rank-indexes';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import { partitionOf } from '@tierflow/processor/partition-of';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { PartitionTask } from '@tierflow/processor/partition-task';
import { takeOver } from '@tierflow/processor/take-over';
import { InMemoryEventLog } from '@tierflow/processor/testing/in-memory-event-log';
import { InMemoryOutput, jsonOutbox } from '@tierflow/processor/testing/in-memory-output';
import { RejectionList } from '@tierflow/processor/testing/rejection-list';
import type { FoldedState } from '@tierflow/redis/state-reader';
import type { PolicyWorkPorts } from './policy-work.ts';

const settings = {
  cacheCustomersMax: 10_000,
  unpublishedBytesMax: 1 << 24,
  transactionBytesMin: 1 << 20,
  views: 'always',
} as const;

interface Partition {
  readonly log: InMemoryEventLog;
  readonly records: LogRecord[];
  readonly output: InMemoryOutput;
  readonly task: PartitionTask;
}

export function publishedPolicy(document: PolicyDocument): PolicyPublished {
  const { policy: policyId, version } = document;
  return {
    type: 'PolicyPublished',
    policyId,
    version,
    hash: `sha256:${version}`,
    document: JSON.stringify(document),
  };
}

export class ConductedLog {
  readonly rejections = new RejectionList();
  private readonly store = new InMemoryStateStore();
  private readonly partitions: Partition[] = [];

  static async open(genesis: LogOpened): Promise<ConductedLog> {
    const opened = new ConductedLog();
    const { namespace, partitions } = genesis;
    for (let partition = 0; partition < partitions; partition++) {
      const records: LogRecord[] = [];
      const log = new InMemoryEventLog(records);
      const output = new InMemoryOutput();
      const ports = {
        store: opened.store,
        log,
        tail: output,
        publishers: output,
        rejections: opened.rejections,
        outbox: jsonOutbox,
      };
      records.push({ offset: 0, timestamp: 1_700_000_000_000, key: null, event: genesis });
      log.end = 1;
      const task = await takeOver(partition, `token-${partition}`, { namespace, partitions }, ports, settings);
      await task.process(records, 1);
      opened.partitions.push({ log, records, output, task });
    }
    return opened;
  }

  /** Control records go to all partitions, those of a customer to its own. */
  async append(...events: readonly LogEvent[]): Promise<void> {
    for (const [partition, { log, records, task }] of this.partitions.entries()) {
      const from = records.length;
      for (const event of events) {
        const key = 'customerId' in event ? event.customerId : null;
        if (key !== null && partitionOf(key, this.partitions.length) !== partition) continue;
        records.push({ offset: records.length, timestamp: 1_700_000_000_000 + records.length, key, event });
      }
      log.end = records.length;
      await task.process(records.slice(from), log.end);
      await task.drain();
      // So that the outbox is empty, as it is at rest.
      await task.idle();
    }
  }

  /** Of each slice a sweep of its own, whatever the number of customers. */
  get ports(): PolicyWorkPorts {
    return {
      partitions: this.partitions.length,
      logEnd: async partition => this.partitions[partition]!.log.end,
      readFolded: async partition => this.folded(partition),
      countCustomers: async () => Number.MAX_SAFE_INTEGER,
      indexes: new InMemoryRankIndexes(this.store, this.partitions.length),
    };
  }

  private folded(partition: number): FoldedState {
    const { cursor, stateFormat, foldVersion, partitionState } = this.store.partition(partition);
    return { cursor, stateFormat, foldVersion, partitionState };
  }

  state(partition: number): PartitionState {
    return PartitionState.parse(this.folded(partition).partitionState!);
  }

  /** All that is left of the log: in the store, and on the output without the numbers that records have by their offset. */
  get end(): unknown {
    return this.partitions.map(({ output }, partition) => {
      const { heads, views, ranks, due, flow, stock, partitionState } = this.store.partition(partition);
      const records = output.published.map(({ record: { recordedAt: _, ...told } }) => told);
      return { heads, views, ranks, due, flow, stock, partitionState, records };
    });
  }
}
