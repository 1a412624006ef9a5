/** Accumulators of one policy while it is compiled: each (window, cell, days?) once. */
import type { Policy, Source, Window } from './policy.ts';

export class AccumulatorTable {
  readonly windows: Window[] = [];
  /** Windows whose topics are counted. */
  private readonly tallies: number[] = [];
  private readonly positions = new Map<string, { window: number; cell: number; days: boolean; position: number }>();

  /** The window is one that tiles enter and leave: what changes in it by time alone makes a customer due. */
  windowOf(window: Window): number {
    const key = JSON.stringify(window);
    const known = this.windows.findIndex(candidate => JSON.stringify(candidate) === key);
    if (known >= 0) return known;
    this.windows.push(window);
    return this.windows.length - 1;
  }

  source(of: Window | null, cell: number, days = false): Source {
    if (of === null) return { lifetimeCell: cell, days };
    const window = this.windowOf(of);
    const key = `${window}/${cell}/${days}`;
    const known = this.positions.get(key);
    if (known) return { accumulator: known.position };
    const position = this.positions.size;
    this.positions.set(key, { window, cell, days, position });
    return { accumulator: position };
  }

  /** Position of the tally of topics in a window; null for the lifetime. */
  tallyOf(of: Window | null): number | null {
    if (of === null) return null;
    const window = this.windowOf(of);
    const known = this.tallies.indexOf(window);
    return known >= 0 ? known : this.tallies.push(window) - 1;
  }

  layout(): Pick<Policy, 'accumulators' | 'cells' | 'sumSlots' | 'daySlots' | 'tallies' | 'tallySlots'> {
    const entries = [...this.positions.values()];
    const width = entries.reduce((most, entry) => Math.max(most, entry.cell + 1), 0);
    const sumSlots = new Int32Array(this.windows.length * width).fill(-1);
    const daySlots = new Int32Array(this.windows.length * width).fill(-1);
    for (const { window, cell, days, position } of entries) {
      (days ? daySlots : sumSlots)[window * width + cell] = position;
    }
    const tallySlots = new Int32Array(this.windows.length).fill(-1);
    this.tallies.forEach((window, tally) => {
      tallySlots[window] = tally;
    });
    const tallies = this.tallies.length;
    return { accumulators: entries.length, cells: width, sumSlots, daySlots, tallies, tallySlots };
  }
}
