/** What was started is written down, so that a later run finds and ends what a killed one has left behind. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from './process-identity.ts';

export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

export function writeRecord(folder: string, name: string, pid: number): void {
  const identity = identityOf(pid);
  if (identity === null) return;
  mkdirSync(folder, { recursive: true });
  const record: ProcessRecord = { name, pid, identity };
  writeFileSync(recordFile(folder, name), JSON.stringify(record));
}

export function removeRecord(folder: string, name: string): void {
  rmSync(recordFile(folder, name), { force: true });
}

export function readRecords(folder: string): ProcessRecord[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter(file => file.endsWith('.json'));
  } catch {
    return [];
  }
  return files.flatMap(file => {
    try {
      return [JSON.parse(readFileSync(join(folder, file), 'utf8')) as ProcessRecord];
    } catch {
      // Half written by a run that was killed; it names nobody.
      rmSync(join(folder, file), { force: true });
      return [];
    }
  });
}

export function isRunning(record: ProcessRecord): boolean {
  return identityOf(record.pid) === record.identity;
}

function recordFile(folder: string, name: string): string {
  return join(folder, `${name}.json`);
}
