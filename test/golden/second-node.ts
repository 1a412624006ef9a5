/**
 * Another major of Node, the oldest one that can run the sources as they are: by npx, once, and then from the cache folder.
 * A machine's own Node does not do, because the test must mean the same everywhere.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '@tierflow/local/paths';
import { runToEnd } from '@tierflow/local/processes/run-to-end';

export const secondNodeMajor = 22;

export async function secondNode(): Promise<string> {
  const folder = join(cacheDir(), `node-${secondNodeMajor}`);
  const executable = join(folder, 'node');
  if (existsSync(executable)) return executable;
  const fetched = await fetchByNpx();
  mkdirSync(folder, { recursive: true });
  // A finished file appears by a rename, so it is complete or not there.
  const partial = join(folder, `node-${process.pid}`);
  copyFileSync(fetched, partial);
  chmodSync(partial, 0o755);
  renameSync(partial, executable);
  return executable;
}

async function fetchByNpx(): Promise<string> {
  const args = ['--loglevel=error', '-y', '-p', `node@${secondNodeMajor}`, '-c', 'node -p process.execPath'];
  try {
    // Not in the repository, whose own settings of npm are not meant for this.
    return (await runToEnd({ command: 'npx', args, cwd: tmpdir() })).trim().split('\n').at(-1)!;
  } catch (error) {
    throw new Error(
      `Node ${secondNodeMajor} is needed to fold the golden logs under two majors and could not be fetched by npx. ` +
        `Check the network and npm's registry, or put its executable at ${join(cacheDir(), `node-${secondNodeMajor}`, 'node')}.`,
      { cause: error },
    );
  }
}
