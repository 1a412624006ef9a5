import { type Command, Option } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { withConnections } from '../connections.ts';
import { deploymentDefaults, readDeployment, wholeNumber } from '../deployment-options.ts';
import { chooseSource } from '../import/choose-source.ts';
import { describeDryRun } from '../import/describe-dry-run.ts';
import { dryRun } from '../import/dry-run.ts';
import type { EventInput } from '../import/event-input.ts';
import { type ImportMode, type ImportSummary, importFile } from '../import/import-file.ts';
import { lineInput } from '../import/line-input.ts';
import { describeMissingColumn, missingColumns } from '../import/missing-columns.ts';
import { tableInput } from '../import/table-input.ts';
import { type Language, languageOption } from '../language.ts';
import { readSourcesFile } from '../sources-file.ts';
import { openTable } from '../tables/open-table.ts';
import { note, print, printJson, table } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface ImportOptions extends ServerCommandOptions {
  readonly mapping?: string;
  readonly source?: string;
  readonly mode?: ImportMode;
  readonly dryRun?: string | true;
  readonly zone?: string;
  readonly currency?: string;
  readonly lang: Language;
}

/** What the log was opened with, or would be. */
interface Genesis {
  readonly zone: string;
  readonly baseCurrency: string;
  readonly baseCurrencyDigits: number;
}

const sourceOfLines = 'import';
const shownByDefault = '10';

export function addImport(program: Command): void {
  serverCommand(
    program,
    'import <file>',
    'Write a file to the log: canonical events, one JSON object a line, or a table (CSV, Excel) by a mapping.',
  )
    .option('--mapping <file>', 'FILE is a table; this sources file says what its columns mean')
    .option('--source <name>', `which source of the mapping; of lines that name none (default: ${sourceOfLines})`)
    .addOption(
      new Option(
        '--mode <mode>',
        'append: the facts alone, the conductor lets the days pass (default of tables); history: day by day, as it happened (default of lines); bootstrap: all at once, as of its last day',
      ).choices(['append', 'history', 'bootstrap']),
    )
    .option('--dry-run [n]', `write nothing: show the first events (${shownByDefault}) and everything rejected`)
    .option(
      '--zone <name>',
      `of a dry run without servers: time zone of the business days (${deploymentDefaults.zone})`,
    )
    .option('--currency <code>', `of a dry run without servers: base currency (${deploymentDefaults.currency})`)
    .addOption(languageOption('what is said'))
    .addHelpText(
      'after',
      `
A file imported twice changes nothing: events are known by type, source and id. What cannot be accepted goes to
rejected-events with its place and the reason; it never stops an import. - reads lines from standard input.

A table is looked at as a whole first: a file that cannot be read for certain (not UTF-8, rows of other length, a column
named twice) is refused, and nothing is written. Rows that bring no id are known by their content: a table with rows
added or moved may be imported again, a corrected row is a new event. Map an order number as eventId where there is one.

A dry run ends with exit code 1 where something is rejected. It takes zone and currency from the log where servers are
named in the environment, unless --zone or --currency is given.

Examples:
  tierctl import events.jsonl.gz
  tierctl import --mode bootstrap --source crm customers.jsonl
  zcat part-*.gz | tierctl import - --json
  tierctl import --mapping sources.yaml accounts.xlsx --dry-run --zone Asia/Shanghai --currency CNY --lang zh
  tierctl import --mapping sources.yaml orders.csv --source orders`,
    )
    .action(async (file: string, options: ImportOptions) => {
      if (options.dryRun !== undefined) return showDryRun(file, options, options.dryRun);
      const { zone, currency } = options;
      if (zone !== undefined || currency !== undefined) {
        throw new CommandFailure('--zone and --currency belong to --dry-run', 'the log has its own: leave them out', 2);
      }
      const mode = options.mode ?? (options.mapping === undefined ? 'history' : 'append');
      await withConnections(options, async connections => {
        const input = await openInput(file, options, await connections.genesis());
        const summary = await importFile(connections, input, mode);
        if (options.json) printJson(summary);
        else print(describe(file, input.unit, summary, options.lang));
      });
    });
}

async function openInput(
  file: string,
  { mapping, source, lang }: ImportOptions,
  genesis: Genesis,
): Promise<EventInput> {
  if (mapping === undefined) return lineInput(file, source ?? sourceOfLines);
  const chosen = chooseSource(readSourcesFile(mapping, genesis), file, source);
  const opened = await openTable(file, chosen, lang);
  for (const missing of missingColumns(chosen, opened)) note(describeMissingColumn(missing, file, mapping, lang));
  return tableInput(file, opened, chosen);
}

async function showDryRun(file: string, options: ImportOptions, shown: string | true): Promise<void> {
  const firstMax = wholeNumber('--dry-run', shown === true ? shownByDefault : shown, 0);
  const genesis = await genesisForDryRun(options);
  const run = await dryRun(await openInput(file, options, genesis), genesis, firstMax);
  if (options.json) printJson(run);
  else print(describeDryRun(run, options.lang));
  if (run.rejected.length > 0) process.exitCode = 1;
}

async function genesisForDryRun(options: ImportOptions): Promise<Genesis> {
  const { zone, currency } = options;
  const hasServers = process.env.KAFKA_BROKERS !== undefined && process.env.KAFKA_BROKERS !== '';
  if (hasServers && zone === undefined && currency === undefined) {
    return withConnections(options, connections => connections.genesis());
  }
  return readDeployment({
    zone: zone ?? deploymentDefaults.zone,
    baseCurrency: currency ?? deploymentDefaults.currency,
  });
}

function describe(file: string, unit: string, summary: ImportSummary, language: Language): string {
  const { read, written, rejected, days, seconds } = summary;
  const reasons = Object.entries(rejected);
  const refused = reasons.reduce((sum, [, count]) => sum + count, 0);
  const isChinese = language === 'zh';
  const lines = [
    isChinese
      ? `${file}：读取 ${read} 行，写入 ${written} 个事件，拒收 ${refused} 条，开启 ${days} 个业务日，用时 ${seconds.toFixed(1)} 秒`
      : `${file}: ${read} ${unit} read, ${written} events written, ${refused} rejected, ${days} business days opened, ${seconds.toFixed(1)} s`,
  ];
  if (reasons.length > 0) lines.push(table(isChinese ? ['拒收原因', '数量'] : ['rejected because', unit], reasons));
  return lines.join('\n');
}
