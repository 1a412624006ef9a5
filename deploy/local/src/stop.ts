/** `npm run stop`: ends a start that runs elsewhere, and what a killed one has left behind. */
import { join } from 'node:path';
import { localDir } from './paths.ts';
import { endLeftovers, runningOwner } from './processes/data-folder.ts';
import { isRunning } from './processes/process-record.ts';
import { waitUntil } from './processes/wait-until.ts';

const ownerTimeoutMs = 45_000;

const dataDir = join(localDir, 'data');
const running = runningOwner(dataDir);
if (running !== null) {
  process.kill(running.pid, 'SIGTERM');
  await waitUntil(() => !isRunning(running), ownerTimeoutMs);
}
const leftovers = await endLeftovers(dataDir);
const stopped = [...(running === null ? [] : ['npm start']), ...leftovers];
console.error(stopped.length === 0 ? 'Nothing was running.' : `Stopped: ${stopped.join(', ')}.`);
