import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { withConnections } from '../connections.ts';
import { deploymentDefaults, readDeployment, wholeNumber } from '../deployment-options.ts';
import { dropEverything } from '../init/drop-everything.ts';
import { openNamespace } from '../init/open-namespace.ts';
import { readPolicyFile } from '../policy-file.ts';
import { note, print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface InitOptions extends ServerCommandOptions {
  readonly policy: string;
  readonly partitions: string;
  readonly slices: string;
  readonly zone: string;
  readonly currency: string;
  readonly horizonDays: string;
  readonly replication: string;
  readonly fresh: boolean;
  readonly yes: boolean;
}

export function addInit(program: Command): void {
  serverCommand(program, 'init', 'Open the log of a namespace: topics, schemas, functions, settings and first policy.')
    .requiredOption('--policy <file>', 'the first policy')
    .option('--partitions <n>', 'partitions of the log, fixed for ever', deploymentDefaults.partitions)
    .option('--slices <n>', 'slices of a partition that are swept one by one', deploymentDefaults.slices)
    .option('--zone <name>', 'time zone whose midnights part the business days', deploymentDefaults.zone)
    .option('--currency <code>', 'base currency, ISO 4217', deploymentDefaults.currency)
    .option('--horizon-days <n>', 'days for which single days are kept', deploymentDefaults.horizonDays)
    .option('--replication <n>', 'copies of each topic', '1')
    .option('--fresh', 'delete the topics and the state of the namespace first', false)
    .option('--yes', 'do not ask before deleting', false)
    .addHelpText(
      'after',
      `
A second init with the same settings changes nothing. Other settings are another namespace.

Examples:
  tierctl init --policy retail-ladder.yaml
  tierctl init --policy retail-ladder.yaml --zone Europe/Berlin --currency EUR --partitions 8 --replication 3
  tierctl init --policy retail-ladder.yaml --namespace trial --fresh --yes`,
    )
    .action(async (options: InitOptions) => {
      const { partitions, slices, zone, horizonDays } = options;
      const deployment = readDeployment({ partitions, slices, zone, horizonDays, baseCurrency: options.currency });
      const replication = wholeNumber('--replication', options.replication, 1);
      const { published } = readPolicyFile(options.policy, deployment);
      await withConnections(options, async connections => {
        const { namespace } = connections.environment;
        if (options.fresh) {
          if (!options.yes) await confirm(`Delete all topics and all state of namespace ${namespace}?`);
          const dropped = await dropEverything(connections);
          note(`Deleted the topics of ${namespace} and ${dropped} keys in Redis.`);
        }
        const { outcome, genesis } = await openNamespace(connections, deployment, published, replication);
        if (options.json) {
          const { policyId, version, hash } = published;
          printJson({ outcome, genesis, policy: { policyId, version, hash } });
          return;
        }
        const settings = `${genesis.partitions} partitions, ${genesis.slices} slices, ${genesis.zone}, ${genesis.baseCurrency}, horizon ${genesis.horizonDays} days`;
        print(
          outcome === 'opened'
            ? `Opened ${namespace}: ${settings}, policy ${published.policyId} version ${published.version}.`
            : `${namespace} is open already with the same settings: ${settings}. Nothing was changed.`,
        );
      });
    });
}
