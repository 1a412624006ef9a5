/**
 * The roll-out of a policy as the fold knows it: the last directive that counted. One is under way at a time, and each has
 * a greater number than the one before, so that of two people who direct at once the first wins in every partition.
 */
import type { RolloutDirected } from '@tierflow/customer/events';

export interface Rollout extends RolloutDirected {
  /** Nobody's former standing is kept any longer. */
  readonly isSealed: boolean;
  /** Of a rollback: the roll-out that it takes back. */
  readonly takesBack: number | null;
}

export interface RolloutScene {
  readonly rollout: Rollout | null;
  /** What each slice follows. */
  readonly slices: readonly { readonly rolloutSeq: number }[];
  readonly knows: (version: number) => boolean;
}

/** It can neither be gone on with, taken back nor sealed any more. */
export function isOver(rollout: Rollout | null): boolean {
  return rollout === null || rollout.isSealed || rollout.action === 'rollback';
}

/** The roll-out after the directive, or why it does not hold. */
export function directed(directive: RolloutDirected, scene: RolloutScene): Rollout | string {
  const problem = contentProblem(directive, scene);
  if (problem !== null) return problem;
  switch (directive.action) {
    case 'activate':
      return activated(directive, scene);
    case 'rollback':
      return rolledBack(directive, scene);
    case 'seal':
      return sealed(directive, scene);
  }
}

/** What no directive may say, whatever it is about. */
function contentProblem(
  { policyVersion, fromVersion, slices, rolloutSeq }: RolloutDirected,
  { slices: { length: slicesMost }, knows }: RolloutScene,
): string | null {
  if (!knows(policyVersion)) return `Policy version ${policyVersion} is not known.`;
  if (fromVersion !== 0 && !knows(fromVersion)) return `Policy version ${fromVersion} is not known.`;
  if (!Number.isSafeInteger(slices) || slices < 1 || slices > slicesMost) return `${slices} slices of ${slicesMost}.`;
  return Number.isSafeInteger(rolloutSeq) ? null : `Roll-out ${rolloutSeq} is no number.`;
}

function activated(directive: RolloutDirected, { rollout, slices }: RolloutScene): Rollout | string {
  const { rolloutSeq, policyVersion, mode } = directive;
  const goesOn = !isOver(rollout) && rollout?.rolloutSeq === rolloutSeq;
  if (goesOn) {
    if (rollout.policyVersion !== policyVersion || rollout.mode !== mode)
      return `Roll-out ${rolloutSeq} is of version ${rollout.policyVersion}, ${rollout.mode}.`;
    if (directive.slices <= rollout.slices)
      return `Roll-out ${rolloutSeq} is directed to ${rollout.slices} slices already.`;
  } else {
    if (!isOver(rollout)) return `Roll-out ${rollout!.rolloutSeq} of version ${rollout!.policyVersion} is under way.`;
    // Slices that are still to go back would stay where they are, because a new roll-out is about its own.
    const left = slices.filter(slice => slice.rolloutSeq === rollout?.takesBack).length;
    if (left > 0) return `Roll-out ${rollout!.takesBack} is being taken back: ${left} slices follow it still.`;
    const last = lastSeq(rollout, slices);
    if (rolloutSeq <= last) return `Roll-out ${rolloutSeq} is not after ${last}.`;
  }
  return { ...directive, isSealed: false, takesBack: null };
}

function rolledBack(directive: RolloutDirected, { rollout, slices }: RolloutScene): Rollout | string {
  if (rollout === null || isOver(rollout)) return 'No roll-out is under way that could be rolled back.';
  const { rolloutSeq, policyVersion, fromVersion } = directive;
  const last = lastSeq(rollout, slices);
  if (rolloutSeq <= last) return `Roll-out ${rolloutSeq} is not after ${last}.`;
  if (rollout.fromVersion === 0) return 'Before this roll-out there was no policy.';
  if (
    policyVersion !== rollout.fromVersion ||
    fromVersion !== rollout.policyVersion ||
    directive.slices !== rollout.slices
  )
    return `The roll-out under way is of version ${rollout.policyVersion}, from ${rollout.fromVersion}, in ${rollout.slices} slices.`;
  return { ...directive, isSealed: false, takesBack: rollout.rolloutSeq };
}

function sealed(directive: RolloutDirected, { rollout, slices }: RolloutScene): Rollout | string {
  if (rollout === null || isOver(rollout)) return 'No roll-out is under way that could be sealed.';
  const { rolloutSeq, policyVersion, directiveId } = directive;
  if (rollout.rolloutSeq !== rolloutSeq || rollout.policyVersion !== policyVersion)
    return `The roll-out under way is ${rollout.rolloutSeq}, of version ${rollout.policyVersion}.`;
  const following = slices.filter(slice => slice.rolloutSeq === rolloutSeq).length;
  if (following < slices.length) return `Only ${following} of ${slices.length} slices follow it.`;
  return { ...rollout, directiveId, isSealed: true };
}

function lastSeq(rollout: Rollout | null, slices: RolloutScene['slices']): number {
  return Math.max(rollout?.rolloutSeq ?? 0, ...slices.map(slice => slice.rolloutSeq));
}
