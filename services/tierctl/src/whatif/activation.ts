/** The records by which an operator would put a policy into force in all slices, as `tierctl policy` writes them. */
import type { Control, PolicyPublished } from '@tierflow/customer/events';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { CommandFailure } from '../command-failure.ts';
import type { Language } from '../language.ts';
import { type Activation, directive, type RolloutView } from '../policies/directive.ts';
import { publication, refusedPublication } from '../policies/publish-policy.ts';
import { describeRefusal } from '../policies/rollout-words.ts';

/**
 * At once, or as the roll-out of this very version goes on.
 *
 * @throws CommandFailure where an operator would be refused, with what is to be done first
 */
export function activationOf(
  candidate: PolicyPublished,
  states: readonly PartitionState[],
  language: Language,
): readonly Control[] {
  const known = states[0]!.versions();
  const outcome = publication(candidate, known);
  if (typeof outcome === 'object') throw refusedPublication(candidate, outcome);
  const isNew = outcome === 'published';
  const wish: Activation = {
    ...{ action: 'activate', directiveId: 'what-if', actor: 'what-if', reason: '' },
    ...{ version: candidate.version, slices: null, mode: null, keepUntilDay: null },
  };
  const versions = () => (isNew ? [...known, candidate] : known);
  const views = states.map(({ logDay, slices, rollout }): RolloutView => ({ logDay, slices, rollout, versions }));
  const found = directive(wish, views);
  if (found.outcome === 'refused') {
    const { what, remedy } = describeRefusal(found.refusal, states[0]!.slices.length, language);
    throw new CommandFailure(what, remedy);
  }
  return [...(isNew ? [candidate] : []), ...(found.outcome === 'write' ? [found.record] : [])];
}
