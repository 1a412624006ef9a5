/** How far a roll-out has come, from the partitions' states in Redis. */
import { setTimeout as delay } from 'node:timers/promises';
import { type RolloutStage, type RolloutStatus, rolloutStatus } from '@tierflow/tierctl/policies/rollout-status';
import { partitionStates } from '../e2e/partition-states.ts';
import type { Pipeline } from '../e2e/pipeline.ts';

const pollMs = 100;
const timeoutMs = 120_000;

/** Until every partition is there. The status is that of the moment in which it was found so. */
export async function rolloutReaches(
  pipeline: Pipeline,
  what: string,
  isThere: (status: RolloutStatus) => boolean,
): Promise<RolloutStatus> {
  for (const deadline = performance.now() + timeoutMs; ; await delay(pollMs)) {
    const states = await partitionStates(pipeline);
    const status = states === null ? null : rolloutStatus(states);
    if (status !== null && isThere(status)) return status;
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs / 1000} s in vain: ${what}; it stands at ${JSON.stringify(status)}`);
    }
  }
}

export function stands(stage: RolloutStage): (status: RolloutStatus) => boolean {
  return status => status.stage === stage;
}
