/** How a roll-out stands, from the states of all partitions. They need not have folded equally far. */
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { Rollout } from '@tierflow/processor/rollout';

export type RolloutStage =
  /** Slices are still on their way to it. */
  | 'underWay'
  /** As many slices follow as were asked for, but not all that there are. */
  | 'partial'
  /** Every slice follows; it may be sealed. */
  | 'complete'
  | 'sealed'
  | 'rollingBack'
  | 'rolledBack';

export interface RolloutStatus {
  readonly rollout: Rollout;
  readonly stage: RolloutStage;
  /** Slices of a partition. */
  readonly slices: number;
  /** By partition, how many of the slices that are to follow do so. */
  readonly following: readonly number[];
  /** Over all partitions. */
  readonly followingTotal: number;
  readonly wantedTotal: number;
  /** What customers were before is kept, so that a rollback can restore it. */
  readonly keepsFormerStandings: boolean;
}

type View = Pick<PartitionState, 'rollout' | 'slices'>;

export function rolloutStatus(states: readonly View[]): RolloutStatus | null {
  const rollout = latest(states);
  if (rollout === null) return null;
  const following = states.map(
    state => state.slices.slice(0, rollout.slices).filter(slice => slice.rolloutSeq >= rollout.rolloutSeq).length,
  );
  const followingTotal = following.reduce((sum, count) => sum + count, 0);
  const wantedTotal = rollout.slices * states.length;
  const slices = states[0]!.slices.length;
  const stage = stageOf(rollout, followingTotal === wantedTotal, rollout.slices === slices);
  const keepsFormerStandings = stage === 'underWay' || stage === 'partial' || stage === 'complete';
  return { rollout, stage, slices, following, followingTotal, wantedTotal, keepsFormerStandings };
}

/** One partition may know a directive that another has not folded yet. */
function latest(states: readonly View[]): Rollout | null {
  return states.reduce<Rollout | null>((found, { rollout }) => {
    if (rollout === null) return found;
    if (found === null || rollout.rolloutSeq > found.rolloutSeq) return rollout;
    const isFurther = rollout.isSealed || (!found.isSealed && rollout.slices > found.slices);
    return rollout.rolloutSeq === found.rolloutSeq && isFurther ? rollout : found;
  }, null);
}

function stageOf({ action, isSealed }: Rollout, isDone: boolean, isAll: boolean): RolloutStage {
  if (isSealed) return 'sealed';
  if (action === 'rollback') return isDone ? 'rolledBack' : 'rollingBack';
  if (!isDone) return 'underWay';
  return isAll ? 'complete' : 'partial';
}
