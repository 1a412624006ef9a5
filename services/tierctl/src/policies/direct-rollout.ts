/** Directs a roll-out as somebody wishes, and makes sure that it is this wish which counts and not another's. */
import type { LogOpened } from '@tierflow/customer/events';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { Rollout } from '@tierflow/processor/rollout';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import type { Language } from '../language.ts';
import { directive, type Wish } from './directive.ts';
import { describeRefusal, describeRollout } from './rollout-words.ts';
import { writeControl } from './write-control.ts';

export interface Directed {
  /** `unchanged`: it stood already as it was wished. */
  readonly outcome: 'directed' | 'unchanged';
  /** As it stands now; null: there was never one. */
  readonly rollout: Rollout | null;
}

export async function directRollout(
  connections: Connections,
  genesis: LogOpened,
  wish: Wish,
  timeoutSeconds: number,
  language: Language,
): Promise<Directed> {
  const isOurs = ({ rollout }: PartitionState) => rollout?.directiveId === wish.directiveId;
  const { result, states } = await writeControl<Directed['outcome']>(connections, genesis, timeoutSeconds, before => {
    // Written by an attempt of which only the answer was lost.
    if (before.every(isOurs)) return { result: 'directed', record: null };
    const found = directive(wish, before);
    if (found.outcome === 'unchanged') return { result: 'unchanged', record: null };
    if (found.outcome === 'write') return { result: 'directed', record: found.record };
    const { what, remedy } = describeRefusal(found.refusal, genesis.slices, language);
    throw new CommandFailure(what, remedy);
  });
  const { rollout } = states[0]!;
  if (result === 'directed' && !states.every(isOurs)) throw overtaken(rollout, genesis.slices, language);
  return { outcome: result, rollout };
}

function overtaken(rollout: Rollout | null, slices: number, language: Language): CommandFailure {
  if (language === 'zh') {
    const now = rollout === null ? '没有任何发布' : describeRollout(rollout, slices, language);
    return new CommandFailure(`已有他人抢先或随后另行指定，当前为——${now}`, '请查看 `tierctl policy status`');
  }
  const now = rollout === null ? 'no roll-out' : describeRollout(rollout, slices, language);
  return new CommandFailure(`somebody else has directed otherwise; now there is ${now}`, 'see `tierctl policy status`');
}
