import { readFileSync } from 'node:fs';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import type { Command } from 'commander';
import { deploymentDefaults, readDeployment } from '../deployment-options.ts';
import { describePolicy } from '../policy-summary.ts';
import { refuseFile } from '../refuse-file.ts';
import { print, printJson } from '../terminal.ts';

interface PolicyCheckOptions {
  readonly currency: string;
  readonly horizonDays: string;
  readonly json: boolean;
}

export function addPolicyCheck(policy: Command): void {
  policy
    .command('check <file>')
    .description('Check a policy file: every problem with its line, or what the policy says.')
    .option('--currency <code>', 'base currency of the deployment', deploymentDefaults.currency)
    .option('--horizon-days <n>', 'horizon of the deployment', deploymentDefaults.horizonDays)
    .option('--json', 'print one JSON document, for machines', false)
    .addHelpText(
      'after',
      `
Needs no servers.

Examples:
  tierctl policy check retail-ladder.yaml
  tierctl policy check retail-ladder.yaml --currency JPY --json`,
    )
    .action((file: string, options: PolicyCheckOptions) => {
      const { horizonDays } = options;
      const deployment = readDeployment({ baseCurrency: options.currency, horizonDays });
      const parsed = parsePolicy(readFileSync(file, 'utf8'), deployment);
      if (!parsed.ok) refuseFile(file, parsed.problems, options.json);
      if (options.json) printJson({ ok: true, hash: parsed.hash, document: parsed.document });
      else print(describePolicy(parsed.document, parsed.hash));
    });
}
