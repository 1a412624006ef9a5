import { parseDay } from '@tierflow/customer/epoch-day';
import { isCalendarDay } from '@tierflow/customer/event-problem';
import type { EpochDay } from '@tierflow/customer/events';
import type { Command } from 'commander';
import { awaitWithProgress } from '../await-with-progress.ts';
import { CommandFailure } from '../command-failure.ts';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { describeFlow } from '../flow/describe-flow.ts';
import { flowJson } from '../flow/flow-json.ts';
import { type Flow, readFlow } from '../flow/read-flow.ts';
import { type Language, languageOption } from '../language.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface FlowOptions extends ServerCommandOptions {
  readonly from?: string;
  readonly to?: string;
  readonly program?: string;
  readonly daily: boolean;
  readonly lang: Language;
  readonly timeoutSeconds: string;
}

export function addFlow(program: Command): void {
  serverCommand(program, 'flow', 'Tell who moved between the tiers in a period, and why, and what each tier brought.')
    .option('--from <day>', 'first day of the period (default: the 30 days that end with --to)')
    .option('--to <day>', 'last day of the period (default: the present day of the log, as far as it has come)')
    .option('--program <name>', 'of this program only')
    .option('--daily', 'add a table with each day of the period', false)
    .option('--timeout-seconds <n>', 'wait no longer than this until all is folded', '600')
    .addOption(languageOption('the tables'))
    .addHelpText(
      'after',
      `
For each tier: who stood there before the period, came, left, and stood there after it; so many of those before who at least
stayed or rose; and the orders, the spending less refunds and the mean satisfaction that customers brought while they stood
there. Moves are counted, so a customer who comes and goes counts each time. Before the log's first day there is nothing.

Examples:
  tierctl flow
  tierctl flow --from 2026-01-01 --to 2026-03-31 --program value
  tierctl flow --daily --lang zh
  tierctl flow --json | jq .programs.value.directions`,
    )
    .action(async (options: FlowOptions) => {
      const period = { fromDay: dayOf('--from', options.from), toDay: dayOf('--to', options.to) };
      const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
      await withConnections(options, async connections => {
        const genesis = await connections.genesis();
        await awaitWithProgress(connections, timeoutSeconds);
        const flow = await readFlow(connections, genesis, period, options.daily);
        const only = programOf(options.program, flow);
        if (options.json) printJson(flowJson(flow, only, genesis));
        else print(describeFlow(flow, only, genesis, options.lang));
      });
    });
}

function dayOf(option: string, text: string | undefined): EpochDay | null {
  if (text === undefined) return null;
  const day = parseDay(text);
  if (day !== null && isCalendarDay(day)) return day;
  throw new CommandFailure(`${option} is ${JSON.stringify(text)}`, 'write a day as 2026-03-31', 2);
}

function programOf(name: string | undefined, { programs }: Flow): string | null {
  if (name === undefined || programs.some(({ program }) => program === name)) return name ?? null;
  const known = programs.map(({ program }) => program).join(', ');
  throw new CommandFailure(`there is no program ${JSON.stringify(name)}`, `name one of ${known}`, 2);
}
