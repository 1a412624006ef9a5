/**
 * The committed log of a namespace as it stands now. Partitions are read one after the other, each up to its end as it
 * was at the start.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EpochDay, LogOpened, LogRecord } from '@tierflow/customer/events';
import type { BacktestLog, LogPiece } from '../backtest/backtest-log.ts';
import { DayCut } from '../backtest/day-cut.ts';
import type { Connections } from '../connections.ts';

export interface LiveLog extends BacktestLog {
  /** Offsets to read, and those read so far. */
  readonly totalOffsets: number;
  readonly offsetsRead: () => number;
}

const attemptsMax = 10;
const attemptIntervalMs = 200;

interface LivePartition {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  next: number;
  controls: number;
}

export async function liveLog(connections: Connections, genesis: LogOpened, asOf: EpochDay | null): Promise<LiveLog> {
  const reader = await connections.reader();
  const { customerEvents } = connections.environment.topics;
  const ends = await Promise.all(
    Array.from({ length: genesis.partitions }, async (_, partition): Promise<LivePartition> => {
      const { logStart, highWatermark } = await reader.bounds(customerEvents, partition);
      return { partition, start: logStart, end: highWatermark, next: logStart, controls: 0 };
    }),
  );

  async function* read(
    live: LivePartition,
    to: number | undefined,
    isDone: () => boolean,
  ): AsyncGenerator<LogRecord[]> {
    for await (const fetched of reader.readAll(customerEvents, live.partition, live.next, to)) {
      const records: LogRecord[] = [];
      for (const raw of fetched) {
        if (isDone()) break;
        const record = await connections.decode(raw);
        if (isControl(record)) live.controls++;
        live.next = record.offset + 1;
        records.push(record);
      }
      if (records.length > 0) yield records;
      if (isDone()) return;
    }
  }

  async function* pieces(): AsyncGenerator<LogPiece> {
    const cuts = ends.map(() => new DayCut(asOf));
    async function* kept(live: LivePartition, to: number | undefined, isDone: () => boolean): AsyncGenerator<LogPiece> {
      const { partition } = live;
      for await (const records of read(live, to, isDone)) {
        const wanted = records.filter(record => cuts[partition]!.keeps(record));
        if (wanted.length > 0) yield { partition, records: wanted };
      }
    }
    for (const live of ends) {
      yield* kept(live, live.end, () => false);
      // Past markers and aborted records too, for whoever looks at the progress.
      live.next = Math.max(live.next, live.end);
    }
    // A control record goes to all partitions at once, but their ends are not taken at once, nor do its markers arrive so.
    const controls = Math.max(...ends.map(live => live.controls));
    for (let attempt = 0; attempt < attemptsMax && ends.some(live => live.controls < controls); attempt++) {
      if (attempt > 0) await delay(attemptIntervalMs);
      for (const live of ends) {
        if (live.controls < controls) yield* kept(live, undefined, () => live.controls >= controls);
      }
    }
    if (asOf === null) return;
    for (const { partition } of ends) {
      yield { partition, records: cuts[partition]!.closing(asOf, genesis.slices) };
    }
  }

  return {
    genesis,
    pieces,
    totalOffsets: ends.reduce((total, { start, end }) => total + end - start, 0),
    offsetsRead: () => ends.reduce((total, { start, next }) => total + next - start, 0),
  };
}

function isControl({ event }: LogRecord): boolean {
  return event.type !== 'Unreadable' && !('customerId' in event);
}
