import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { withConnections } from '../connections.ts';
import { type PartitionHealth, readHealth } from '../partition-health.ts';
import { print, printJson, table } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

export function addHalted(program: Command): void {
  serverCommand(program, 'halted', 'Tell which partitions are halted, why, and what to do; and how the others stand.')
    .addHelpText(
      'after',
      `
Asks the guards that every takeover asks, from outside: no tiering process need run, and nothing is written. Ends with exit
code 1 where a partition is halted.

Examples:
  tierctl halted
  tierctl halted --json | jq '.partitions[] | select(.halted)'`,
    )
    .action(async (options: ServerCommandOptions) => {
      await withConnections(options, async connections => {
        const { namespace } = connections.environment;
        const partitions = await readHealth(connections);
        const halted = partitions.filter(partition => partition.halted !== null);
        if (options.json) {
          printJson({ namespace, halted: halted.length, partitions: partitions.map(withEmittedText) });
        } else {
          print(describe(partitions));
          for (const each of halted) print(describeHalt(each));
          if (halted.length === 0) print('No partition is halted.');
        }
        if (halted.length === 0) return;
        const names = halted.map(({ partition }) => partition).join(', ');
        throw new CommandFailure(
          `${halted.length} of ${partitions.length} partitions are halted: ${names}`,
          'do what stands behind each; tiering takes a partition up again when it is restarted',
        );
      });
    });
}

/** As messages and the header `ce_id` write it. */
function withEmittedText(health: PartitionHealth): unknown {
  const { emitted } = health;
  return { ...health, emitted: emitted === null ? null : `${emitted.offset}-${emitted.index}` };
}

function describe(partitions: readonly PartitionHealth[]): string {
  return table(
    ['partition', 'state', 'log end', 'cursor', 'lag', 'emitted', 'outbox'],
    partitions.map(({ partition, condition, halted, logEnd, cursor, lag, emitted, outboxEntries }) => [
      partition,
      halted === null ? conditions[condition] : `halted: ${halted.reason}`,
      logEnd,
      cursor ?? '-',
      lag,
      emitted === null ? '-' : `${emitted.offset}-${emitted.index}`,
      outboxEntries,
    ]),
  );
}

const conditions: Readonly<Record<PartitionHealth['condition'], string>> = {
  fine: 'fine',
  behind: 'behind',
  refolding: 'folded anew',
  notFolded: 'not folded yet',
  halted: 'halted',
};

function describeHalt({ partition, halted }: PartitionHealth): string {
  const { reason, message, remedy, page } = halted!;
  return `\nPartition ${partition}: ${reason}\n  ${message}\n  ${remedy}\n  ${page}`;
}
