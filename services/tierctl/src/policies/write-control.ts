/**
 * Writes a control record that stands on what the partitions are now, without a lock that somebody could forget to give
 * back. Whoever opens the control log fences all other writers, so that what is read after that stays as it is until
 * the record is written, or the write is refused because somebody else has fenced this one meanwhile.
 */
import type { Control, LogOpened, PolicyPublished } from '@tierflow/customer/events';
import { Fenced, PortFailure } from '@tierflow/processor/errors';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { ControlLog } from '../control-log.ts';
import { foldedStates } from './folded-states.ts';

export interface Decision<T> {
  readonly result: T;
  /** null: there is nothing to write. */
  readonly record: Control | null;
  /** A policy that is listed with it. */
  readonly listed?: PolicyPublished;
}

/** A conductor that is fenced comes back within a second or so; whoever meets it this often meets more than that. */
const attemptsMax = 6;

/** Gives the decision that was written, and the states after it. `decide` throws where it refuses. */
export async function writeControl<T>(
  connections: Connections,
  genesis: LogOpened,
  timeoutSeconds: number,
  decide: (states: readonly PartitionState[]) => Decision<T>,
): Promise<{ readonly result: T; readonly states: readonly PartitionState[] }> {
  const folded = (otherwise?: string) => foldedStates(connections, genesis, timeoutSeconds, otherwise);
  for (let attempt = 1; ; attempt++) {
    // 1. What is not to be written needs no fence, which would cost the conductor its seat for a moment.
    const before = await folded();
    const first = decide(before);
    if (first.record === null) return { result: first.result, states: before };
    try {
      // 2. From here on nobody writes unseen.
      const controls = await ControlLog.open(connections, genesis);
      // 3. So this is decided on what holds when it is written.
      const states = await folded();
      const { record, result, listed } = decide(states);
      if (record === null) return { result, states };
      await controls.write([record], listed).catch(toUnknownOutcome);
      return { result, states: await folded('what you asked for is written, and counts once tiering goes on') };
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      if (attempt === attemptsMax) {
        throw new CommandFailure(
          `others wrote to this log at the same time, ${attemptsMax} times on end; nothing was written`,
          'see `tierctl policy status` and try again once it stands still',
        );
      }
    }
  }
}

/** Refused by a fence, it is not there; after any other error it may be. */
function toUnknownOutcome(error: unknown): never {
  if (!(error instanceof PortFailure)) throw error;
  throw new CommandFailure(
    `whether it was written is not known: ${error.message}`,
    'see `tierctl policy status`, and give the command again where it is not there: twice changes nothing',
  );
}
