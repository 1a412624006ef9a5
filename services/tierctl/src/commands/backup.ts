import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFormat } from '@tierflow/customer/customer-codec';
import { formatDay } from '@tierflow/customer/epoch-day';
import { foldVersion } from '@tierflow/processor/partition-fold';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { SliceReader } from '@tierflow/redis/slice-reader';
import type { Command } from 'commander';
import { backUpPartition } from '../backup/back-up-partition.ts';
import { type BackedUpPartition, backupFormat, type Manifest, manifestName } from '../backup/manifest.ts';
import { CommandFailure } from '../command-failure.ts';
import { type Connections, withConnections } from '../connections.ts';
import { startProgress } from '../progress.ts';
import { runbook } from '../runbook.ts';
import { print, printJson, table } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface BackupOptions extends ServerCommandOptions {
  readonly out: string;
}

export function addBackup(program: Command): void {
  serverCommand(
    program,
    'backup',
    'Copy the state in Redis into files, each partition as of one instant. Runs on a living system.',
  )
    .requiredOption('--out <folder>', 'a new or empty folder')
    .addHelpText(
      'after',
      `
Needs nothing of Redis but its commands, so it works with managed ones. A partition stands still while it is read, a few
seconds for 100,000 customers; the others go on. An older backup is good: what has come since is folded again, and nothing is
emitted twice. The log itself is in Kafka, and is not part of it. The drill: ${runbook.backupAndRestore}

Examples:
  tierctl backup --out /backups/$(date +%F)
  tierctl backup --out /backups/today --json | jq '.partitions[] | {partition, cursor, digest}'`,
    )
    .action(async (options: BackupOptions) => {
      prepareFolder(options.out);
      await withConnections(options, async connections => {
        const manifest = await backUp(connections, options.out);
        if (options.json) {
          printJson(manifest);
          return;
        }
        print(describePartitions(manifest.partitions));
        print(`Backed up to ${options.out}. Restore it with \`tierctl restore --from ${options.out}\`.`);
      });
    });
}

function prepareFolder(dir: string): void {
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length === 0) return;
  throw new CommandFailure(`${dir} is not empty`, 'give each backup a folder of its own', 2);
}

async function backUp(connections: Connections, dir: string): Promise<Manifest> {
  const { namespace } = connections.environment;
  const { logId, partitions: count, slices: sliceCount } = await connections.genesis();
  const redis = await connections.redis();
  const slices = await SliceReader.open(redis, namespace);
  const today = await new ManualClock(redis, namespace).today();
  const partitions: BackedUpPartition[] = [];
  const progress = startProgress('Backing up', count * sliceCount);
  try {
    for (let partition = 0; partition < count; partition++) {
      const onSlice = (slice: number) => progress.update(partition * sliceCount + slice + 1, `partition ${partition}`);
      partitions.push(await backUpPartition(connections, slices, partition, sliceCount, dir, onSlice));
    }
  } finally {
    progress.end();
  }
  const manifest: Manifest = {
    ...{ format: backupFormat, namespace, logId, slices: sliceCount, stateFormat, foldVersion },
    takenAt: new Date().toISOString(),
    manualClock: today === null ? null : formatDay(today),
    partitions,
  };
  writeFileSync(join(dir, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

export function describePartitions(partitions: readonly BackedUpPartition[]): string {
  return table(
    ['partition', 'cursor', 'customers', 'digest', 'bytes'],
    partitions.map(({ partition, cursor, customers, digest, bytes }) => [
      ...[partition, cursor ?? '-', customers, digest, bytes],
    ]),
  );
}
