/**
 * What an operator wishes of a roll-out, held against how the partitions stand: the record that says so, or why there is
 * none to be written. Decides nothing that the fold would not: it only says it before the log does, and in time.
 */
import { noDay } from '@tierflow/customer/customer';
import type { EpochDay, RolloutDirected, RolloutMode } from '@tierflow/customer/events';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { isOver, type Rollout } from '@tierflow/processor/rollout';

interface Signature {
  readonly directiveId: string;
  readonly actor: string;
  readonly reason: string;
}

export interface Activation extends Signature {
  readonly action: 'activate';
  readonly version: number;
  /** Of every partition; null: all. */
  readonly slices: number | null;
  /** null: as the roll-out under way has it, else immediate. */
  readonly mode: RolloutMode | null;
  /** null: as the roll-out under way has it, else a year from the log day. */
  readonly keepUntilDay: EpochDay | null;
}

export type Wish = Activation | ({ readonly action: 'rollback' | 'seal' } & Signature);

export type Refusal =
  | { readonly code: 'unknownVersion'; readonly version: number; readonly known: readonly number[] }
  /** Of another version, or in another mode. */
  | { readonly code: 'underWay'; readonly rollout: Rollout }
  | { readonly code: 'otherMode'; readonly rollout: Rollout; readonly mode: RolloutMode }
  | { readonly code: 'fewerSlices'; readonly rollout: Rollout; readonly slices: number }
  /** Its slices are still on their way back. */
  | { readonly code: 'rollingBack'; readonly rollout: Rollout; readonly following: number }
  | { readonly code: 'keptPast'; readonly keepUntilDay: EpochDay; readonly logDay: EpochDay }
  | { readonly code: 'noDayYet' }
  | { readonly code: 'nothingUnderWay'; readonly action: 'rollback' | 'seal'; readonly rollout: Rollout | null }
  | { readonly code: 'nothingBefore'; readonly rollout: Rollout }
  | {
      readonly code: 'notAllFollow';
      readonly rollout: Rollout;
      /** Over all partitions. */
      readonly following: number;
      readonly slices: number;
    };

export type Directive =
  | { readonly outcome: 'write'; readonly record: RolloutDirected }
  /** It stands already as it is wished. */
  | { readonly outcome: 'unchanged'; readonly rollout: Rollout | null }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type RolloutView = Pick<PartitionState, 'logDay' | 'slices' | 'rollout' | 'versions'>;

/** How long grandfathered tiers are kept where nobody says. */
export const keptDays = 365;

/** `states`: of every partition, as of the same place in the log. */
export function directive(wish: Wish, states: readonly RolloutView[]): Directive {
  switch (wish.action) {
    case 'activate':
      return activate(wish, states);
    case 'rollback':
      return rollBack(wish, states);
    case 'seal':
      return seal(wish, states);
  }
}

/** How many of the slices that the roll-out is to have follow it, over all partitions. */
export function followingCount({ rolloutSeq, slices }: Rollout, states: readonly RolloutView[]): number {
  return states.reduce((sum, state) => sum + followingOf(rolloutSeq, state.slices.slice(0, slices)), 0);
}

function followingOf(rolloutSeq: number, slices: RolloutView['slices']): number {
  return slices.filter(slice => slice.rolloutSeq >= rolloutSeq).length;
}

function activate(wish: Activation, states: readonly RolloutView[]): Directive {
  const { rollout, slices, logDay } = states[0]!;
  const published = versionOf(wish.version, states);
  if (published === undefined) {
    const known = states[0]!.versions().map(record => record.version);
    return refused({ code: 'unknownVersion', version: wish.version, known });
  }
  if (rollout !== null && !isOver(rollout)) return goOn(wish, rollout, states);
  if (rollout?.action === 'rollback') {
    const following = followingCount(rollout, states);
    if (following < rollout.slices * states.length) return refused({ code: 'rollingBack', rollout, following });
  }
  if (states.every(state => state.slices.every(slice => slice.version === wish.version))) {
    return { outcome: 'unchanged', rollout };
  }
  const mode = wish.mode ?? 'immediate';
  if (mode === 'grandfather' && wish.keepUntilDay === null && logDay === noDay) return refused({ code: 'noDayYet' });
  return written(
    {
      ...signed(wish),
      rolloutSeq: nextSeq(states),
      action: 'activate',
      policyId: published.policyId,
      policyVersion: wish.version,
      fromVersion: rollout?.policyVersion ?? slices[0]!.version,
      mode,
      slices: wish.slices ?? slices.length,
      keepUntilDay: mode === 'grandfather' ? (wish.keepUntilDay ?? logDay + keptDays) : null,
    },
    logDay,
  );
}

