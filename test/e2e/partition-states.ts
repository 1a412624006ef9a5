/** How the partitions of a pipeline stand with days, policies and cuts, as Redis has it. */
import { PartitionState } from '@tierflow/processor/partition-state';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import type { Pipeline } from './pipeline.ts';

/** null: one of them has no state yet, or no longer. */
export async function partitionStates({
  redis,
  namespace,
  partitions,
}: Pick<Pipeline, 'redis' | 'namespace' | 'partitions'>): Promise<PartitionState[] | null> {
  const reader = new RedisStateReader(redis, namespace);
  const states: PartitionState[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const { partitionState } = await reader.readPartition(partition);
    if (partitionState === null) return null;
    states.push(PartitionState.parse(partitionState));
  }
  return states;
}

/** Every slice follows the latest cuts of its version, and its customers are in every rank index. */
export function followLatestCuts(states: readonly PartitionState[]): boolean {
  return states.every(state =>
    state.slices.every(({ version, calibration, indexed }) => {
      const latest = state.latestCalibration(version)?.calibration ?? 0;
      return calibration === latest && indexed === state.rankingGeneration;
    }),
  );
}
