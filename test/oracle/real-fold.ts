/** Runs the partition task over a log in memory, cut into batches, and reads what it left behind. */
import type { Emission, TierRecord } from '@tierflow/customer/changes';
import type { LogOpened, LogRecord } from '@tierflow/customer/events';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { PartitionTask, TaskSettings } from '@tierflow/processor/partition-task';
import type { StateStore } from '@tierflow/processor/ports';
import { type TakeOverPorts, takeOver } from '@tierflow/processor/take-over';
import { InMemoryEventLog } from '@tierflow/processor/testing/in-memory-event-log';
import { InMemoryOutput, jsonOutbox } from '@tierflow/processor/testing/in-memory-output';
import { RejectionList } from '@tierflow/processor/testing/rejection-list';
import type { NaiveRecord, WhoIsDue } from './naive-fold.ts';

type Distribute<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export const settings: TaskSettings = {
  cacheCustomersMax: 1000,
  unpublishedBytesMax: 1 << 20,
  transactionBytesMin: 1 << 20,
  views: 'always',
};

export class RealFold {
  readonly log: InMemoryEventLog;
  readonly store = new InMemoryStateStore();
  readonly output = new InMemoryOutput();
  readonly rejections = new RejectionList();
  /** By the offset before a sweep for those who are due: whom the store named. */
  private readonly due = new Map<number, ReadonlySet<string>>();
  private readonly settings: TaskSettings;
  private readonly genesis: LogOpened;
  private claims = 0;

  constructor(log: readonly LogRecord[], overrides: Partial<TaskSettings> = {}) {
    const first = log[0]?.event;
    if (first?.type !== 'LogOpened') throw new Error('A log begins with its genesis.');
    this.genesis = first;
    this.log = new InMemoryEventLog(log);
    this.settings = { ...settings, ...overrides };
  }

  takeOver(around: (ports: TakeOverPorts) => TakeOverPorts = ports => ports): Promise<PartitionTask> {
    const { log, output, rejections, genesis } = this;
    const store = watchingDue(this.store, this.due);
    const ports = { store, log, tail: output, publishers: output, rejections, outbox: jsonOutbox };
    return takeOver(0, `token-${++this.claims}`, genesis, around(ports), this.settings);
  }

  /** Records from the task's position on, up to so many. */
  next(task: PartitionTask, count: number): { records: LogRecord[]; nextOffset: number } {
    const first = this.indexOf(task.position);
    const records = this.log.records.slice(first, first + count);
    const last = records.at(-1);
    return { records, nextOffset: last === undefined ? this.log.end : last.offset + 1 };
  }

  /** Of the first record at or after the offset: offsets have gaps. */
  private indexOf(offset: number): number {
    let [low, high] = [0, this.log.records.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.log.records[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Folds to the end of the log in batches of the given sizes, over and over. */
  async run(sizes: readonly number[], takesOverBetween = false): Promise<this> {
    let task = await this.takeOver();
    for (let i = 0; task.position < this.log.end; i++) {
      const { records, nextOffset } = this.next(task, sizes[i % sizes.length]!);
      await task.process(records, nextOffset);
      if (!takesOverBetween) continue;
      await task.drain();
      await task.close();
      task = await this.takeOver();
    }
    return this.end(task);
  }

  /** As above, but every owner dies after its batch: what it has committed it may not have published. */
  async runDying(sizes: readonly number[]): Promise<this> {
    let task = await this.takeOver();
    for (let i = 0; task.position < this.log.end; i++) {
      const { records, nextOffset } = this.next(task, sizes[i % sizes.length]!);
      await task.process(records, nextOffset);
      const dead = task;
      task = await this.takeOver();
      await dead.close();
    }
    return this.end(task);
  }

  private async end(task: PartitionTask): Promise<this> {
    await task.drain();
    await task.idle();
    await task.close();
    return this;
  }

  /** For the reference, which does not know a due day before anything changes on it. */
  readonly whoIsDue: WhoIsDue = offset => {
    for (const before of [offset, offset - 1]) {
      const due = this.due.get(before);
      if (due !== undefined) return due;
    }
    return undefined;
  };

  get records(): NaiveRecord[] {
    return this.output.published.map(naiveRecordOf);
  }

  get rejected(): string[] {
    return this.rejections.reported.map(({ offset, reason }) => `${offset} ${reason}`);
  }

  /** The partition's own state as it is stored. */
  get state(): PartitionState {
    return PartitionState.parse(this.store.partition(0).partitionState!);
  }

  /** What is stored of customers, and what counts them. */
  get storedOfCustomers(): unknown {
    const { cursor: _cursor, records: _records, ...stored } = this.stored as Record<string, unknown>;
    return stored;
  }

  /** Everything stored but what tells of the batches themselves: the outbox and its acknowledgement. */
  get stored(): unknown {
    const { heads, chunks, views, due, flow, stock, records, headline, ranks, closings, partitionState, cursor } =
      this.store.partition(0);
    const hex = (map: ReadonlyMap<string, Uint8Array>) =>
      sorted(new Map([...map].map(([key, bytes]) => [key, Buffer.from(bytes).toString('hex')])));
    return {
      cursor,
      partitionState,
      heads: hex(heads),
      chunks: hex(chunks),
      views: sorted(views),
      due: sorted(due),
      flow: sorted(flow),
      stock: sorted(stock),
      records: sorted(records),
      headline: sorted(headline),
      ranks: sorted(new Map([...ranks].map(([key, places]) => [key, sorted(places)]))),
      closings: [...closings].sort(([a], [b]) => a - b),
    };
  }
}

/** The store, and what it answers when it is asked who is due; the cursor tells which sweep asks. */
export function watchingDue(store: StateStore, due: Map<number, ReadonlySet<string>>): StateStore {
  return {
    claim: (...given) => store.claim(...given),
    reset: (...given) => store.reset(...given),
    verify: (...given) => store.verify(...given),
    loadHeads: (...given) => store.loadHeads(...given),
    loadChunks: (...given) => store.loadChunks(...given),
    commit: (...given) => store.commit(...given),
    due: async (partition, token, cursor, ...slices) => {
      const ids = await store.due(partition, token, cursor, ...slices);
      due.set(cursor ?? 0, new Set(ids));
      return ids;
    },
  };
}

function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What the reference also says of a record. */
export function naiveRecordOf({ id, record, standings }: Emission): NaiveRecord {
  const { policyId: _policyId, policyHash: _policyHash, ...rest } = record;
  return {
    id: `${id.offset}-${id.index}`,
    ...toldOf(rest),
    standings:
      standings === null
        ? null
        : Object.fromEntries(standings.standings.map(({ program, ...told }) => [program, told])),
  } as NaiveRecord;
}

function toldOf(record: Distribute<TierRecord, 'policyId' | 'policyHash'>): object {
  switch (record.type) {
    case 'TierChanged': {
      const { trigger, reason, evidence: _evidence, agedOut: _agedOut, progress: _progress, ...rest } = record;
      const { playbook: _playbook, ...told } = rest;
      return { ...told, reason: reason.code, triggeredBy: trigger?.eventId ?? null };
    }
    case 'StandingRenewed': {
      const { evidence: _evidence, ...told } = record;
      return told;
    }
    case 'Expiring': {
      const { progress: _progress, ...told } = record;
      return told;
    }
    case 'Approaching':
      return record;
  }
}

/** Every measure of a view, as text. */
export function measuresOf(view: string): Record<string, string | null> {
  const measures = Object.entries<unknown>(JSON.parse(view).measures);
  return Object.fromEntries(measures.map(([name, value]) => [name, value === null ? null : textOf(value)]));
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
