import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { type Connections, withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { type Language, languageOption } from '../language.ts';
import { describeReject, describeRejects, describeReplay, payloadText } from '../rejects/describe-rejects.ts';
import { type Reject, readRejects } from '../rejects/read-rejects.ts';
import { timeFilter } from '../rejects/record-time.ts';
import { replayRejects } from '../rejects/replay-rejects.ts';
import { readSourcesFile } from '../sources-file.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface FilterOptions extends ServerCommandOptions {
  readonly reason?: string;
  readonly source?: string;
  readonly since?: string;
  readonly until?: string;
  readonly lang: Language;
}

interface ListOptions extends FilterOptions {
  readonly limit: string;
}

interface ReplayOptions extends FilterOptions {
  readonly sources: string;
  readonly dryRun: boolean;
}

export function addRejects(rejects: Command): void {
  addList(rejects);
  addShow(rejects);
  addReplay(rejects);
}

function filtered(command: Command): Command {
  return command
    .option('--reason <code>', 'this reason only, e.g. currencyWithoutRate')
    .option('--source <name>', 'from this topic or file only')
    .option('--since <time>', 'told of from this day of the log’s zone, or this time, on')
    .option('--until <time>', 'told of up to and including this day or time')
    .addOption(languageOption('the sentences'));
}

function addList(rejects: Command): void {
  filtered(serverCommand(rejects, 'list', 'What was not accepted: where, why, and what to do. The newest comes last.'))
    .option('--limit <n>', 'the newest ones only; the counts are of all', '50')
    .addHelpText(
      'after',
      `
Each rejection is told of once, however often it was reported. With --json one document a line.

Examples:
  tierctl rejects list
  tierctl rejects list --reason currencyWithoutRate --source shop.orders --lang zh
  tierctl rejects list --since 2024-05-31 --limit 1000 --json | jq -r .origin`,
    )
    .action(async (options: ListOptions) => {
      const limit = wholeNumber('--limit', options.limit, 1);
      await withConnections(options, async connections => {
        const all = await readFiltered(connections, options);
        const shown = all.slice(-limit);
        if (options.json) for (const reject of shown) print(JSON.stringify(document(reject)));
        else print(describeRejects(shown, all, options.lang));
      });
    });
}

function addShow(rejects: Command): void {
  serverCommand(rejects, 'show <id>', 'Everything that is known of one rejection, with what was rejected.')
    .addOption(languageOption('the sentences'))
    .addHelpText(
      'after',
      `
Examples:
  tierctl rejects show shop.orders/3@1042
  tierctl rejects show accounts.xlsx:17 --json`,
    )
    .action(async (id: string, options: ServerCommandOptions & { readonly lang: Language }) => {
      await withConnections(options, async connections => {
        const everything = { reason: null, source: null, isInTime: () => true };
        const reject = (await readRejects(connections, everything)).find(each => each.id === id);
        if (reject === undefined) {
          throw new CommandFailure(`there is no rejection ${id}`, 'see the ids in `tierctl rejects list`');
        }
        if (options.json) printJson(document(reject));
        else print(describeReject(reject, options.lang));
      });
    });
}

function addReplay(rejects: Command): void {
  filtered(serverCommand(rejects, 'replay [ids...]', 'Map rejected records once more, and write what is accepted now.'))
    .requiredOption('--sources <file>', 'the sources file, as it is now')
    .option('--dry-run', 'write nothing: say what would be accepted', false)
    .addHelpText(
      'after',
      `
After a rate was added or a mapping mended: the original records are read again from their topics. It may be repeated,
because events are known by their ids. Without ids, all rejections that fit the filters. What was rejected stays in
rejected-events, so \`list\` goes on to tell of it; a replay with --dry-run tells what is still rejected.

Examples:
  tierctl rejects replay --sources sources.yaml --reason currencyWithoutRate --dry-run
  tierctl rejects replay --sources sources.yaml --source shop.orders
  tierctl rejects replay --sources sources.yaml shop.orders/3@1042`,
    )
    .action(async (ids: readonly string[], options: ReplayOptions) => {
      await withConnections(options, async connections => {
        const sources = readSourcesFile(options.sources, await connections.genesis());
        const found = await readFiltered(connections, options);
        const chosen = ids.length === 0 ? found : ids.map(id => named(found, id));
        const summary = await replayRejects(connections, chosen, sources, options.dryRun);
        if (options.json) printJson(summary);
        else print(describeReplay(summary, options.dryRun, options.lang));
      });
    });
}

function named(found: readonly Reject[], id: string): Reject {
  const reject = found.find(each => each.id === id);
  if (reject !== undefined) return reject;
  throw new CommandFailure(`there is no rejection ${id} that fits`, 'see the ids in `tierctl rejects list`');
}

async function readFiltered(connections: Connections, options: FilterOptions): Promise<Reject[]> {
  const { zone } = await connections.genesis();
  return readRejects(connections, {
    reason: options.reason ?? null,
    source: options.source ?? null,
    isInTime: timeFilter(options.since, options.until, zone),
  });
}

function document(reject: Reject) {
  const { payload, timestamp, ...rest } = reject;
  return { ...rest, recordedAt: new Date(timestamp).toISOString(), payload: payloadText(reject) };
}
