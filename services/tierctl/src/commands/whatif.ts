import type { Command } from 'commander';
import { deploymentDefaults, readDeployment, wholeNumber } from '../deployment-options.ts';
import { type Language, languageOption } from '../language.ts';
import { parseAsOf } from '../parse-as-of.ts';
import { print, printJson } from '../terminal.ts';
import { describePrediction } from '../whatif/describe-prediction.ts';
import { predictionJson } from '../whatif/prediction-json.ts';
import { runWhatIf } from '../whatif/run-what-if.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface WhatIfCommandOptions extends ServerCommandOptions {
  readonly policy: string;
  readonly from: string;
  readonly active?: string;
  readonly zone: string;
  readonly currency: string;
  readonly horizonDays: string;
  readonly asOf?: string;
  readonly top: string;
  readonly svg?: string;
  readonly out?: string;
  readonly lang: Language;
}

export function addWhatIf(program: Command): void {
  serverCommand(program, 'whatif', 'Tell who would move, and what that is worth, if a policy were activated now.')
    .requiredOption('--policy <file>', 'the policy in question')
    .option('--from <source>', 'LOG is the log of the namespace; or a file, as backtest takes it; - reads stdin', 'LOG')
    .option('--active <file>', 'policy now (canonical events; a log has its own)')
    .option('--as-of <day>', 'as if it were activated at the end of this business day, e.g. 2011-12-09')
    .option('--top <n>', 'name so many of those who fall and spend most', '10')
    .option('--svg <file>', 'draw who goes where')
    .option('--out <folder>', 'write every record that would be emitted to changes.jsonl')
    .option('--zone <name>', 'time zone of the business days (canonical events)', deploymentDefaults.zone)
    .option('--currency <code>', 'base currency (canonical events)', deploymentDefaults.currency)
    .option(
      '--horizon-days <n>',
      'days for which single days are kept (canonical events)',
      deploymentDefaults.horizonDays,
    )
    .addOption(languageOption('tables and picture'))
    .addHelpText(
      'after',
      `
Folds the whole log in memory under the policies that it has, and then does what an immediate activation would do at
its end: the changes are those that tiering would emit, customer by customer. Only Kafka is read; nothing is written to
it or to Redis. Population-relative cuts are taken from the base as it stands.

Revenue is the net spend of the last 365 days.

Examples:
  tierctl whatif --policy next.yaml
  tierctl whatif --policy next.yaml --svg next.svg --out next --lang zh
  tierctl whatif --policy next.yaml --json | jq .programs.value.losers
  tierctl whatif --policy next.yaml --from log.jsonl.gz --as-of 2011-06-30
  tierctl whatif --policy next.yaml --from events.jsonl.gz --active retail-ladder.yaml`,
    )
    .action(async (options: WhatIfCommandOptions) => {
      const { policy, from, active, zone, horizonDays, svg, out, lang: language, namespace } = options;
      const prediction = await runWhatIf({
        policy,
        from: from === 'LOG' ? null : from,
        namespace,
        active: active ?? null,
        deployment: readDeployment({
          partitions: 1,
          slices: deploymentDefaults.slices,
          zone,
          horizonDays,
          baseCurrency: options.currency,
        }),
        asOf: options.asOf === undefined ? null : parseAsOf(options.asOf),
        losersMost: wholeNumber('--top', options.top, 0),
        svg: svg ?? null,
        out: out ?? null,
        language,
      });
      if (options.json) printJson(predictionJson(prediction));
      else print(describePrediction(prediction, language));
    });
}
