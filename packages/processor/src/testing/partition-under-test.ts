/** One partition with everything in memory: a log to append to, and takeovers that read it to its end. */
import type { CustomerEvent, Fact, LogEvent, LogOpened, LogRecord, PolicyPublished } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { logOpening } from '../day-opening.ts';
import { InMemoryStateStore } from '../in-memory-state-store.ts';
import type { PartitionTask, TaskSettings } from '../partition-task.ts';
import { type TakeOverPorts, takeOver } from '../take-over.ts';
import { InMemoryEventLog } from './in-memory-event-log.ts';
import { InMemoryOutput, jsonOutbox } from './in-memory-output.ts';
import { RejectionList } from './rejection-list.ts';

const dayMs = 86_400_000;

export const genesis: LogOpened = {
  type: 'LogOpened',
  logId: 'log-1',
  namespace: 'shop',
  partitions: 1,
  slices: 2,
  zone: 'Europe/London',
  baseCurrency: 'GBP',
  baseCurrencyDigits: 2,
  horizonDays: 100,
};

/** Spending of a month: gold from 100.00, silver from 10.00. */
export const ladder: PolicyDocument = {
  policy: 'shop-ladder',
  version: 1,
  measures: { spend30: { op: 'sum', of: 'netSpend', window: 'P30D' } },
  programs: {
    loyalty: {
      kind: 'ladder',
      tiers: [
        { tier: 'gold', when: { all: ['spend30 >= 100.00'] } },
        { tier: 'silver', when: { all: ['spend30 >= 10.00'] } },
        { tier: 'basic' },
      ],
    },
    mood: { kind: 'segment', tiers: [{ tier: 'lost', when: { all: ['spend30 < 0'] } }] },
  },
};

export function published(document: PolicyDocument = ladder, hash = `sha256:${document.version}`): PolicyPublished {
  const { policy: policyId, version } = document;
  return { type: 'PolicyPublished', policyId, version, hash, document: JSON.stringify(document) };
}

export function purchase(customerId: string, businessDay: number, amountMinor: number, more: Partial<Fact> = {}): Fact {
  return {
    type: 'PurchaseRecorded',
    eventId: `${customerId}-${businessDay}-${amountMinor}`,
    source: 'shop',
    customerId,
    occurredAt: businessDay * dayMs,
    businessDay,
    bootstrap: false,
    orderId: null,
    amountMinor,
    currency: 'GBP',
    amountBaseMinor: amountMinor,
    marginBaseMinor: null,
    channel: null,
    ...more,
  } as Fact;
}

export function refund(customerId: string, businessDay: number, amountMinor: number, more: Partial<Fact> = {}): Fact {
  return purchase(customerId, businessDay, amountMinor, { type: 'PurchaseRefunded', ...more } as Partial<Fact>);
}

export class PartitionUnderTest {
  readonly log: InMemoryEventLog;
  readonly store = new InMemoryStateStore();
  readonly output = new InMemoryOutput();
  readonly rejections = new RejectionList();
  private readonly records: LogRecord[] = [];
  private claims = 0;

  /** Begins with genesis and the ladder, which every slice follows; or with what is given. */
  constructor(events: readonly LogEvent[] = logOpening(genesis, published())) {
    this.log = new InMemoryEventLog(this.records);
    this.append(...events);
  }

  append(...events: LogRecord['event'][]): this {
    for (const event of events) this.appendRecord('customerId' in event ? event.customerId : null, event);
    return this;
  }

  appendRecord(key: string | null, event: LogRecord['event']): this {
    const offset = this.records.length;
    this.records.push({ offset, timestamp: 1_700_000_000_000 + offset, key, event });
    this.log.end = offset + 1;
    return this;
  }

  takeOver(
    around: (ports: TakeOverPorts) => TakeOverPorts = ports => ports,
    otherwise: Partial<TaskSettings> = {},
  ): Promise<PartitionTask> {
    const { store, log, output, rejections } = this;
    const ports = { store, log, tail: output, publishers: output, rejections, outbox: jsonOutbox };
    const settings = {
      cacheCustomersMax: 1000,
      unpublishedBytesMax: 1 << 20,
      transactionBytesMin: 1 << 20,
      views: 'always' as const,
      ...otherwise,
    };
    return takeOver(0, `token-${++this.claims}`, { namespace: 'shop', partitions: 1 }, around(ports), settings);
  }

  /** Takes over, folds what is new, and lets go. */
  async fold(): Promise<this> {
    const task = await this.takeOver();
    await this.foldOn(task);
    await task.close();
    return this;
  }

  async foldOn(task: PartitionTask): Promise<void> {
    await task.process(
      this.records.filter(({ offset }) => offset >= task.position),
      this.log.end,
    );
    await task.drain();
  }

  /** `customer program from→to cause`, in order. */
  get changes(): string[] {
    return this.output.published.flatMap(({ record }) => {
      if (record.type !== 'TierChanged') return [];
      const { customerId, program, from, to, cause } = record;
      return [[customerId, program, `${from ?? '-'}→${to ?? '-'}`, cause].join(' ')];
    });
  }

  /** `offset reason`, in order. */
  get rejected(): string[] {
    return this.rejections.reported.map(({ offset, reason }) => `${offset} ${reason}`);
  }

  record(name: string): number {
    return this.store.partition(0).records.get(name) ?? 0;
  }

  measure(customerId: string, name: string): unknown {
    return JSON.parse(this.store.partition(0).views.get(customerId)!).measures[name];
  }
}

/** A decision of an operator. */
export function decision<T extends CustomerEvent['type']>(
  type: T,
  customerId: string,
  businessDay: number,
  more: Partial<Extract<CustomerEvent, { type: T }>> = {},
): Extract<CustomerEvent, { type: T }> {
  const base = { eventId: `${type}-${customerId}-${businessDay}`, source: 'console', customerId, businessDay };
  const rest = {
    occurredAt: businessDay * dayMs,
    bootstrap: false,
    actor: 'ada',
    reason: 'because',
    program: 'loyalty',
  };
  return { type, ...base, ...rest, ...more } as unknown as Extract<CustomerEvent, { type: T }>;
}
