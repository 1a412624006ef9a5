/** How far each policy version in use has come, for whoever watches a roll-out. */
import type { EpochDay } from '@tierflow/customer/events';
import type { Conducted } from './next-work.ts';

export interface PolicyProgress {
  readonly policy: string;
  readonly version: number;
  /** Slices of each partition that are to follow it, and that do. */
  readonly wanted: number;
  readonly following: number;
  /** null: its cuts are as written. */
  readonly calibratedDay: EpochDay | null;
}

/** By version. A slice follows where it does in every partition. */
export function policyProgress(states: readonly Conducted[]): PolicyProgress[] {
  const [first] = states;
  if (first === undefined) return [];
  const { slices, rollout } = first;
  const wanted = slices.map(({ version }, slice) =>
    rollout !== null && !rollout.isSealed && slice < rollout.slices ? rollout.policyVersion : version,
  );
  const following = slices.map(({ version }, slice) =>
    states.every(state => state.slices[slice]!.version === version) ? version : 0,
  );
  const versions = new Set([...wanted, ...following]);
  versions.delete(0);
  return [...versions]
    .sort((a, b) => a - b)
    .map(version => ({
      policy: first.policyUnder(version)?.policyId ?? '',
      version,
      wanted: wanted.filter(other => other === version).length,
      following: following.filter(other => other === version).length,
      calibratedDay: first.latestCalibration(version)?.day ?? null,
    }));
}
