import type { Command } from 'commander';
import { awaitWithProgress } from '../await-with-progress.ts';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface AwaitOptions extends ServerCommandOptions {
  readonly timeoutSeconds: string;
}

export function addAwait(program: Command): void {
  serverCommand(program, 'await', 'Wait until what the log holds now is folded and every change is published.')
    .option('--timeout-seconds <n>', 'give up after this time', '600')
    .addHelpText(
      'after',
      `
Ends with exit code 1 where the time is over, and says which partitions are behind.

Examples:
  tierctl import events.jsonl && tierctl await && tierctl report
  tierctl await --timeout-seconds 60 --json`,
    )
    .action(async (options: AwaitOptions) => {
      const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
      await withConnections(options, async connections => {
        const startedAt = performance.now();
        await awaitWithProgress(connections, timeoutSeconds);
        const seconds = (performance.now() - startedAt) / 1000;
        if (options.json) printJson({ folded: true, seconds });
        else print(`Everything is folded and published (waited ${seconds.toFixed(1)} s).`);
      });
    });
}
