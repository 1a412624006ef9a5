/**
 * What a backup consists of. The manifest is written last: a folder without it is no backup. It says what the files must
 * be, so that a restore can refuse, before it touches anything, what is damaged or belongs somewhere else.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { stateFormat } from '@tierflow/customer/customer-codec';
import type { LogOpened } from '@tierflow/customer/events';
import { foldVersion } from '@tierflow/processor/partition-fold';
import { CommandFailure } from '../command-failure.ts';
import { runbook } from '../runbook.ts';

export const manifestName = 'manifest.json';
export const backupFormat = 2;

export interface BackedUpPartition {
  readonly partition: number;
  /** null: nothing was folded, and there is no file. */
  readonly cursor: number | null;
  readonly customers: number;
  /** Over all slices. */
  readonly digest: string;
  readonly file: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
}

export interface Manifest {
  readonly format: number;
  readonly namespace: string;
  readonly logId: string;
  readonly slices: number;
  readonly stateFormat: number;
  readonly foldVersion: number;
  readonly takenAt: string;
  /** Where the manual clock stands; null: nobody has set it. */
  readonly manualClock: string | null;
  readonly partitions: readonly BackedUpPartition[];
}

export function readManifest(dir: string): Manifest {
  const path = join(dir, manifestName);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch (error) {
    throw new CommandFailure(
      `${path} cannot be read: ${error instanceof Error ? error.message : error}`,
      'give the folder that `tierctl backup --out` wrote; one without a manifest was not finished',
    );
  }
}

/** What belongs elsewhere is refused, each with its way out. */
export function checkManifest(manifest: Manifest, namespace: string, genesis: LogOpened): void {
  const refuse = (what: string, remedy: string): never => {
    throw new CommandFailure(what, `${remedy}; see ${runbook.backupAndRestore}`);
  };
  if (manifest.format !== backupFormat) {
    refuse(
      `the backup has format ${manifest.format}, this release reads ${backupFormat}`,
      'use the release that took it',
    );
  }
  if (manifest.namespace !== namespace) {
    refuse(
      `the backup is of namespace ${manifest.namespace}, not of ${namespace}`,
      `restore it with --namespace ${manifest.namespace}`,
    );
  }
  if (manifest.logId !== genesis.logId) {
    refuse(
      `the backup belongs to log ${manifest.logId}, and the topic is ${genesis.logId}`,
      'a state cannot go on with another log: restore the topics too, or let tiering fold the log that is there',
    );
  }
  if (manifest.partitions.length !== genesis.partitions || manifest.slices !== genesis.slices) {
    refuse('the backup has other partitions or slices than the log', 'take the backup that belongs to this log');
  }
  if (manifest.stateFormat !== stateFormat || manifest.foldVersion !== foldVersion) {
    refuse(
      `the backup holds state format ${manifest.stateFormat} of fold ${manifest.foldVersion}, this release has ${stateFormat} of ${foldVersion}`,
      'use the release that took it, or let this one fold the log anew: `tierctl refold`',
    );
  }
}

export async function checkFiles(dir: string, manifest: Manifest): Promise<void> {
  for (const { file, sha256 } of manifest.partitions) {
    if (file === null || (await sha256Of(join(dir, file))) === sha256) continue;
    throw new CommandFailure(
      `${join(dir, file)} is not the file that was written`,
      'it was cut or altered: take another copy of the backup; nothing was touched',
    );
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
