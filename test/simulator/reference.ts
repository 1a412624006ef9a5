/**
 * What must come out. The changes are those of the naive fold, which shares no code with the product's; what is stored
 * after each record is what an undisturbed owner stores.
 */
import type { LogRecord } from '@tierflow/customer/events';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import type { OutputTail, PublisherFactory } from '@tierflow/processor/ports';
import { takeOver } from '@tierflow/processor/take-over';
import { InMemoryEventLog } from '@tierflow/processor/testing/in-memory-event-log';
import { jsonOutbox } from '@tierflow/processor/testing/in-memory-output';
import { RejectionList } from '@tierflow/processor/testing/rejection-list';
import { NaiveFold, type NaiveMeeting, type NaiveRecord } from '../oracle/naive-fold.ts';
import { genesis } from '../oracle/random-log.ts';
import { settings, watchingDue, whoIsDueBy } from '../oracle/real-fold.ts';
import { digestOf } from './stored-digest.ts';

export interface Reference {
  readonly met: ReadonlySet<NaiveMeeting>;
  readonly changes: readonly NaiveRecord[];
  readonly offsets: readonly number[];
  /** `offset reason`. */
  readonly rejections: ReadonlySet<string>;
  /** By the number of records that are folded. */
  readonly digests: readonly string[];
}

/** What is published is of no interest here, and where nobody else is, nobody has to be fenced. */
const publishers: PublisherFactory = {
  open: async () => ({ fence: async () => {}, publish: async () => {}, close: async () => {} }),
};
const tail: OutputTail = { lastEmission: async () => ({ id: null, logStart: 0 }) };

export async function referenceOf(records: readonly LogRecord[]): Promise<Reference> {
  const store = new InMemoryStateStore();
  const due = new Map<number, ReadonlySet<string>>();
  const log = new InMemoryEventLog(records);
  const ports = {
    store: watchingDue(store, due),
    log,
    tail,
    publishers,
    rejections: new RejectionList(),
    outbox: jsonOutbox,
  };
  const task = await takeOver(0, 'reference', genesis, ports, settings);
  const digests = [''];
  for (const record of records) {
    await task.process([record], record.offset + 1);
    digests.push(digestOf(store.partition(0)));
  }
  await task.close();
  const naive = new NaiveFold(whoIsDueBy(due)).fold(records);
  return {
    met: naive.met,
    changes: naive.records,
    offsets: naive.records.map(({ id }) => Number.parseInt(id, 10)),
    rejections: new Set(naive.rejections),
    digests,
  };
}
