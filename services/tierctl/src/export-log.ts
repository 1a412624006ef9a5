/** The committed log as lines. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { formatLogLine } from '@tierflow/config/canonical/log-line';
import { CommandFailure } from './command-failure.ts';
import type { Connections } from './connections.ts';
import { startProgress } from './progress.ts';

/** Up to the log's end as it is when a partition's turn comes. `partition` or `out` of null: all of them, stdout. */
export async function exportLog(
  connections: Connections,
  partition: number | null,
  out: string | null,
): Promise<number> {
  const { partitions, baseCurrencyDigits } = await connections.genesis();
  if (partition !== null && partition >= partitions) {
    throw new CommandFailure(`there is no partition ${partition}`, `the log has 0 to ${partitions - 1}`, 2);
  }
  const wanted = partition === null ? Array.from({ length: partitions }, (_, index) => index) : [partition];
  const { customerEvents } = connections.environment.topics;
  const reader = await connections.reader();
  let records = 0;
  async function* lines(): AsyncGenerator<string> {
    for (const each of wanted) {
      const { logStart, highWatermark } = await reader.bounds(customerEvents, each);
      const progress = startProgress(`Exporting partition ${each}`, highWatermark - logStart);
      for await (const fetched of reader.readAll(customerEvents, each, logStart)) {
        let text = '';
        for (const raw of fetched) {
          text += `${formatLogLine(await connections.decode(raw), each, baseCurrencyDigits)}\n`;
        }
        records += fetched.length;
        progress.update(fetched.at(-1)!.offset - logStart, `${records} records`);
        yield text;
      }
      progress.end();
    }
  }
  if (out === null) await pipeline(Readable.from(lines()), process.stdout, { end: false });
  else if (out.endsWith('.gz')) await pipeline(Readable.from(lines()), createGzip(), createWriteStream(out));
  else await pipeline(Readable.from(lines()), createWriteStream(out));
  return records;
}
