/**
 * The partition's counters, kept as absolute numbers, so that writing them twice is writing them once. `take` gives
 * those that changed since the last time.
 */
import type { TierChanged } from '@tierflow/customer/changes';
import type { CounterSnapshot } from './ports.ts';

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

  take(): Map<string, number> {
    const taken = new Map<string, number>();
    for (const key of this.changed) taken.set(key, this.values.get(key)!);
    this.changed = new Set();
    return taken;
  }
}

export const noCounters: CounterSnapshot = { flow: new Map(), stock: new Map(), records: new Map(), headline: new Map() };

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
    this.flow.add(`${program}|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
    if (from !== null) this.stock.add(`${program}|${from}`, -1);
    if (to !== null) this.stock.add(`${program}|${to}`, 1);
  }

  take(): CounterSnapshot {
    return { flow: this.flow.take(), stock: this.stock.take(), records: this.records.take(), headline: this.headline.take() };
  }
}
