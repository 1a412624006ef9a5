import { policyJsonSchema } from '@tierflow/config/policy/policy-json-schema';
import type { Command } from 'commander';

export function addPolicySchema(policy: Command): void {
  policy
    .command('schema')
    .description('Print the JSON Schema of policy files, which editors complete and check them with.')
    .addHelpText(
      'after',
      `
Needs no servers. Put it beside your policies, and this line at the top of each of them:
  # yaml-language-server: $schema=./policy.schema.json

Examples:
  tierctl policy schema > policy.schema.json`,
    )
    .action(() => {
      process.stdout.write(policyJsonSchema());
    });
}
