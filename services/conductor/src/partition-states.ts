/**
 * How all partitions stand, once they have folded whatever was written to the log up to a moment. Whoever derives the next
 * record from less would write the last one again, or take cuts of a day that is half swept.
 */
import { stateFormat } from '@tierflow/customer/customer-codec';
import { foldVersion } from '@tierflow/processor/partition-fold';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { FoldedState } from '@tierflow/redis/state-reader';

export interface StatePorts {
  readonly partitions: number;
  logEnd(partition: number): Promise<number>;
  readFolded(partition: number): Promise<FoldedState>;
}

export interface PartitionBehind {
  readonly partition: number;
  /** Next offset to fold; null: nothing is folded. */
  readonly cursor: number | null;
  /** It has to get here. */
  readonly end: number;
}

export type StatesFound =
  | { readonly type: 'caughtUp'; readonly states: readonly PartitionState[]; readonly isNew: boolean }
  | { readonly type: 'behind'; readonly partitions: readonly PartitionBehind[] };

export class PartitionStates {
  private readonly ports: StatePorts;
  private readonly all: readonly number[];
  /** Ends of the log after the last write; null: not captured yet. */
  private ends: readonly number[] | null = null;
  private writes = 0;
  /** Most looks find what the one before has found, and parsing compiles every policy. */
  private readonly parsed = new Map<number, { readonly text: string; readonly state: PartitionState }>();

  constructor(ports: StatePorts) {
    this.ports = ports;
    this.all = Array.from({ length: ports.partitions }, (_, partition) => partition);
  }

  /** What is read from here on has folded what was just written. */
  written(): void {
    this.writes++;
    this.ends = null;
  }

  async read(): Promise<StatesFound> {
    const ends = await this.awaitedEnds();
    const folded = await Promise.all(this.all.map(partition => this.ports.readFolded(partition)));
    const behind = this.all
      .map(partition => ({ partition, cursor: folded[partition]!.cursor, end: ends[partition]! }))
      .filter(({ cursor, end }) => cursor === null || cursor < end);
    if (behind.length > 0) return { type: 'behind', partitions: behind };
    let isNew = false;
    const states = this.all.map(partition => {
      const known = this.parsed.get(partition);
      const text = textOf(partition, folded[partition]!);
      if (known?.text === text) return known.state;
      isNew = true;
      const state = PartitionState.parse(text);
      this.parsed.set(partition, { text, state });
      return state;
    });
    return { type: 'caughtUp', states, isNew };
  }

  private async awaitedEnds(): Promise<readonly number[]> {
    if (this.ends !== null) return this.ends;
    const { writes } = this;
    const ends = await Promise.all(this.all.map(partition => this.ports.logEnd(partition)));
    // What was written meanwhile may lie behind them.
    if (writes === this.writes) this.ends = ends;
    return ends;
  }
}

function textOf(partition: number, folded: FoldedState): string {
  if (folded.stateFormat !== stateFormat || folded.foldVersion !== foldVersion) {
    throw new Error(
      `Partition ${partition} was folded by another release (state format ${folded.stateFormat}, fold ${folded.foldVersion}): ` +
        'run the conductor and tiering of the same release.',
    );
  }
  if (folded.partitionState === null) throw new Error(`Partition ${partition} has no state of its own.`);
  return folded.partitionState;
}
