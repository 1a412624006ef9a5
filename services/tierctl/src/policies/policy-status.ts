/** The policies of a namespace: which versions are known, who follows what, how the roll-out stands, whose cuts hold. */
import { noDay } from '@tierflow/customer/customer';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay, PopulationAxis } from '@tierflow/customer/events';
import type { LocalizedText, PolicyDocument } from '@tierflow/customer/policy-document';
import { type Shortfall, surveyPrograms } from '@tierflow/processor/conducting/shortfall';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { RankIndexes } from '@tierflow/processor/ports';
import { type RolloutStatus, rolloutStatus } from './rollout-status.ts';

export interface VersionStatus {
  readonly policyId: string;
  readonly version: number;
  readonly title: LocalizedText | null;
  readonly hash: string;
  /** Slices that follow it, over all partitions. */
  readonly following: number;
}

export interface ProgramCuts {
  readonly version: number;
  readonly program: string;
  readonly title: LocalizedText | null;
  readonly axes: readonly {
    readonly axis: PopulationAxis;
    /** In force, from the top down or in the order of the scores. */
    readonly cuts: readonly string[];
  }[];
  /** The population that they were taken from; null: they are as written. */
  readonly calibrated: { readonly calibration: number; readonly day: string; readonly size: number } | null;
  /** Why none are taken from it now; null: they are, or will be on the conductor's next look. */
  readonly shortfall: Shortfall | null;
}

export interface PolicyStatus {
  /** null: no day has begun. */
  readonly logDay: string | null;
  /** Over all partitions. */
  readonly slices: number;
  readonly versions: readonly VersionStatus[];
  /** null: the slices follow what the log was opened with. */
  readonly rollout: RolloutStatus | null;
  readonly cuts: readonly ProgramCuts[];
}

export async function policyStatus(
  states: readonly PartitionState[],
  indexes: Pick<RankIndexes, 'size'>,
): Promise<PolicyStatus> {
  const state = states[0]!;
  const followed = states.flatMap(({ slices }) => slices.map(slice => slice.version));
  const rollout = rolloutStatus(states);
  const versions = state.versions().map(({ policyId, version, hash, document }) => ({
    ...{ policyId, version, hash },
    title: (JSON.parse(document) as PolicyDocument).title ?? null,
    following: followed.filter(each => each === version).length,
  }));
  const inForce = new Set(followed.filter(version => version > 0));
  if (rollout !== null) inForce.add(rollout.rollout.policyVersion);
  const cuts: ProgramCuts[] = [];
  for (const version of [...inForce].sort((a, b) => a - b)) cuts.push(...(await cutsOf(state, version, indexes)));
  return { logDay: dayText(state.logDay), slices: followed.length, versions, rollout, cuts };
}

/** Of the programs whose cuts follow the population. */
export async function cutsOf(
  state: PartitionState,
  version: number,
  indexes: Pick<RankIndexes, 'size'>,
): Promise<ProgramCuts[]> {
  const policy = state.policyUnder(version);
  if (policy === null) return [];
  const historyDays = state.hasTicked ? state.logDay - state.firstDay + 1 : 0;
  const surveyed = await surveyPrograms(indexes, policy, historyDays);
  return surveyed.map(({ program, population, shortfall }) => ({
    ...{ version, program, shortfall },
    title: policy.programs.find(({ name }) => name === program)!.title,
    axes: population.axes.map(({ axis, cuts }) => ({ axis, cuts })),
    calibrated:
      population.calibrated === null
        ? null
        : {
            calibration: policy.calibration,
            day: formatDay(population.calibrated.day),
            size: population.calibrated.size,
          },
  }));
}

function dayText(day: EpochDay): string | null {
  return day === noDay ? null : formatDay(day);
}
