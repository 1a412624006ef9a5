/**
 * Crashes on purpose, for the chaos suite: TIERFLOW_FAILPOINT names where and how often it is passed before, e.g.
 * `publish.before:3` (the state is committed, nothing is sent) or `publish.after:3` (the transaction has ended, nobody
 * knows). SIGKILL, so that nothing is cleaned up.
 */
import type { Publisher, PublisherFactory } from '@tierflow/processor/ports';

export type Failpoint = 'publish.before' | 'publish.after';

export function failpointFrom(setting: string | undefined): ((point: Failpoint) => void) | null {
  if (!setting) return null;
  const match = /^(publish\.before|publish\.after):(\d+)$/.exec(setting);
  if (!match) throw new Error(`TIERFLOW_FAILPOINT=${setting} is none of publish.before:N and publish.after:N.`);
  let passes = Number(match[2]);
  return point => {
    if (point === match[1] && passes-- === 0) process.kill(process.pid, 'SIGKILL');
  };
}

export function withFailpoint(publishers: PublisherFactory, pass: (point: Failpoint) => void): PublisherFactory {
  return {
    async open(partition): Promise<Publisher> {
      const publisher = await publishers.open(partition);
      return {
        fence: () => publisher.fence(),
        close: () => publisher.close(),
        async publish(entries, after) {
          pass('publish.before');
          await publisher.publish(entries, after);
          pass('publish.after');
        },
      };
    },
  };
}