function goOn(wish: Activation, rollout: Rollout, states: readonly RolloutView[]): Directive {
  const { slices, logDay } = states[0]!;
  if (rollout.policyVersion !== wish.version) return refused({ code: 'underWay', rollout });
  const { mode } = rollout;
  if (wish.mode !== null && wish.mode !== mode) return refused({ code: 'otherMode', rollout, mode: wish.mode });
  const wanted = wish.slices ?? slices.length;
  if (wanted < rollout.slices) return refused({ code: 'fewerSlices', rollout, slices: wanted });
  if (wanted === rollout.slices) return { outcome: 'unchanged', rollout };
  const { rolloutSeq, policyId, policyVersion, fromVersion } = rollout;
  const keepUntilDay = mode === 'grandfather' ? (wish.keepUntilDay ?? rollout.keepUntilDay) : null;
  return written(
    {
      ...signed(wish),
      ...{ rolloutSeq, action: 'activate', policyId, policyVersion, fromVersion, mode, slices: wanted, keepUntilDay },
    },
    logDay,
  );
}

function rollBack(wish: Signature, states: readonly RolloutView[]): Directive {
  const { rollout } = states[0]!;
  if (rollout?.action === 'rollback') return { outcome: 'unchanged', rollout };
  if (rollout === null || isOver(rollout)) {
    return refused({ code: 'nothingUnderWay', action: 'rollback', rollout });
  }
  const { fromVersion, policyVersion, mode, slices } = rollout;
  if (fromVersion === 0) return refused({ code: 'nothingBefore', rollout });
  const record: RolloutDirected = {
    ...signed(wish),
    rolloutSeq: nextSeq(states),
    action: 'rollback',
    policyId: versionOf(fromVersion, states)!.policyId,
    policyVersion: fromVersion,
    fromVersion: policyVersion,
    mode,
    slices,
    keepUntilDay: null,
  };
  return { outcome: 'write', record };
}

function seal(wish: Signature, states: readonly RolloutView[]): Directive {
  const { rollout } = states[0]!;
  if (rollout?.isSealed) return { outcome: 'unchanged', rollout };
  if (rollout === null || isOver(rollout)) return refused({ code: 'nothingUnderWay', action: 'seal', rollout });
  const slices = states.reduce((sum, state) => sum + state.slices.length, 0);
  const following = states.reduce((sum, state) => sum + followingOf(rollout.rolloutSeq, state.slices), 0);
  if (following < slices) return refused({ code: 'notAllFollow', rollout, following, slices });
  const { rolloutSeq, policyId, policyVersion, fromVersion, mode, slices: wanted, keepUntilDay } = rollout;
  const record: RolloutDirected = {
    ...signed(wish),
    ...{ rolloutSeq, action: 'seal', policyId, policyVersion, fromVersion, mode, slices: wanted, keepUntilDay },
  };
  return { outcome: 'write', record };
}

function versionOf(version: number, states: readonly RolloutView[]) {
  return states[0]!.versions().find(record => record.version === version);
}

/** Greater than that of every slice, also of a partition that was directed by hand. */
function nextSeq(states: readonly RolloutView[]): number {
  const seqs = states.flatMap(({ rollout, slices }) => [
    rollout?.rolloutSeq ?? 0,
    ...slices.map(slice => slice.rolloutSeq),
  ]);
  return seqs.reduce((greatest, seq) => Math.max(greatest, seq), 0) + 1;
}

function signed({ directiveId, actor, reason }: Signature): { type: 'RolloutDirected' } & Signature {
  return { type: 'RolloutDirected', directiveId, actor, reason };
}

function written(record: RolloutDirected, logDay: EpochDay): Directive {
  const { keepUntilDay } = record;
  if (keepUntilDay !== null && keepUntilDay <= logDay) return refused({ code: 'keptPast', keepUntilDay, logDay });
  return { outcome: 'write', record };
}

function refused(refusal: Refusal): Directive {
  return { outcome: 'refused', refusal };
}
