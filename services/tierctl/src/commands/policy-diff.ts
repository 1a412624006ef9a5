import type { Command } from 'commander';
import { withConnections } from '../connections.ts';
import { deploymentDefaults, readDeployment } from '../deployment-options.ts';
import { type Language, languageOption } from '../language.ts';
import { describeDifference } from '../policies/describe-difference.ts';
import { diffPolicies } from '../policies/diff-policies.ts';
import { parseState, readSnapshots } from '../policies/folded-states.ts';
import { type PolicySource, policyOfFile, policyOfVersion, versionNamed } from '../policies/policy-source.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface PolicyDiffOptions extends ServerCommandOptions {
  readonly lang: Language;
  readonly currency: string;
  readonly horizonDays: string;
}

export function addPolicyDiff(policy: Command): void {
  serverCommand(policy, 'diff <a> <b>', 'Tell what is different between two policies: files, or published versions.')
    .addOption(languageOption('the comparison'))
    .option('--currency <code>', 'of two files: base currency of the deployment', deploymentDefaults.currency)
    .option('--horizon-days <n>', 'of two files: horizon of the deployment', deploymentDefaults.horizonDays)
    .addHelpText(
      'after',
      `
A whole number is a version that the namespace knows, anything else a file; two files need no servers. Measures, programs
and tiers are known by their names. Ends with exit code 0, whether anything is different or not.

Examples:
  tierctl policy diff retail-ladder.yaml retail-ladder-new.yaml
  tierctl policy diff 1 retail-ladder.yaml --lang zh
  tierctl policy diff 1 2 --json | jq .programs.changed`,
    )
    .action(async (a: string, b: string, options: PolicyDiffOptions) => {
      const sources = await readSources([a, b], options);
      const [before, after] = sources;
      const difference = diffPolicies(before.document, after.document);
      if (!options.json) {
        print(describeDifference(sources, difference, options.lang));
        return;
      }
      const [from, to] = sources.map(({ name, hash, document: { policy: policyId, version } }) => ({
        ...{ name, policyId, version, hash },
      }));
      printJson({ from, to, ...difference });
    });
}

async function readSources(
  [a, b]: readonly [string, string],
  options: PolicyDiffOptions,
): Promise<readonly [PolicySource, PolicySource]> {
  if (versionNamed(a) === null && versionNamed(b) === null) {
    const deployment = readDeployment({ baseCurrency: options.currency, horizonDays: options.horizonDays });
    return [policyOfFile(a, deployment), policyOfFile(b, deployment)];
  }
  return withConnections(options, async connections => {
    const genesis = await connections.genesis();
    const [first] = await readSnapshots(connections, 1);
    const known = parseState(first!, 0).versions();
    const read = (text: string) => {
      const version = versionNamed(text);
      return version === null ? policyOfFile(text, genesis) : policyOfVersion(version, known);
    };
    return [read(a), read(b)];
  });
}
