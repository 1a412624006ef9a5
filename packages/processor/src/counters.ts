/**
 * The partition's counters, kept as absolute numbers, so that writing them twice is writing them once. `take` gives
 * those that changed since the last time.
 */
import type { TierChanged } from '@tierflow/customer/changes';
import type { Standing } from '@tierflow/customer/customer';
import type { EpochDay, Fact } from '@tierflow/customer/events';
import { hundredthsOfScale } from '@tierflow/customer/evolve';
import type { CounterSnapshot, DayClosing } from './ports.ts';

/** A log that stood still for long closes the last days only: whoever looks further back finds the same numbers. */
const closedDaysMax = 400;

/** The counters at the end of a day, names in order. */
export interface ClosedDay {
  readonly flow: Readonly<Record<string, number>>;
  readonly stock: Readonly<Record<string, number>>;
  readonly headline: Readonly<Record<string, number>>;
}

class Table {
  readonly values: Map<string, number>;
  private changed = new Set<string>();

  constructor(values: ReadonlyMap<string, number>) {
    this.values = new Map(values);
  }

  add(key: string, delta: number): void {
    this.values.set(key, (this.values.get(key) ?? 0) + delta);
    this.changed.add(key);
  }

  /** In the order of names, because a table that was read back has another order than one that grew. */
  sorted(): Record<string, number> {
    return Object.fromEntries([...this.values].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  take(): Map<string, number> {
    const taken = new Map<string, number>();
    for (const key of this.changed) taken.set(key, this.values.get(key)!);
    this.changed = new Set();
    return taken;
  }
}

export const noCounters: CounterSnapshot = {
  flow: new Map(),
  stock: new Map(),
  records: new Map(),
  headline: new Map(),
};

export class Counters {
  private readonly flow: Table;
  private readonly stock: Table;
  private readonly records: Table;
  private readonly headline: Table;

  constructor(snapshot: CounterSnapshot) {
    this.flow = new Table(snapshot.flow);
    this.stock = new Table(snapshot.stock);
    this.records = new Table(snapshot.records);
    this.headline = new Table(snapshot.headline);
  }

  record(outcome: string): void {
    this.records.add(outcome, 1);
  }

  /** One customer flows from a tier to another: stock now = stock before + in − out. */
  flowed({ program, from, to, cause }: TierChanged): void {
    // The marker of an erasure is of no program.
    if (program === '*') return;
    this.flow.add(`${program}|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
    if (from !== null) this.stock.add(`${program}|${from}`, -1);
    if (to !== null) this.stock.add(`${program}|${to}`, 1);
  }

  /** What a fact brings is counted for the tiers that its customer has after it. */
  brought(fact: Fact, standings: readonly Standing[]): void {
    switch (fact.type) {
      case 'PurchaseRecorded':
        this.addByTier(standings, 'orders', 1);
        this.addByTier(standings, 'spendMinor', fact.amountBaseMinor);
        break;
      case 'PurchaseRefunded':
        this.addByTier(standings, 'spendMinor', -fact.amountBaseMinor);
        break;
      case 'FeedbackReceived':
        this.addByTier(standings, 'feedbacks', 1);
        this.addByTier(standings, 'scoreHundredths', hundredthsOfScale(fact));
        break;
      case 'InteractionRecorded':
      case 'ProfileUpdated':
        break;
    }
  }

  private addByTier(standings: readonly Standing[], what: string, delta: number): void {
    for (const { program, tier } of standings)
      if (tier !== null) this.headline.add(`${program}|${tier}|${what}`, delta);
  }

  /** Of each day from `from` to the one before `to`. */
  close(from: EpochDay, to: EpochDay): DayClosing[] {
    const closed: ClosedDay = {
      flow: this.flow.sorted(),
      stock: this.stock.sorted(),
      headline: this.headline.sorted(),
    };
    const json = JSON.stringify(closed);
    const first = Math.max(from, to - closedDaysMax);
    return Array.from({ length: to - first }, (_, index) => ({ day: first + index, json }));
  }

  take(): CounterSnapshot {
    return {
      flow: this.flow.take(),
      stock: this.stock.take(),
      records: this.records.take(),
      headline: this.headline.take(),
    };
  }
}
