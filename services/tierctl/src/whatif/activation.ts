/** The records by which an operator would put a policy into force at once, in all slices. */
import type { Control, PolicyPublished, RolloutDirected } from '@tierflow/customer/events';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { isOver } from '@tierflow/processor/rollout';
import { CommandFailure } from '../command-failure.ts';

/** @throws CommandFailure where the log would refuse them, with what is to be done first */
export function activationOf(candidate: PolicyPublished, state: PartitionState): Control[] {
  checkVersion(candidate, state);
  const publication = state.knows(candidate.version) ? [] : [candidate];
  const directive = directiveFor(candidate, state);
  return directive === null ? publication : [...publication, directive];
}

function checkVersion({ version, hash }: PolicyPublished, state: PartitionState): void {
  if (!state.knows(version) || state.hashOf(version) === hash) return;
  const highest = Math.max(...state.versions().map(published => published.version));
  throw new CommandFailure(
    `version ${version} is published already, and says something else`,
    `a published version never changes: write \`version: ${highest + 1}\` into the file`,
  );
}

/** null: the roll-out under way is this one, and is to reach all slices already. */
function directiveFor({ policyId, version }: PolicyPublished, state: PartitionState): RolloutDirected | null {
  const { rollout, slices } = state;
  const base = {
    type: 'RolloutDirected',
    directiveId: 'what-if',
    action: 'activate',
    actor: 'what-if',
    reason: '',
  } as const;
  if (rollout === null || isOver(rollout)) {
    return {
      ...base,
      rolloutSeq: Math.max(rollout?.rolloutSeq ?? 0, ...slices.map(slice => slice.rolloutSeq)) + 1,
      policyId,
      policyVersion: version,
      fromVersion: rollout?.action === 'rollback' ? rollout.policyVersion : slices[0]!.version,
      mode: 'immediate',
      slices: slices.length,
      keepUntilDay: null,
    };
  }
  if (rollout.policyVersion !== version) {
    const following = slices.filter(slice => slice.rolloutSeq === rollout.rolloutSeq).length;
    throw new CommandFailure(
      `the roll-out of version ${rollout.policyVersion} is under way, ${following} of ${slices.length} slices follow it, and no other can begin before it has ended`,
      'seal it or roll it back first; or ask what its own version would change',
    );
  }
  return rollout.slices === slices.length ? null : { ...rolloutOf(rollout), ...base, slices: slices.length };
}

/** Of the roll-out under way, which goes on as it began. */
function rolloutOf({ rolloutSeq, policyId, policyVersion, fromVersion, mode, keepUntilDay }: RolloutDirected) {
  return { rolloutSeq, policyId, policyVersion, fromVersion, mode, keepUntilDay };
}
