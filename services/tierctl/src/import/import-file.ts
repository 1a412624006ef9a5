/**
 * A file of events into the log.
 *
 * History: day by day, each opened by a tick and a sweep in all partitions, so that every customer rises and falls on
 * the days on which it would have. Bootstrap: everything at once, and one tick of the last day; what is older than the
 * horizon then counts towards lifetime totals.
 */
import type { CanonicalContext } from '@tierflow/config/canonical/parse-canonical-line';
import { noDay } from '@tierflow/customer/customer';
import type { CustomerEvent, EpochDay, LogOpened } from '@tierflow/customer/events';
import { type EncodedEvent, EventWriter } from '@tierflow/kafka/event-writer';
import { RejectionWriter } from '@tierflow/kafka/rejection-writer';
import { dayOpening } from '@tierflow/processor/day-opening';
import { partitionOf } from '@tierflow/processor/partition-of';
import { DayBuckets, daysToOpen } from '../business-days.ts';
import type { Connections } from '../connections.ts';
import { ControlLog } from '../control-log.ts';
import type { LineSource } from '../line-source.ts';
import { type Progress, startProgress } from '../progress.ts';
import { readEvents, Tally } from '../read-events.ts';
import { readLogDay } from '../read-log-day.ts';
import { rejectedLineReport } from '../rejected-line.ts';

export type ImportMode = 'history' | 'bootstrap';

export interface ImportSummary {
  readonly read: number;
  readonly written: number;
  /** Lines by reason. */
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
  source: LineSource,
  mode: ImportMode,
  defaultSource: string,
): Promise<ImportSummary> {
  const startedAt = performance.now();
  const genesis = await connections.genesis();
  const { zone, baseCurrency } = genesis;
  const context = { zone, baseCurrency, nowMs: Date.now(), bootstrap: mode === 'bootstrap', defaultSource };
  const run = await ImportRun.start(connections, genesis, source, context);
  if (mode === 'history') await run.history();
  else await run.bootstrap();
  return { ...run.summary(), seconds: (performance.now() - startedAt) / 1000 };
}

class ImportRun {
  readonly #genesis: LogOpened;
  readonly #source: LineSource;
  readonly #context: CanonicalContext;
  readonly #controls: ControlLog;
  readonly #facts: EventWriter;
  readonly #encode: (event: CustomerEvent) => EncodedEvent;
  readonly #reject: (rejected: Parameters<typeof rejectedLineReport>[1][]) => Promise<void>;
  readonly #rejected = new Tally();
  #logDay: EpochDay;
  #read = 0;
  #written = 0;
  #days = 0;

  static async start(
    connections: Connections,
    genesis: LogOpened,
    source: LineSource,
    context: CanonicalContext,
  ): Promise<ImportRun> {
    const { topics } = connections.environment;
    const events = await connections.events();
    const changes = await connections.changes();
    // Opened first: whoever wrote control records before is fenced, so the log's day stands still from here on.
    const controls = await ControlLog.open(connections, genesis);
    const facts = new EventWriter(connections.kafka, topics.customerEvents, genesis.partitions);
    connections.closing(facts, () => facts.close());
    const rejections = new RejectionWriter(connections.kafka, topics.rejectedEvents, () => {
      throw new Error('an import reports lines, not log records');
    });
    connections.closing(rejections, () => rejections.close());
    // A file's rejections stay together and in order.
    const rejectionPartition = partitionOf(source.name, genesis.partitions);
    return new ImportRun(genesis, source, context, await readLogDay(connections), {
      controls,
      facts,
      encode: event => ({ key: event.customerId, value: events.encodeEvent(event) }),
      reject: lines =>
        rejections.append(
          rejectionPartition,
          lines.map(line => ({
            key: null,
            value: changes.encodeRejectedEvent(rejectedLineReport(source.name, line)),
          })),
        ),
    });
  }

  private constructor(
    genesis: LogOpened,
    source: LineSource,
    context: CanonicalContext,
    logDay: EpochDay,
    writers: {
      readonly controls: ControlLog;
      readonly facts: EventWriter;
      readonly encode: (event: CustomerEvent) => EncodedEvent;
      readonly reject: (rejected: Parameters<typeof rejectedLineReport>[1][]) => Promise<void>;
    },
  ) {
    this.#genesis = genesis;
    this.#source = source;
    this.#context = context;
    this.#logDay = logDay;
    this.#controls = writers.controls;
    this.#facts = writers.facts;
    this.#encode = writers.encode;
    this.#reject = writers.reject;
  }

  summary(): Omit<ImportSummary, 'seconds'> {
    return { read: this.#read, written: this.#written, rejected: this.#rejected.byReason(), days: this.#days };
  }

  async history(): Promise<void> {
    const buckets = new DayBuckets<EncodedEvent>();
    await this.#readAll(async events => {
      for (const event of events) buckets.add(event.businessDay, this.#encode(event));
    });
    const total = this.#read - this.#rejected.total;
    const progress = startProgress('Writing', total);
    for (const { day, items } of buckets.inOrder()) {
      // 1. The day begins in all partitions, and with it those that had no events.
      await this.#openThrough(day);
      // 2. Its facts; they are acknowledged before the next day begins.
      await this.#write(items, progress);
    }
    progress.end();
  }

  async bootstrap(): Promise<void> {
    let lastDay = noDay;
    await this.#readAll(async events => {
      for (const { businessDay } of events) if (businessDay > lastDay) lastDay = businessDay;
      await this.#write(events.map(this.#encode), null);
    });
    if (lastDay <= this.#logDay) return;
    await this.#controls.write(dayOpening(lastDay, this.#genesis.slices));
    this.#days = 1;
  }

  async #readAll(accept: (events: readonly CustomerEvent[]) => Promise<void>): Promise<void> {
    const { name, totalBytes, bytesRead, lines } = this.#source;
    const progress = startProgress(`Reading ${name}`, totalBytes);
    for await (const { events, rejected } of readEvents(lines, this.#context)) {
      this.#read += events.length + rejected.length;
      if (rejected.length > 0) await this.#reject([...rejected]);
      for (const line of rejected) this.#rejected.add(line.rejected.reason);
      await accept(events);
      progress.update(bytesRead(), `${this.#read} lines`);
    }
    progress.end();
  }

  async #openThrough(day: EpochDay): Promise<void> {
    const days = daysToOpen(this.#logDay, day);
    for (let from = 0; from < days.length; from += openedTogetherDaysMax) {
      const together = days.slice(from, from + openedTogetherDaysMax);
      await this.#controls.write(together.flatMap(each => dayOpening(each, this.#genesis.slices)));
    }
    this.#days += days.length;
    this.#logDay = Math.max(this.#logDay, day);
  }

  async #write(events: readonly EncodedEvent[], progress: Progress | null): Promise<void> {
    for (let from = 0; from < events.length; from += writeEventsMax) {
      const piece = events.slice(from, from + writeEventsMax);
      await this.#facts.write(piece);
      this.#written += piece.length;
      progress?.update(this.#written, `${this.#written} events`);
    }
  }
}
