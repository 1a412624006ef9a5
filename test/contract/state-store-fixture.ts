/** A store that is held to the contract, and what else is asked of it. */
import type { DayClosing, RankIndexes, StateStore } from '@tierflow/processor/ports';

export interface StateStoreFixture {
  readonly store: StateStore;
  /** Of all partitions of the store. */
  ranks(): RankIndexes;
  /** Those of the closings that are there, in the order of the days. */
  readClosings(partition: number, days: readonly number[]): Promise<DayClosing[]>;
  /** Loses everything stored, as an emptied server does. */
  loseEverything(): Promise<void>;
  close(): Promise<void>;
}

/** The one that is looked at, and how many there are. */
export const partition = 3;
export const partitions = 5;
