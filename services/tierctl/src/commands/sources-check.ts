import { readFileSync } from 'node:fs';
import { parseSources } from '@tierflow/config/sources/parse-sources';
import type { Source } from '@tierflow/config/sources/source';
import type { Command } from 'commander';
import { deploymentDefaults, readDeployment } from '../deployment-options.ts';
import { refuseFile } from '../refuse-file.ts';
import { print, printJson, table } from '../terminal.ts';

interface SourcesCheckOptions {
  readonly zone: string;
  readonly currency: string;
  readonly json: boolean;
}

export function addSourcesCheck(sources: Command): void {
  sources
    .command('check <file>')
    .description('Check a sources file: every problem with its line, or what it declares.')
    .option('--zone <name>', 'time zone of the deployment', deploymentDefaults.zone)
    .option('--currency <code>', 'base currency of the deployment', deploymentDefaults.currency)
    .option('--json', 'print one JSON document, for machines', false)
    .addHelpText(
      'after',
      `
Needs no servers. Rates are worth what they say in the deployment's base currency, so name it.

Examples:
  tierctl sources check sources.yaml --zone Asia/Shanghai --currency CNY
  tierctl sources check sources.yaml --json`,
    )
    .action((file: string, { zone, currency, json }: SourcesCheckOptions) => {
      const deployment = readDeployment({ zone, baseCurrency: currency });
      const parsed = parseSources(readFileSync(file, 'utf8'), deployment);
      if (!parsed.ok) refuseFile(file, parsed.problems, json);
      if (json) printJson({ ok: true, sources: parsed.sources.map(summary) });
      else print(describe(file, parsed.sources));
    });
}

function summary({ name, format, topic, startAt, sheet, delimiter, types }: Source) {
  if (topic !== null) return { name, format, topic, startAt, types };
  return format === 'xlsx' ? { name, format, sheet, types } : { name, format, delimiter, types };
}

function describe(file: string, sources: readonly Source[]): string {
  const rows = sources.map(source => [source.name, source.format, readFrom(source), source.types.join(', ')]);
  const count = `${sources.length} source${sources.length === 1 ? '' : 's'}`;
  return `${file} is valid: ${count}\n${table(['source', 'format', 'read from', 'gives'], rows)}`;
}

function readFrom({ topic, startAt, format, sheet, delimiter }: Source): string {
  if (topic !== null) return `topic ${topic}, from the ${startAt}`;
  if (format === 'csv') return `files of \`tierctl import\`, fields parted by ${JSON.stringify(delimiter)}`;
  return `workbooks of \`tierctl import\`, ${sheet === null ? 'first sheet' : `sheet ${JSON.stringify(sheet)}`}`;
}
