/** How far the processes are, as the log's ends and the cursors in Redis tell; and waiting for what must come. */
import type { RecordReader } from '@tierflow/kafka/record-reader';
import { waitUntil } from '@tierflow/local/processes/wait-until';
import { PartitionKeys } from '@tierflow/redis/keys';
import { decodeOutboxEntry } from '@tierflow/redis/outbox-entry';
import type { Pipeline } from '../e2e/pipeline.ts';

export interface Position {
  readonly cursor: number | null;
  readonly end: number;
  /** Offset of the first record whose changes the store does not know to be published. */
  readonly unpublished: number;
}

const conditionTimeoutMs = 120_000;
const positionsTimeoutMs = 3000;
const workTimeoutMs = 10_000;

export class LogProgress {
  readonly #pipeline: Pipeline;
  readonly #reader: RecordReader;
  readonly #keys: readonly PartitionKeys[];

  constructor(pipeline: Pipeline, reader: RecordReader) {
    this.#pipeline = pipeline;
    this.#reader = reader;
    const { namespace, partitions } = pipeline;
    this.#keys = Array.from({ length: partitions }, (_, partition) => new PartitionKeys(namespace, partition));
  }

  /** null while a server is away. */
  async positions(): Promise<readonly Position[] | null> {
    const read = Promise.all(
      this.#keys.map(async ({ meta, outbox }, partition) => {
        const { redis, topics } = this.#pipeline;
        const { highWatermark } = await this.#reader.bounds(topics.customerEvents, partition);
        const cursor = await redis.hget(meta, 'cursor');
        const [oldest] = await redis.lrangeBuffer(outbox, 0, 0);
        return {
          cursor: cursor === null ? null : Number(cursor),
          end: highWatermark,
          unpublished: oldest === undefined ? Number.POSITIVE_INFINITY : decodeOutboxEntry(oldest).first.offset,
        };
      }),
    ).catch(() => null);
    const late = new Promise<null>(resolve => setTimeout(resolve, positionsTimeoutMs, null).unref());
    return Promise.race([read, late]);
  }

  /** The keys under which each partition's cursor lies, for a look past the lanes. */
  get metaKeys(): readonly string[] {
    return this.#keys.map(({ meta }) => meta);
  }

  /** Waits a little until there are records that are not folded, or changes that are not published; false: none came. */
  async hasWork(): Promise<boolean> {
    const hasWork = async () => {
      const now = await this.positions();
      return (
        now?.some(({ cursor, end, unpublished }) => cursor === null || Math.min(cursor, unpublished) < end) ?? false
      );
    };
    return (await waitUntil(hasWork, workTimeoutMs)) !== null;
  }

  /** Until at least one partition is further than before. */
  async movesOn(): Promise<void> {
    let before: readonly Position[] | null = null;
    await until('a partition goes on', async () => {
      const now = await this.positions();
      const moved = now?.some(({ cursor }, p) => {
        const last = before?.[p]?.cursor ?? null;
        return cursor !== null && last !== null && cursor > last;
      });
      before = now ?? before;
      return moved ?? false;
    });
  }

  /** Until every partition has folded and published all that its log holds now. */
  async catchesUp(): Promise<void> {
    let ends: readonly number[] | null = null;
    await until('every partition has caught up', async () => {
      const now = await this.positions();
      if (now === null) return false;
      ends ??= now.map(({ end }) => end);
      return now.every(({ cursor, unpublished }, p) => cursor !== null && Math.min(cursor, unpublished) >= ends![p]!);
    });
  }
}

export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  if ((await waitUntil(condition, conditionTimeoutMs)) !== null) return;
  throw new Error(`waited ${conditionTimeoutMs / 1000} s in vain: ${what}`);
}
