import type { Command } from 'commander';
import { carryOut, type RolloutOptions, rolloutCommand } from './rollout-options.ts';

export function addPolicySeal(policy: Command): void {
  rolloutCommand(policy, 'seal', 'End the roll-out under way, once every slice follows it: there is no way back then.')
    .addHelpText(
      'after',
      `
Former standings are kept no longer, and the next roll-out may begin.

Examples:
  tierctl policy activate 2 --watch && tierctl policy seal
  tierctl policy seal --json | jq .rollout.stage`,
    )
    .action((options: RolloutOptions) => carryOut(options, signature => ({ ...signature, action: 'seal' })));
}
