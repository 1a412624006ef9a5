/** A thread that runs the ranges of seeds that it is given, weakened where that is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { weaken } from '../weakness/weaken.ts';
import type { SeedRange } from './run-seeds.ts';
import { findWeakness } from './weaknesses.ts';

const { weakness } = workerData as { readonly weakness: string | null };
if (weakness !== null) weaken(findWeakness(weakness));
// Only now, so that the weakness is in what is loaded.
const { runSeeds } = await import('./run-seeds.ts');

parentPort!.on('message', (range: SeedRange) => {
  runSeeds(range).then(
    run => parentPort!.postMessage(run),
    error => {
      throw error;
    },
  );
});
