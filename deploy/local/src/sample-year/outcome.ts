/**
 * What the sample's year has come to, as numbers that do not depend on how fast anything ran. Committed beside the data
 * as expected.json, printed by `npm start -- --json`, and computed from the servers and from a fold in memory alike.
 */
import { createHash } from 'node:crypto';
import type { Cause } from '@tierflow/customer/changes';
import type { CustomerEvent } from '@tierflow/customer/events';
import type { ProgramSummary } from '@tierflow/tierctl/tier-summary';

export interface Outcome {
  readonly events: {
    /** Different events in the log, by their type. */
    readonly accepted: Readonly<Record<string, number>>;
    /** Parts of source records that intake or the fold refused, by reason. */
    readonly rejected: Readonly<Record<string, number>>;
    /** Known already when they were folded. */
    readonly duplicates: number;
  };
  readonly customers: number;
  /** By program and cause. */
  readonly changes: Readonly<Record<string, Readonly<Partial<Record<Cause, number>>>>>;
  /** By program and tier. */
  readonly population: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** SHA-256 over standings and measures of every customer. */
  readonly digest: string;
}

/** A customer's view in Redis, and a line of a backtest's customers.jsonl, have these. */
export interface CustomerNumbers {
  readonly customerId: string;
  readonly standings: unknown;
  readonly measures: unknown;
}

/**
 * One line a customer, in order of id (by UTF-16 code units): the id, standings and measures as a JSON array. No measure of
 * the sample's policy grows by time alone, so it does not matter on which day a view was written last.
 */
export function digestOf(customers: Iterable<CustomerNumbers>): string {
  const sorted = [...customers].sort((a, b) => (a.customerId < b.customerId ? -1 : 1));
  const hash = createHash('sha256');
  for (const { customerId, standings, measures } of sorted) {
    hash.update(`${JSON.stringify([customerId, standings, measures])}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

export class EventCount {
  readonly #seen = new Set<string>();
  readonly #byType = new Map<string, number>();

  add({ type, source, eventId }: CustomerEvent): void {
    const identity = JSON.stringify([type, source, eventId]);
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.#byType.set(type, (this.#byType.get(type) ?? 0) + 1);
  }

  byType(): Record<string, number> {
    return sorted(this.#byType);
  }
}

export function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function changesByCause(programs: Readonly<Record<string, ProgramSummary>>): Outcome['changes'] {
  return mapValues(programs, ({ transitions }) => {
    const counts = new Map<string, number>();
    for (const { cause, count } of transitions) counts.set(cause, (counts.get(cause) ?? 0) + count);
    return sorted(counts);
  });
}

export function populationOf(programs: Readonly<Record<string, ProgramSummary>>): Outcome['population'] {
  return mapValues(programs, ({ population }) => population);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
