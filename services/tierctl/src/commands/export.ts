import type { Command } from 'commander';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { exportLog } from '../export-log.ts';
import { note, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface ExportOptions extends ServerCommandOptions {
  readonly partition?: string;
  readonly out?: string;
}

export function addExport(program: Command): void {
  serverCommand(program, 'export', 'Write the committed log as lines, partition by partition in order of offset.')
    .option('--from-beginning', 'from the first record on; this is the default, and what backtest needs')
    .option('--partition <n>', 'this partition only')
    .option('--out <file>', 'to a file instead of stdout, compressed where its name ends in .gz')
    .addHelpText(
      'after',
      `
The lines hold everything that the log says, so \`tierctl backtest --events\` folds them to the same standings and
changes. With --json a summary follows: on stdout where the lines go to a file, else on stderr.

Examples:
  tierctl export --from-beginning --out log.jsonl.gz
  tierctl export --partition 0 | head`,
    )
    .action(async (options: ExportOptions) => {
      await withConnections(options, async connections => {
        const partition = options.partition === undefined ? null : wholeNumber('--partition', options.partition, 0);
        const records = await exportLog(connections, partition, options.out ?? null);
        if (options.json && options.out !== undefined) printJson({ records, out: options.out });
        else if (options.json) note(JSON.stringify({ records }));
        else if (options.out !== undefined) note(`${records} records in ${options.out}`);
      });
    });
}
