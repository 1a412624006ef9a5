/** Waits until a roll-out has come as far as it was directed, and shows how far it is. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogOpened } from '@tierflow/customer/events';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { startProgress } from '../progress.ts';
import { note } from '../terminal.ts';
import { parseState, readSnapshots } from './folded-states.ts';
import { type RolloutStatus, rolloutStatus } from './rollout-status.ts';

const pollIntervalMs = 250;
const standstillMs = 30_000;

/** null: there is no roll-out. What others direct meanwhile is watched too. */
export async function watchRollout(
  connections: Connections,
  { partitions }: LogOpened,
  timeoutSeconds: number,
): Promise<RolloutStatus | null> {
  const startedAt = performance.now();
  let movedAt = startedAt;
  let last = -1;
  let progress: ReturnType<typeof startProgress> | null = null;
  let isSaid = false;
  try {
    for (;;) {
      const status = rolloutStatus(await readStates(connections, partitions));
      if (status === null || (status.stage !== 'underWay' && status.stage !== 'rollingBack')) return status;
      const { rollout, followingTotal, wantedTotal } = status;
      progress ??= startProgress(`Version ${rollout.policyVersion}`, wantedTotal);
      progress.update(followingTotal, `${followingTotal} of ${wantedTotal} slices`);
      const now = performance.now();
      if (followingTotal !== last) [movedAt, last, isSaid] = [now, followingTotal, false];
      if (now - startedAt > timeoutSeconds * 1000) throw unfinished(status, timeoutSeconds);
      if (now - movedAt > standstillMs && !isSaid) {
        note('No slice has moved for half a minute: check that a conductor and tiering run.');
        isSaid = true;
      }
      await delay(pollIntervalMs);
    }
  } finally {
    progress?.end();
  }
}

export async function readStates(connections: Connections, partitions: number): Promise<PartitionState[]> {
  return (await readSnapshots(connections, partitions)).map(parseState);
}

function unfinished({ followingTotal, wantedTotal }: RolloutStatus, timeoutSeconds: number): CommandFailure {
  return new CommandFailure(
    `${followingTotal} of ${wantedTotal} slices follow after ${timeoutSeconds} s`,
    'the conductor goes on by itself: check that it and tiering run, and watch it by `tierctl policy status --watch`',
  );
}
