import type { Command } from 'commander';
import { awaitWithProgress } from '../await-with-progress.ts';
import { CommandFailure } from '../command-failure.ts';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { type Language, languageOption } from '../language.ts';
import { describeReport } from '../report/describe-report.ts';
import { readReport } from '../report/read-report.ts';
import { reportJson } from '../report/report-json.ts';
import { words } from '../report/words.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface ReportOptions extends ServerCommandOptions {
  readonly lang: Language;
  readonly timeoutSeconds: string;
  readonly seconds?: string;
}

export function addReport(program: Command): void {
  serverCommand(program, 'report', 'Wait until all is folded, then tell who stands where, who moved, and why.')
    .addOption(languageOption('the report'))
    .option('--timeout-seconds <n>', 'wait no longer than this', '600')
    .option('--seconds <n>', 'how long the events took, to tell events per second')
    .addHelpText(
      'after',
      `
METRICS_URLS, separated by commas, are shown as places to look at.

Examples:
  tierctl report
  tierctl report --lang zh
  tierctl report --json | jq .programs.value.population`,
    )
    .action(async (options: ReportOptions) => {
      const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
      const seconds = options.seconds === undefined ? null : secondsOf(options.seconds);
      await withConnections(options, async connections => {
        await awaitWithProgress(connections, timeoutSeconds);
        const report = await readReport(connections);
        if (options.json) {
          printJson(reportJson(report, seconds));
          return;
        }
        const metricsUrls = (process.env.METRICS_URLS ?? '').split(',').filter(url => url.trim() !== '');
        const { partitions } = await connections.genesis();
        const { environment } = connections;
        print(describeReport(report, words[options.lang], { environment, partitions, seconds, metricsUrls }));
      });
    });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0) return seconds;
  throw new CommandFailure(`--seconds is ${JSON.stringify(text)}`, 'give a number above 0', 2);
}
