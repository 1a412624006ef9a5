/**
 * What the conductor does for policies, in memory: places in rank indexes, cuts of the population, slices that come to a
 * roll-out. It looks at all partitions together, so it is asked only when each of them stands at the same control record.
 */
import type { Control, EpochDay } from '@tierflow/customer/events';
import { calibrate } from '@tierflow/processor/conducting/calibrate';
import { nextWork } from '@tierflow/processor/conducting/next-work';
import { InMemoryRankIndexes } from '@tierflow/processor/in-memory-rank-indexes';
import type { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import type { PartitionState } from '@tierflow/processor/partition-state';

/** A sweep is one step of the fold, which holds all of its customers at once. */
const customersPerSweepMax = 10_000;

export interface Conducted {
  readonly store: InMemoryStateStore;
  drained(): Promise<{ readonly partition: number; readonly state: PartitionState }[]>;
}

export class EmbeddedConductor {
  readonly #conducted: Conducted;
  /** On which log day the cuts of a version were looked at last. */
  readonly #considered = new Map<number, EpochDay>();

  constructor(conducted: Conducted) {
    this.#conducted = conducted;
  }

  /** The cuts of these versions were looked at today, as whoever conducts the log would have done. */
  considered(versions: Iterable<number>, day: EpochDay): void {
    for (const version of versions) this.#considered.set(version, day);
  }

  /** The next record for every partition; null: there is nothing to do. */
  async next(): Promise<Control | null> {
    const partitions = await this.#conducted.drained();
    const states = partitions.map(({ state }) => state);
    for (;;) {
      const work = nextWork(states, this.#considered, this.#slicesPerSweep(partitions));
      if (work.type === 'none') return null;
      if (work.type === 'sweep') return work.record;
      const calibrated = await this.#calibrate(work.version, states[0]!);
      if (calibrated !== null) return calibrated;
    }
  }

  async #calibrate(version: number, state: PartitionState): Promise<Control | null> {
    const { logDay, firstDay, genesis } = state;
    this.#considered.set(version, logDay);
    const indexes = new InMemoryRankIndexes(this.#conducted.store, genesis!.partitions);
    return calibrate(indexes, state.policyUnder(version)!, {
      day: logDay,
      historyDays: logDay - firstDay + 1,
      former: state.latestCalibration(version),
    });
  }

  #slicesPerSweep(partitions: readonly { readonly partition: number; readonly state: PartitionState }[]): number {
    const { store } = this.#conducted;
    const customers = Math.max(1, ...partitions.map(({ partition }) => store.partition(partition).heads.size));
    const { slices } = partitions[0]!.state;
    return Math.min(slices.length, Math.max(1, Math.floor((slices.length * customersPerSweepMax) / customers)));
  }
}
