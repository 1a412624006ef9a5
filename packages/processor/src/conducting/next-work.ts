/**
 * What is to be written next for policies, given how all partitions stand. There is no note of how far a roll-out has
 * come but the partitions themselves, so that whoever conducts next goes on where the last one was lost.
 *
 * One step at a time, in this order:
 * 1. Everybody takes a place in the rank indexes that were added, since cuts are taken of whole populations only.
 * 2. Cuts are taken, once a day for every version that is followed, and for one that is to be followed before it is.
 * 3. The slices of the roll-out come to its version, with the latest cuts.
 * 4. Slices that follow older cuts of their version come to the latest.
 * What is rolled back gets its cuts afterwards: nobody's former standing is restored under cuts that it never had.
 */
import type { EpochDay, LogOpened, RolloutDirected, SliceSwept, ThresholdsCalibrated } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';

/** What conducting reads of a partition's state. */
export interface Conducted {
  readonly genesis: LogOpened | null;
  readonly logDay: EpochDay;
  /** The log's first tick. */
  readonly firstDay: EpochDay;
  readonly slices: readonly ConductedSlice[];
  /** The last directive that was accepted. */
  readonly rollout: (RolloutDirected & { readonly isSealed: boolean }) | null;
  /** Grows with every rank index that is added. */
  readonly rankingGeneration: number;
  /** With its latest cuts. */
  policyUnder(version: number): Policy | null;
  latestCalibration(version: number): ThresholdsCalibrated | null;
}

export interface ConductedSlice {
  /** Version that the slice follows; 0: none. */
  readonly version: number;
  readonly rolloutSeq: number;
  readonly calibration: number;
  /** Generation of the rank indexes that its customers have places in. */
  readonly indexed: number;
}

export type Work =
  | { readonly type: 'sweep'; readonly purpose: SweepPurpose; readonly record: SliceSwept }
  | { readonly type: 'calibrate'; readonly version: number }
  | { readonly type: 'none' };

/** `ranks`: places in the rank indexes; `cuts`: newer cuts of the version that is followed already. */
export type SweepPurpose = 'ranks' | 'rollout' | 'cuts';

const none: Work = { type: 'none' };

/**
 * `states` are of all partitions, each caught up with every control record of the log; those are the same in all of them.
 * `considered`: on which log day the cuts of a version were looked at last, whether new ones were published or not.
 */
export function nextWork(
  states: readonly Conducted[],
  considered: ReadonlyMap<number, EpochDay>,
  slicesPerSweep: number,
): Work {
  return (
    ranksToTake(states, slicesPerSweep) ??
    cutsToTake(states[0]!, considered) ??
    slicesToRollOut(states, slicesPerSweep) ??
    slicesToCalibrate(states, slicesPerSweep) ??
    none
  );
}

function ranksToTake(states: readonly Conducted[], slicesPerSweep: number): Work | null {
  const range = firstRange(
    states,
    ({ slices, rankingGeneration }, slice) => slices[slice]!.indexed < rankingGeneration,
    slicesPerSweep,
  );
  if (range === null) return null;
  const record: SliceSwept = {
    type: 'SliceSwept',
    ...range,
    mode: 'index',
    rolloutSeq: null,
    policyId: null,
    policyVersion: null,
    calibration: null,
  };
  return { type: 'sweep', purpose: 'ranks', record };
}

function cutsToTake(state: Conducted, considered: ReadonlyMap<number, EpochDay>): Work | null {
  for (const version of versionsInUse(state)) {
    if (considered.get(version) === state.logDay || state.latestCalibration(version)?.day === state.logDay) continue;
    if (followsPopulation(state.policyUnder(version))) return { type: 'calibrate', version };
  }
  return null;
}

/** Versions that customers are judged by, or will be next. */
function versionsInUse({ slices, rollout }: Conducted): Set<number> {
  const versions = new Set(slices.map(({ version }) => version));
  if (rollout !== null && !rollout.isSealed) {
    const { action, policyVersion } = rollout;
    if (action === 'activate') versions.add(policyVersion);
    if (action === 'rollback' && slices.some((_, slice) => isToFollow(rollout, slices, slice))) {
      versions.delete(policyVersion);
    }
  }
  versions.delete(0);
  return versions;
}

export function followsPopulation(policy: Policy | null): boolean {
  return policy?.programs.some(({ population }) => population !== null) ?? false;
}

function isToFollow(rollout: RolloutDirected, slices: readonly ConductedSlice[], slice: number): boolean {
  return slice < rollout.slices && slices[slice]!.rolloutSeq < rollout.rolloutSeq;
}

function slicesToRollOut(states: readonly Conducted[], slicesPerSweep: number): Work | null {
  const { rollout } = states[0]!;
  if (rollout === null || rollout.isSealed) return null;
  const range = firstRange(states, ({ slices }, slice) => isToFollow(rollout, slices, slice), slicesPerSweep);
  if (range === null) return null;
  const { policyVersion, rolloutSeq } = rollout;
  return { type: 'sweep', purpose: 'rollout', record: followSweep(states[0]!, range, policyVersion, rolloutSeq) };
}

function slicesToCalibrate(states: readonly Conducted[], slicesPerSweep: number): Work | null {
  const hasOlderCuts = (state: Conducted, slice: number) => {
    const { version, calibration } = state.slices[slice]!;
    return version > 0 && calibration < (state.latestCalibration(version)?.calibration ?? 0);
  };
  const first = firstRange(states, hasOlderCuts, 1);
  if (first === null) return null;
  const { version, rolloutSeq } = states[0]!.slices[first.fromSlice]!;
  const isAlike = (state: Conducted, slice: number) => {
    const other = state.slices[slice]!;
    return other.version === version && other.rolloutSeq === rolloutSeq && hasOlderCuts(state, slice);
  };
  const range = firstRange(states, isAlike, slicesPerSweep) ?? first;
  return { type: 'sweep', purpose: 'cuts', record: followSweep(states[0]!, range, version, rolloutSeq) };
}

interface SliceRange {
  readonly fromSlice: number;
  readonly toSlice: number;
}

function followSweep(state: Conducted, range: SliceRange, version: number, rolloutSeq: number): SliceSwept {
  const policy = state.policyUnder(version);
  if (policy === null) throw new Error(`Version ${version} is followed but not known.`);
  return {
    type: 'SliceSwept',
    ...range,
    mode: 'all',
    rolloutSeq,
    policyId: policy.policyId,
    policyVersion: version,
    calibration: state.latestCalibration(version)?.calibration ?? null,
  };
}

/** The first slices on end for which it holds in any partition, so many at most. */
function firstRange(
  states: readonly Conducted[],
  holds: (state: Conducted, slice: number) => boolean,
  slicesMax: number,
): SliceRange | null {
  const { length } = states[0]!.slices;
  const holdsAnywhere = (slice: number) => slice < length && states.some(state => holds(state, slice));
  let fromSlice = 0;
  while (fromSlice < length && !holdsAnywhere(fromSlice)) fromSlice++;
  if (fromSlice === length) return null;
  let toSlice = fromSlice;
  while (toSlice - fromSlice + 1 < slicesMax && holdsAnywhere(toSlice + 1)) toSlice++;
  return { fromSlice, toSlice };
}
