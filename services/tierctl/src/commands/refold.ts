import type { HaltReason } from '@tierflow/processor/errors';
import { refold } from '@tierflow/redis/refold';
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { confirm } from '../confirm.ts';
import { withConnections } from '../connections.ts';
import { readHealth } from '../partition-health.ts';
import { print, printJson } from '../terminal.ts';
import { partitionsOf } from './audit.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface RefoldOptions extends ServerCommandOptions {
  readonly partition: string;
  readonly yes: boolean;
}

export function addRefold(program: Command): void {
  serverCommand(
    program,
    'refold',
    'Have a damaged partition folded anew from the log, by the tiering process that owns it.',
  )
    .requiredOption('--partition <n>', 'which one')
    .option('--yes', 'do not ask before', false)
    .addHelpText(
      'after',
      `
The state of the partition in Redis goes, and the owner folds the log from its start. Nothing is emitted twice, because what
is on tier-changes already is dropped by its id. Until it has caught up, the partition's views and counters are missing or
behind. Refused where the log cannot be folded from its start.

Examples:
  tierctl refold --partition 3
  tierctl refold --partition 3 --yes && tierctl await && tierctl audit --partition 3`,
    )
    .action(async (options: RefoldOptions) => {
      await withConnections(options, async connections => {
        const { namespace } = connections.environment;
        const { partitions } = await connections.genesis();
        const partition = partitionsOf(options.partition, partitions)[0]!;
        const health = (await readHealth(connections))[partition]!;
        const { halted, logEnd } = health;
        if (halted !== null && !mendedByRefold.has(halted.reason)) {
          throw new CommandFailure(
            `partition ${partition} is halted, and folding it anew does not mend that: ${halted.message}`,
            `${halted.remedy} See ${halted.page}`,
          );
        }
        if (!options.yes) {
          await confirm(`Delete the state of partition ${partition} of ${namespace} and fold ${logEnd} records anew?`);
        }
        await refold(await connections.redis(), namespace, partition);
        if (options.json) printJson({ namespace, partition, records: logEnd });
        else if (halted !== null)
          print(`The state of partition ${partition} is gone. Restart tiering, which then folds it anew.`);
        else print(`Partition ${partition} is folded anew, ${logEnd} records, by the tiering process that owns it.`);
      });
    });
}

/** Where only what is stored is the matter, the log and the output are whole, and the fold is the one that emitted. */
const mendedByRefold: ReadonlySet<HaltReason> = new Set<HaltReason>(['unknownStateFormat']);
