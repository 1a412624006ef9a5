import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDataFolder, endLeftovers, recordsDirOf } from './data-folder.ts';
import { OwnedProcess } from './owned-process.ts';
import { identityOf } from './process-identity.ts';
import { readRecords, writeRecord } from './process-record.ts';
import { waitUntil } from './wait-until.ts';

const timeoutMs = 20_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierflow-processes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startSleep(): Promise<OwnedProcess> {
  const logFile = join(folder, 'sleep.log');
  return OwnedProcess.start({
    name: 'sleep',
    command: 'sleep',
    args: ['60'],
    logFile,
    recordsDir: recordsDirOf(folder),
  });
}

test('a child ends when its owner is killed', { timeout: timeoutMs }, async () => {
  // The owner is a process of its own, which says its child's id and then waits to be killed.
  const owned = join(import.meta.dirname, 'owned-process.ts');
  const start = { name: 'sleep', command: 'sleep', args: ['60'], logFile: join(folder, 'sleep.log') };
  const script = `
    import { OwnedProcess } from ${JSON.stringify(owned)};
    const child = await OwnedProcess.start(${JSON.stringify(start)});
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const childPid = await new Promise<number>(resolve => owner.stdout.once('data', text => resolve(Number(text))));
  expect(identityOf(childPid)).not.toBeNull();

  owner.kill('SIGKILL');

  expect(await waitUntil(() => identityOf(childPid) === null, timeoutMs)).toBe(true);
});

test('a process is recorded while it runs', async () => {
  const child = await startSleep();
  expect(readRecords(recordsDirOf(folder))).toEqual([
    { name: 'sleep', pid: child.pid, identity: identityOf(child.pid) },
  ]);
  await child.stop();
  expect(child.exit).toEqual({ code: null, signal: 'SIGTERM' });
  expect(readRecords(recordsDirOf(folder))).toEqual([]);
});

test('claiming a folder ends what a killed run left behind', { timeout: timeoutMs }, async () => {
  const leftover = await startSleep();
  await claimDataFolder(folder, true);
  expect(await leftover.exited).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a process that merely got a recorded id is left alone', async () => {
  const stranger = await startSleep();
  const [record] = readRecords(recordsDirOf(folder));
  const file = join(recordsDirOf(folder), 'sleep.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(record!.identity, 'started at another time'));

  expect(await endLeftovers(folder)).toEqual([]);

  expect(stranger.exit).toBeNull();
  await stranger.kill();
});

test('a folder that another run uses is refused', async () => {
  const other = await startSleep();
  writeRecord(recordsDirOf(folder), 'owner', other.pid);
  await expect(claimDataFolder(folder, false)).rejects.toThrow(`process ${other.pid}`);
  await other.kill();
});
