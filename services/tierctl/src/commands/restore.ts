import { join } from 'node:path';
import { parseDay } from '@tierflow/customer/epoch-day';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { SliceReader } from '@tierflow/redis/slice-reader';
import type { Command } from 'commander';
import { type BackedUpPartition, checkFiles, checkManifest, type Manifest, readManifest } from '../backup/manifest.ts';
import { openPartitionFile } from '../backup/partition-file.ts';
import { guardBackup, restorePartition } from '../backup/restore-partition.ts';
import { CommandFailure } from '../command-failure.ts';
import { confirm } from '../confirm.ts';
import { type Connections, withConnections } from '../connections.ts';
import { eventLog } from '../partition-health.ts';
import { startProgress } from '../progress.ts';
import { runbook } from '../runbook.ts';
import { note, print, printJson, table } from '../terminal.ts';
import { partitionsOf } from './audit.ts';
import { describePartitions } from './backup.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface RestoreOptions extends ServerCommandOptions {
  readonly from: string;
  readonly partition?: string;
  readonly yes: boolean;
}

export function addRestore(program: Command): void {
  serverCommand(program, 'restore', 'Put a backup back into Redis; tiering folds on from there.')
    .requiredOption('--from <folder>', 'what `tierctl backup` wrote')
    .option('--partition <n>', 'only this partition')
    .option('--yes', 'do not ask before', false)
    .addHelpText(
      'after',
      `
Replaces what Redis holds of each partition. Tiering may run: it waits, and then folds what has come since the backup; what
is on tier-changes already is not emitted again. Refuses, before it touches anything, a backup of another log, namespace or
release, a damaged file, and one that the log can no longer be folded on from. ${runbook.backupAndRestore}

Examples:
  tierctl restore --from /backups/2024-03-01
  tierctl restore --from /backups/2024-03-01 --yes && tierctl await && tierctl audit`,
    )
    .action(async (options: RestoreOptions) => {
      await withConnections(options, async connections => {
        const { namespace } = connections.environment;
        const genesis = await connections.genesis();
        const manifest = readManifest(options.from);
        checkManifest(manifest, namespace, genesis);
        const chosen = new Set(partitionsOf(options.partition, genesis.partitions));
        const wanted = manifest.partitions.filter(({ partition, file }) => file !== null && chosen.has(partition));
        await checkFiles(options.from, { ...manifest, partitions: wanted });
        const log = await eventLog(connections);
        for (const { partition, file } of wanted) {
          const { header, customers } = await openPartitionFile(join(options.from, file!));
          await customers.return(undefined);
          await guardBackup(
            connections,
            { namespace, partitions: genesis.partitions },
            header,
            await log.genesis(partition),
          );
        }
        if (!options.yes) await ask(connections, manifest, wanted);
        const restored = await restore(connections, options.from, manifest, wanted, genesis.slices);
        if (options.json) printJson({ namespace, partitions: restored });
        else {
          print(describePartitions(restored));
          print(
            'Restored; what Redis holds has the digests of the backup. `tierctl await` waits until tiering has folded on.',
          );
        }
      });
    });
}

async function ask(
  connections: Connections,
  { takenAt, namespace }: Manifest,
  wanted: readonly BackedUpPartition[],
): Promise<void> {
  const states = await connections.states();
  const now = await Promise.all(wanted.map(async ({ partition }) => (await states.readPartition(partition)).cursor));
  note(
    table(
      ['partition', 'folded up to now', 'in the backup'],
      wanted.map(({ partition, cursor }, i) => [partition, now[i] ?? '-', cursor!]),
    ),
  );
  await confirm(`Replace the state of ${wanted.length} partitions of ${namespace} by the backup of ${takenAt}?`);
}

async function restore(
  connections: Connections,
  dir: string,
  { manualClock }: Manifest,
  wanted: readonly BackedUpPartition[],
  sliceCount: number,
): Promise<BackedUpPartition[]> {
  const { namespace } = connections.environment;
  const redis = await connections.redis();
  const slices = await SliceReader.open(redis, namespace);
  const progress = startProgress(
    'Restoring',
    wanted.reduce((sum, { customers }) => sum + customers, 0),
  );
  const restored: BackedUpPartition[] = [];
  let done = 0;
  try {
    for (const each of wanted) {
      const digest = await restorePartition(connections, slices, join(dir, each.file!), sliceCount, count => {
        done += count;
        progress.update(done, `partition ${each.partition}`);
      });
      if (digest !== each.digest) {
        throw new CommandFailure(
          `partition ${each.partition} has digest ${digest}, and the manifest says ${each.digest}`,
          'the manifest does not belong to these files: take another copy, or run `tierctl refold`',
        );
      }
      restored.push(each);
    }
  } finally {
    progress.end();
  }
  const clock = new ManualClock(redis, namespace);
  const day = manualClock === null ? null : parseDay(manualClock);
  if (day !== null && (await clock.today()) === null) await clock.set(day);
  return restored;
}
