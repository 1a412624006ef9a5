/** The rank indexes of the store in memory, for `backtest` and tests. */
import type { InMemoryRankIndex } from './in-memory-rank-index.ts';
import type { InMemoryStateStore } from './in-memory-state-store.ts';
import type { RankIndexes } from './ports.ts';

export class InMemoryRankIndexes implements RankIndexes {
  private readonly store: InMemoryStateStore;
  private readonly partitions: number;

  constructor(store: InMemoryStateStore, partitions: number) {
    this.store = store;
    this.partitions = partitions;
  }

  async size(ranking: string): Promise<number> {
    return this.indexesOf(ranking).reduce((total, index) => total + index.size, 0);
  }

  async countThrough(ranking: string, bounds: readonly number[]): Promise<number[]> {
    const sorted = this.indexesOf(ranking).map(index => index.ascending());
    return bounds.map(bound => sorted.reduce((total, values) => total + countThrough(values, bound), 0));
  }

  async extremes(ranking: string): Promise<{ least: number; greatest: number } | null> {
    const sorted = this.indexesOf(ranking)
      .map(index => index.ascending())
      .filter(({ length }) => length > 0);
    if (sorted.length === 0) return null;
    return {
      least: Math.min(...sorted.map(values => values[0]!)),
      greatest: Math.max(...sorted.map(values => values.at(-1)!)),
    };
  }

  async sum(ranking: string): Promise<bigint> {
    let total = 0n;
    for (const index of this.indexesOf(ranking)) for (const value of index.values()) total += BigInt(value);
    return total;
  }

  private indexesOf(ranking: string): InMemoryRankIndex[] {
    const indexes: InMemoryRankIndex[] = [];
    for (let partition = 0; partition < this.partitions; partition++) {
      const index = this.store.partition(partition).ranks.get(ranking);
      if (index !== undefined) indexes.push(index);
    }
    return indexes;
  }
}

function countThrough(ascending: Float64Array, bound: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! <= bound) from = middle + 1;
    else to = middle;
  }
  return from;
}
