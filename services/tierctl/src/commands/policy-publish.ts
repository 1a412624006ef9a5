import type { Command } from 'commander';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { publishPolicy } from '../policies/publish-policy.ts';
import { readPolicyFile } from '../policy-file.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface PolicyPublishOptions extends ServerCommandOptions {
  readonly timeoutSeconds: string;
}

export function addPolicyPublish(policy: Command): void {
  serverCommand(policy, 'publish <file>', 'Make a new version of the policy known. Nobody follows it by that.')
    .option('--timeout-seconds <n>', 'wait no longer than this for tiering', '60')
    .addHelpText(
      'after',
      `
The file is checked for this namespace: its currency, and that nothing reads further back than the horizon that the log was
opened with. A version is published once and never changes; the same content again changes nothing. Customers come to it
by \`tierctl policy activate\`.

Examples:
  tierctl policy publish retail-ladder.yaml
  tierctl policy publish retail-ladder.yaml --json | jq .version`,
    )
    .action(async (file: string, options: PolicyPublishOptions) => {
      const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
      await withConnections(options, async connections => {
        const genesis = await connections.genesis();
        const { published } = readPolicyFile(file, genesis);
        const outcome = await publishPolicy(connections, genesis, published, timeoutSeconds);
        const { policyId, version, hash } = published;
        if (options.json) {
          printJson({ outcome, policyId, version, hash });
          return;
        }
        print(
          outcome === 'published'
            ? `Published ${policyId} version ${version}, ${hash}. Nobody follows it yet: tierctl policy activate ${version}`
            : `${policyId} version ${version} is published already, with the same content. Nothing was changed.`,
        );
      });
    });
}
