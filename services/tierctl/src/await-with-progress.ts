import { awaitFolded } from './await-folded.ts';
import type { Connections } from './connections.ts';
import { startProgress } from './progress.ts';

/** For commands that answer from the state: waits until it is up to date, and shows how far it is. */
export async function awaitWithProgress(connections: Connections, timeoutSeconds: number): Promise<void> {
  let progress: ReturnType<typeof startProgress> | null = null;
  let most = 0;
  try {
    await awaitFolded(connections, timeoutSeconds, lags => {
      const behind = lags.reduce((sum, lag) => sum + lag.behind, 0);
      if (progress === null) {
        if (lags.every(lag => lag.behind === 0 && lag.unpublished === 0)) return;
        most = behind;
        progress = startProgress('Folding', most);
      }
      progress.update(most - behind, `${behind} behind`);
    });
  } finally {
    (progress as ReturnType<typeof startProgress> | null)?.end();
  }
}
