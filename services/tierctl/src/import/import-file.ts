/**
 * A file of events into the log.
 *
 * Append: the facts alone, for a living system, whose conductor lets the days pass.
 * History: day by day, each opened by a tick and a sweep in all partitions, so that every customer rises and falls on
 * the days on which it would have. Bootstrap: everything at once, and one tick of the last day; what is older than the
 * horizon then counts towards lifetime totals.
 */
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { noDay } from '@tierflow/customer/customer';
import type { CustomerEvent, EpochDay, LogOpened } from '@tierflow/customer/events';
import { type EncodedEvent, EventWriter } from '@tierflow/kafka/event-writer';
import { RejectionWriter } from '@tierflow/kafka/rejection-writer';
import { dayOpening } from '@tierflow/processor/day-opening';
import { partitionOf } from '@tierflow/processor/partition-of';
import { DayBuckets, daysToOpen } from '../business-days.ts';
import type { Connections } from '../connections.ts';
import { ControlLog } from '../control-log.ts';
import { type Progress, startProgress } from '../progress.ts';
import { readLogDay } from '../read-log-day.ts';
import { Tally } from '../tally.ts';
import type { EventInput, InputContext } from './event-input.ts';

export type ImportMode = 'append' | 'history' | 'bootstrap';

export interface ImportSummary {
  /** Lines or rows. */
  readonly read: number;
  readonly written: number;
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Business days that were opened. */
  readonly days: number;
  readonly seconds: number;
}

const writeEventsMax = 4000;
/** Days without events can be many, where one event is years before the rest. */
const openedTogetherDaysMax = 100;

export async function importFile(
  connections: Connections,
  input: EventInput,
  mode: ImportMode,
): Promise<ImportSummary> {
  const startedAt = performance.now();
  const genesis = await connections.genesis();
  const { zone, baseCurrency } = genesis;
  const context = { zone, baseCurrency, nowMs: Date.now(), bootstrap: mode === 'bootstrap' };
  // Opened first: whoever wrote control records before is fenced, so the log's day stands still from here on. An import
  // that only appends leaves the conductor in its seat.
  const controls = mode === 'append' ? null : await ControlLog.open(connections, genesis);
  const run = await ImportRun.start(connections, genesis, input, context);
  if (controls === null) await run.append();
  else {
    const days = new OpenedDays(controls, genesis, await readLogDay(connections));
    if (mode === 'history') await run.history(days);
    else await run.bootstrap(days);
  }
  return { ...run.summary(), seconds: (performance.now() - startedAt) / 1000 };
}

/** The business days that an import opens, in all partitions at once. */
class OpenedDays {
  readonly #controls: ControlLog;
  readonly #slices: number;
  #logDay: EpochDay;

  constructor(controls: ControlLog, { slices }: LogOpened, logDay: EpochDay) {
    this.#controls = controls;
    this.#slices = slices;
    this.#logDay = logDay;
  }

  /** Every day up to this one, also those without events. Gives how many there were. */
  async through(day: EpochDay): Promise<number> {
    const days = daysToOpen(this.#logDay, day);
    for (let from = 0; from < days.length; from += openedTogetherDaysMax) {
      const together = days.slice(from, from + openedTogetherDaysMax);
      await this.#controls.write(together.flatMap(each => dayOpening(each, this.#slices)));
    }
    this.#logDay = Math.max(this.#logDay, day);
    return days.length;
  }

  /** This day alone, where it is later than the log's. */
  async only(day: EpochDay): Promise<number> {
    if (day <= this.#logDay) return 0;
    await this.#controls.write(dayOpening(day, this.#slices));
    this.#logDay = day;
    return 1;
  }
}

interface Writers {
  readonly facts: EventWriter;
  readonly encode: (event: CustomerEvent) => EncodedEvent;
  readonly reject: (rejected: readonly RejectedEvent[]) => Promise<void>;
}

class ImportRun {
  readonly #input: EventInput;
  readonly #context: InputContext;
  readonly #writers: Writers;
  readonly #rejected = new Tally();
  #read = 0;
  #written = 0;
  #days = 0;

  static async start(
    connections: Connections,
    genesis: LogOpened,
    input: EventInput,
    context: InputContext,
  ): Promise<ImportRun> {
    const { topics } = connections.environment;
    const events = await connections.events();
    const changes = await connections.changes();
    const facts = new EventWriter(connections.kafka, topics.customerEvents, genesis.partitions);
    connections.closing(facts, () => facts.close());
    const rejections = new RejectionWriter(connections.kafka, topics.rejectedEvents);
    connections.closing(rejections, () => rejections.close());
    // A file's rejections stay together and in order.
    const rejectionPartition = partitionOf(input.name, genesis.partitions);
    return new ImportRun(input, context, {
      facts,
      encode: event => ({ key: event.customerId, value: events.encodeEvent(event) }),
      reject: rejected =>
        rejections.append(
          rejectionPartition,
          rejected.map(each => ({ key: null, value: changes.encodeRejectedEvent(each) })),
        ),
    });
  }

  private constructor(input: EventInput, context: InputContext, writers: Writers) {
    this.#input = input;
    this.#context = context;
    this.#writers = writers;
  }

  summary(): Omit<ImportSummary, 'seconds'> {
    return { read: this.#read, written: this.#written, rejected: this.#rejected.byReason(), days: this.#days };
  }

  async append(): Promise<void> {
    await this.#readAll(events => this.#write(events.map(this.#writers.encode), null));
  }

  async history(days: OpenedDays): Promise<void> {
    const buckets = new DayBuckets<EncodedEvent>();
    let total = 0;
    await this.#readAll(async events => {
      total += events.length;
      for (const event of events) buckets.add(event.businessDay, this.#writers.encode(event));
    });
    const progress = startProgress('Writing', total);
    for (const { day, items } of buckets.inOrder()) {
      // 1. The day begins in all partitions, and with it those that had no events.
      this.#days += await days.through(day);
      // 2. Its facts; they are acknowledged before the next day begins.
      await this.#write(items, progress);
    }
    progress.end();
  }

  async bootstrap(days: OpenedDays): Promise<void> {
    let lastDay = noDay;
    await this.#readAll(async events => {
      for (const { businessDay } of events) if (businessDay > lastDay) lastDay = businessDay;
      await this.#write(events.map(this.#writers.encode), null);
    });
    this.#days += await days.only(lastDay);
  }

  async #readAll(accept: (events: readonly CustomerEvent[]) => Promise<void>): Promise<void> {
    const { name, unit, total } = this.#input;
    const progress = startProgress(`Reading ${name}`, total);
    for await (const { read, events, rejected } of this.#input.pieces(this.#context)) {
      this.#read += read;
      if (rejected.length > 0) await this.#writers.reject(rejected);
      for (const { reason } of rejected) this.#rejected.add(reason);
      await accept(events.map(({ event }) => event));
      progress.update(this.#input.done(), `${this.#read} ${unit}`);
    }
    progress.end();
  }

  async #write(events: readonly EncodedEvent[], progress: Progress | null): Promise<void> {
    for (let from = 0; from < events.length; from += writeEventsMax) {
      const piece = events.slice(from, from + writeEventsMax);
      await this.#writers.facts.write(piece);
      this.#written += piece.length;
      progress?.update(this.#written, `${this.#written} events`);
    }
  }
}
