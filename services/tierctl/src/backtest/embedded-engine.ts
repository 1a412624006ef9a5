/**
 * The engine without servers: the same partition tasks as in production over a store and an output in memory. What it
 * emits is what tiering emits from the same log.
 */
import type { Control, LogOpened, LogRecord } from '@tierflow/customer/events';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { PartitionTask, TaskSettings } from '@tierflow/processor/partition-task';
import type { StoredCustomer } from '@tierflow/processor/ports';
import { takeOver } from '@tierflow/processor/take-over';
import { sequencesIn } from '../stored-sequences.ts';
import type { BacktestLog, LogPiece } from './backtest-log.ts';
import { EmbeddedConductor } from './embedded-conductor.ts';
import { EngineOutput, type FoldListener } from './engine-output.ts';

const settings: TaskSettings = {
  cacheCustomersMax: 1_000_000,
  unpublishedBytesMax: Number.POSITIVE_INFINITY,
  transactionBytesMin: 1024 * 1024,
  views: 'never',
};
const token = 'backtest';

interface FoldingPartition {
  readonly task: PartitionTask;
  /** The last record, behind which more may be appended. */
  last: LogRecord;
}

export class EmbeddedEngine {
  readonly store = new InMemoryStateStore();
  readonly #genesis: LogOpened;
  readonly #settings: TaskSettings;
  readonly #output: EngineOutput;
  readonly #partitions = new Map<number, FoldingPartition>();
  readonly #conductor: EmbeddedConductor;

  constructor(genesis: LogOpened, listener: FoldListener, limits: Partial<TaskSettings> = {}) {
    this.#genesis = genesis;
    this.#settings = { ...settings, ...limits };
    this.#output = new EngineOutput(listener);
    this.#conductor = new EmbeddedConductor(this);
  }

  async fold(log: BacktestLog, onProgress: (records: number) => void): Promise<void> {
    let records = 0;
    for await (const piece of log.pieces(() => this.#conductor.next())) {
      await this.process(piece);
      records += piece.records.length;
      onProgress(records);
    }
  }

  async process({ partition, records }: LogPiece): Promise<void> {
    const last = records.at(-1)!;
    let folding = this.#partitions.get(partition);
    if (folding === undefined) {
      folding = { task: await this.#take(partition, records[0]!), last };
      this.#partitions.set(partition, folding);
    }
    await folding.task.process(records, last.offset + 1);
    folding.last = last;
  }

  /** Control records in every partition, behind its last record and at the time of that one. */
  async append(events: readonly Control[]): Promise<void> {
    if (events.length === 0) return;
    for (const [partition, { last }] of this.#partitions) {
      const { offset, timestamp } = last;
      const records = events.map((event, index) => ({ offset: offset + 1 + index, timestamp, key: null, event }));
      await this.process({ partition, records });
    }
  }

  /** Behind the end of the log: all that a conductor has to do there. */
  async conduct(): Promise<void> {
    for (let record = await this.#conductor.next(); record !== null; record = await this.#conductor.next()) {
      await this.append([record]);
    }
  }

  /** Whoever conducts the log has looked at the cuts of the policies in force when the day was opened. */
  async dayIsConducted(): Promise<void> {
    const [first] = await this.drained();
    const { slices, logDay } = first!.state;
    this.#conductor.considered(
      slices.map(({ version }) => version),
      logDay,
    );
  }

  /** What each partition knows beside its customers, in ascending order, once all that was given is folded and told. */
  async drained(): Promise<{ readonly partition: number; readonly state: PartitionState }[]> {
    const ascending = [...this.#partitions].sort(([a], [b]) => a - b);
    for (const [, { task }] of ascending) await task.drain();
    return ascending.map(([partition, { task }]) => ({ partition, state: task.state }));
  }

  /** Everybody as the store holds them, once the engine is drained. */
  async *customersOf(partition: number): AsyncGenerator<[customerId: string, stored: StoredCustomer]> {
    const { heads, cursor } = this.store.partition(partition);
    const { state } = this.#partitions.get(partition)!.task;
    for (const [customerId, head] of heads) {
      const wanted = sequencesIn(head, state).map(sequence => ({ customerId, sequence }));
      const chunks = wanted.length === 0 ? [] : await this.store.loadChunks(partition, token, cursor, wanted);
      yield [customerId, { head, chunks }];
    }
  }

  async close(): Promise<void> {
    for (const { task } of this.#partitions.values()) await task.close();
  }

  async #take(partition: number, first: LogRecord): Promise<PartitionTask> {
    const { namespace, partitions } = this.#genesis;
    const ports = {
      store: this.store,
      outbox: this.#output,
      rejections: this.#output,
      publishers: this.#output,
      tail: this.#output,
      log: {
        bounds: async () => ({ start: 0, end: Number.POSITIVE_INFINITY }),
        genesis: async () => first,
      },
    };
    return takeOver(partition, token, { namespace, partitions }, ports, this.#settings);
  }
}
