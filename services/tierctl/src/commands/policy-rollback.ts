import type { Command } from 'commander';
import { carryOut, type RolloutOptions, rolloutCommand } from './rollout-options.ts';

export function addPolicyRollback(policy: Command): void {
  rolloutCommand(
    policy,
    'rollback',
    'Take the roll-out under way back: who has done nothing since stands as before it.',
  )
    .addHelpText(
      'after',
      `
A customer without a record of its own since is restored as if the roll-out had never been; everybody else is judged by the
former version anew. What is sealed is not rolled back: activate the former version instead.

Examples:
  tierctl policy rollback --reason "gold grew by a third" --watch
  tierctl policy rollback --json | jq .rollout.stage`,
    )
    .action((options: RolloutOptions) => carryOut(options, signature => ({ ...signature, action: 'rollback' })));
}
