import type { Command } from 'commander';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { describeExplanation } from '../explain/describe-explanation.ts';
import { explainCustomer } from '../explain/explain-customer.ts';
import { type Language, languageOption } from '../language.ts';
import { words } from '../report/words.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface ExplainOptions extends ServerCommandOptions {
  readonly lang: Language;
  readonly changes: string;
}

export function addExplain(program: Command): void {
  serverCommand(program, 'explain <customer>', 'Tell why a customer stands where it stands, and what comes next.')
    .addOption(languageOption('the explanation'))
    .option('--changes <n>', 'so many of the latest changes', '10')
    .addHelpText(
      'after',
      `
Shows the numbers against the thresholds, what is missing for the next tier, and what leaves the windows next, with the
standing that follows if nothing else happens.

Examples:
  tierctl explain 12347
  tierctl explain 12347 --lang zh --changes 3
  tierctl explain 12347 --json | jq .ahead`,
    )
    .action(async (customer: string, options: ExplainOptions) => {
      const changesMax = wholeNumber('--changes', options.changes, 0);
      await withConnections(options, async connections => {
        const { explanation, policy } = await explainCustomer(connections, customer, changesMax);
        if (options.json) printJson(explanation);
        else print(describeExplanation(explanation, policy, words[options.lang]));
      });
    });
}
