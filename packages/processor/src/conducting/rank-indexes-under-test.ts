/** Rank indexes over lists of values, one per partition, which may be others with every question. */
import type { RankIndexes } from '../ports.ts';

export class RankIndexesUnderTest implements RankIndexes {
  private readonly partitionsOf: (ranking: string) => readonly (readonly number[])[];

  constructor(partitionsOf: (ranking: string) => readonly (readonly number[])[]) {
    this.partitionsOf = partitionsOf;
  }

  async size(ranking: string): Promise<number> {
    return this.partitionsOf(ranking).flat().length;
  }

  async countThrough(ranking: string, bounds: readonly number[]): Promise<readonly number[]> {
    const values = this.partitionsOf(ranking).flat();
    return bounds.map(bound => values.filter(value => value <= bound).length);
  }

  async extremes(ranking: string): Promise<{ readonly least: number; readonly greatest: number } | null> {
    const values = this.partitionsOf(ranking).flat();
    return values.length === 0 ? null : { least: Math.min(...values), greatest: Math.max(...values) };
  }

  async sum(ranking: string): Promise<bigint> {
    return this.partitionsOf(ranking)
      .flat()
      .reduce((total, value) => total + BigInt(value), 0n);
  }
}
