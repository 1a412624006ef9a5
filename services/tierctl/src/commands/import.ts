import { type Command, Option } from 'commander';
import { withConnections } from '../connections.ts';
import { type ImportMode, type ImportSummary, importFile } from '../import/import-file.ts';
import { openLines } from '../line-source.ts';
import { print, printJson, table } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface ImportOptions extends ServerCommandOptions {
  readonly mode: ImportMode;
  readonly source: string;
}

export function addImport(program: Command): void {
  serverCommand(
    program,
    'import <file>',
    'Write a file of events, one JSON object a line, plain or gzipped, to the log.',
  )
    .addOption(
      new Option('--mode <mode>', 'history: day by day, as it happened; bootstrap: all at once, as of its last day')
        .choices(['history', 'bootstrap'])
        .default('history'),
    )
    .option('--source <name>', 'source of lines that name none; part of an event’s identity', 'import')
    .addHelpText(
      'after',
      `
A file imported twice changes nothing: events are known by type, source and id. Lines that cannot be accepted go to
rejected-events with their place and the reason; they never stop an import. - reads standard input.

Examples:
  tierctl import events.jsonl.gz
  tierctl import --mode bootstrap --source crm customers.jsonl
  zcat part-*.gz | tierctl import - --json`,
    )
    .action(async (file: string, options: ImportOptions) => {
      const source = openLines(file);
      await withConnections(options, async connections => {
        const summary = await importFile(connections, source, options.mode, options.source);
        if (options.json) printJson(summary);
        else print(describe(file, summary));
      });
    });
}

function describe(file: string, { read, written, rejected, days, seconds }: ImportSummary): string {
  const reasons = Object.entries(rejected);
  const refused = reasons.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    `${file}: ${read} lines read, ${written} events written, ${refused} rejected, ${days} business days opened, ${seconds.toFixed(1)} s`,
  ];
  if (reasons.length > 0) lines.push(table(['rejected because', 'lines'], reasons));
  return lines.join('\n');
}
