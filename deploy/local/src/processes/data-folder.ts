/**
 * A data folder belongs to one run at a time. Claiming it ends what a killed run has left running on it: servers that
 * are still writing there would corrupt it, and hold the ports.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnmetNeed } from '../unmet-need.ts';
import { isRunning, type ProcessRecord, readRecords, removeRecord, writeRecord } from './process-record.ts';
import { waitUntil } from './wait-until.ts';

const owner = 'owner';
const leftoverTimeoutMs = 10_000;

export function recordsDirOf(dataDir: string): string {
  return join(dataDir, 'processes');
}

export async function claimDataFolder(dataDir: string, reuse: boolean): Promise<void> {
  const records = recordsDirOf(dataDir);
  const running = runningOwner(dataDir);
  if (running !== null) {
    throw new UnmetNeed(`Another run (process ${running.pid}) uses ${dataDir}. Stop it first: npm run stop`);
  }
  await endLeftovers(dataDir);
  if (!reuse) rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  writeRecord(records, owner, process.pid);
}

export function releaseDataFolder(dataDir: string): void {
  removeRecord(recordsDirOf(dataDir), owner);
}

export function runningOwner(dataDir: string): ProcessRecord | null {
  const record = readRecords(recordsDirOf(dataDir)).find(({ name }) => name === owner);
  return record !== undefined && record.pid !== process.pid && isRunning(record) ? record : null;
}

/** Ends every recorded process that is verifiably the one that was recorded, and gives their names. */
export async function endLeftovers(dataDir: string): Promise<string[]> {
  const records = recordsDirOf(dataDir);
  const ended = await Promise.all(
    readRecords(records).map(async record => {
      const ran = record.name !== owner && (await endLeftover(record));
      removeRecord(records, record.name);
      return ran ? [record.name] : [];
    }),
  );
  return ended.flat();
}

async function endLeftover(record: ProcessRecord): Promise<boolean> {
  if (!isRunning(record)) return false;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-record.pid, signal);
    } catch {
      // It ended in this instant.
    }
    if ((await waitUntil(() => !isRunning(record), leftoverTimeoutMs)) !== null) break;
  }
  return true;
}
