import { RedisRankIndexes } from '@tierflow/redis/rank-indexes';
import type { Command } from 'commander';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { type Language, languageOption } from '../language.ts';
import { describeStatus } from '../policies/describe-status.ts';
import { policyStatus } from '../policies/policy-status.ts';
import { readStates, watchRollout } from '../policies/watch-rollout.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface PolicyStatusOptions extends ServerCommandOptions {
  readonly lang: Language;
  readonly watch: boolean;
  readonly watchSeconds: string;
}

export function addPolicyStatus(policy: Command): void {
  serverCommand(policy, 'status', 'Tell which versions are known, who follows what, and how the roll-out stands.')
    .addOption(languageOption('the status'))
    .option('--watch', 'wait until the roll-out has come as far as it was directed', false)
    .option('--watch-seconds <n>', 'of --watch: give up after this time', '3600')
    .addHelpText(
      'after',
      `
Shows who directed the roll-out, why, and in which mode; how many slices of each partition follow it; and of programs whose
cuts follow the population, the cuts in force and where they come from, or why they are as written.

Examples:
  tierctl policy status
  tierctl policy status --watch --lang zh
  tierctl policy status --json | jq .rollout.stage`,
    )
    .action(async (options: PolicyStatusOptions) => {
      const watchSeconds = wholeNumber('--watch-seconds', options.watchSeconds, 0);
      await withConnections(options, async connections => {
        const genesis = await connections.genesis();
        const { namespace } = connections.environment;
        if (options.watch) await watchRollout(connections, genesis, watchSeconds);
        const indexes = new RedisRankIndexes(await connections.redis(), namespace, genesis.partitions);
        const status = await policyStatus(await readStates(connections, genesis.partitions), indexes);
        if (options.json) printJson({ namespace, ...status });
        else print(describeStatus(status, options.lang));
      });
    });
}
