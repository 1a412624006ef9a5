/** Rank indexes over values in memory, for `backtest` and the simulator. */
import type { RankIndexes } from '../ports.ts';

export class InMemoryRankIndexes implements RankIndexes {
  /** All values of a ranking in each partition, in any order. Asked anew for every answer, since they move. */
  private readonly valuesOf: (ranking: string) => Iterable<Iterable<number>>;

  constructor(valuesOf: (ranking: string) => Iterable<Iterable<number>>) {
    this.valuesOf = valuesOf;
  }

  async size(ranking: string): Promise<number> {
    return this.all(ranking).length;
  }

  /** Values are many and bounds few: each value is counted at the least bound that it is within. */
  async countThrough(ranking: string, bounds: readonly number[]): Promise<readonly number[]> {
    const ascending = [...bounds].sort((a, b) => a - b);
    const counts = new Array<number>(bounds.length + 1).fill(0);
    for (const partition of this.valuesOf(ranking))
      for (const value of partition) counts[leastFrom(ascending, value)]!++;
    const through = new Map<number, number>();
    let total = 0;
    for (const [index, bound] of ascending.entries()) {
      total += counts[index]!;
      through.set(bound, total);
    }
    return bounds.map(bound => through.get(bound)!);
  }

  async extremes(ranking: string): Promise<{ readonly least: number; readonly greatest: number } | null> {
    const values = this.all(ranking);
    if (values.length === 0) return null;
    const least = values.reduce((a, b) => Math.min(a, b));
    const greatest = values.reduce((a, b) => Math.max(a, b));
    return { least, greatest };
  }

  async sum(ranking: string): Promise<bigint> {
    return this.all(ranking).reduce((total, value) => total + BigInt(value), 0n);
  }

  private all(ranking: string): number[] {
    const values: number[] = [];
    for (const partition of this.valuesOf(ranking)) for (const value of partition) values.push(value);
    return values;
  }
}

/** Position of the first bound that is not less than the value. */
function leastFrom(ascending: readonly number[], value: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
