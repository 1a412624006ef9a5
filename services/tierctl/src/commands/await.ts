import type { Command } from 'commander';
import { awaitTakenIn } from '../await-taken-in.ts';
import { awaitWithProgress } from '../await-with-progress.ts';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { readSourcesFile } from '../sources-file.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface AwaitOptions extends ServerCommandOptions {
  readonly sources?: string;
  readonly timeoutSeconds: string;
}

export function addAwait(program: Command): void {
  serverCommand(program, 'await', 'Wait until what the log holds now is folded and every change is published.')
    .option('--sources <file>', 'wait first until intake has read what the topics of this sources file hold now')
    .option('--timeout-seconds <n>', 'give up after this time', '600')
    .addHelpText(
      'after',
      `
Ends with exit code 1 where the time is over, and says which topics or partitions are behind.

Examples:
  tierctl import events.jsonl && tierctl await && tierctl report
  tierctl await --sources sources.yaml
  tierctl await --timeout-seconds 60 --json`,
    )
    .action(async (options: AwaitOptions) => {
      const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
      await withConnections(options, async connections => {
        const startedAt = performance.now();
        if (options.sources !== undefined) {
          const sources = readSourcesFile(options.sources, await connections.genesis());
          const topics = sources.flatMap(({ topic }) => topic ?? []);
          await awaitTakenIn(connections, topics, timeoutSeconds);
        }
        await awaitWithProgress(connections, timeoutSeconds);
        const seconds = (performance.now() - startedAt) / 1000;
        if (options.json) printJson({ folded: true, seconds });
        else print(`Everything is folded and published (waited ${seconds.toFixed(1)} s).`);
      });
    });
}
