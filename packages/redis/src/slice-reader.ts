/**
 * Slices as others than the owner read them, for audits and backups: consistent while the owner is writing, because a
 * slice's digest tells whether anything of it has changed between two reads.
 */
import { PortFailure } from '@tierflow/processor/errors';
import type { Redis } from 'ioredis';
import { toPortError } from './errors.ts';
import { ensureFunctions, functionNames } from './function-library.ts';
import { checkNamespace, PartitionKeys } from './keys.ts';
import { repliesOf } from './pipeline-replies.ts';
import { FunctionCall } from './prebuilt-command.ts';

export interface SliceCustomer {
  readonly id: string;
  /** Infinity: nothing changes by time alone. */
  readonly dueDay: number;
  /** null: the due index names a customer whose state is gone. */
  readonly head: Buffer | null;
}

export interface SliceSnapshot {
  readonly cursor: number | null;
  /** null: none is kept. */
  readonly digest: string | null;
  readonly customers: readonly SliceCustomer[];
}

/** One reply is bounded by this, and so is the time for which other clients wait. */
const pageCustomers = 10_000;
const chunksPerRead = 1_000;
const ranksPerRead = 1_000;
const readAttemptsMax = 20;

export class SliceReader {
  readonly #client: Redis;
  readonly #namespace: string;

  static async open(client: Redis, namespace: string): Promise<SliceReader> {
    await ensureFunctions(client);
    return new SliceReader(client, namespace);
  }

  private constructor(client: Redis, namespace: string) {
    this.#client = client;
    this.#namespace = checkNamespace(namespace);
  }

  /** The customers of a slice and its digest at one instant. */
  async readSlice(partition: number, slice: number): Promise<SliceSnapshot> {
    for (let attempt = 0; attempt < readAttemptsMax; attempt++) {
      const first = await this.#readPage(partition, slice, 0);
      const customers = [...first.customers];
      let isConsistent = true;
      while (isConsistent && customers.length < first.total) {
        const page = await this.#readPage(partition, slice, customers.length);
        isConsistent = page.digest === first.digest && page.total === first.total && page.customers.length > 0;
        customers.push(...page.customers);
      }
      if (isConsistent) return { cursor: first.cursor, digest: first.digest, customers };
    }
    throw new PortFailure('store', `Slice ${slice} of partition ${partition} changes faster than it can be read.`);
  }

  /** The digest of a slice as it is now; null: none is kept. */
  async readDigest(partition: number, slice: number): Promise<string | null> {
    try {
      return await this.#client.hget(new PartitionKeys(this.#namespace, partition).digest, String(slice));
    } catch (error) {
      throw toPortError(error);
    }
  }

  /** null where a chunk is missing. */
  async readChunks(
    partition: number,
    chunks: readonly { readonly customerId: string; readonly sequence: number }[],
  ): Promise<(Buffer | null)[]> {
    const keys = new PartitionKeys(this.#namespace, partition);
    return this.#mget(chunks.map(({ customerId, sequence }) => keys.chunk(customerId, sequence)));
  }

  /** null where there is none. */
  async readHeads(partition: number, customerIds: readonly string[]): Promise<(Buffer | null)[]> {
    const keys = new PartitionKeys(this.#namespace, partition);
    return this.#mget(customerIds.map(id => keys.state(id)));
  }

  /** Values in a rank index in the order of the ids, null where a customer is not ranked. */
  async readRanks(partition: number, ranking: string, customerIds: readonly string[]): Promise<(number | null)[]> {
    const key = new PartitionKeys(this.#namespace, partition).rank(ranking);
    const pipeline = this.#client.pipeline();
    for (let from = 0; from < customerIds.length; from += ranksPerRead) {
      pipeline.zmscore(key, ...customerIds.slice(from, from + ranksPerRead));
    }
    const pages = (await repliesOf(pipeline)) as (string | null)[][];
    return pages.flat().map(score => (score === null ? null : Number(score)));
  }

  /** Who stands in a rank index, in pages. Whoever moves meanwhile may be missed or come twice. */
  async *rankedCustomers(partition: number, ranking: string): AsyncGenerator<readonly string[], void> {
    const key = new PartitionKeys(this.#namespace, partition).rank(ranking);
    for (let from = 0; ; from += ranksPerRead) {
      const range = this.#client.pipeline().zrange(key, from, String(from + ranksPerRead - 1));
      const [page] = (await repliesOf(range)) as string[][];
      if (page!.length > 0) yield page!;
      if (page!.length < ranksPerRead) return;
    }
  }

  async #mget(keys: readonly string[]): Promise<(Buffer | null)[]> {
    const values: (Buffer | null)[] = [];
    try {
      for (let from = 0; from < keys.length; from += chunksPerRead) {
        values.push(...(await this.#client.mgetBuffer(keys.slice(from, from + chunksPerRead))));
      }
    } catch (error) {
      throw toPortError(error);
    }
    return values;
  }

  async #readPage(partition: number, slice: number, rank: number): Promise<SliceSnapshot & { readonly total: number }> {
    const keys = new PartitionKeys(this.#namespace, partition);
    const call = new FunctionCall(functionNames.slice, [keys.meta, keys.due(slice), keys.digest])
      .text(String(slice))
      .text(keys.statePrefix)
      .text(String(rank))
      .text(String(pageCustomers));
    let reply: unknown[];
    try {
      reply = (await this.#client.sendCommand(call.command())) as unknown[];
    } catch (error) {
      throw toPortError(error);
    }
    const [, cursor, digest, total] = reply as (Buffer | null)[];
    const customers: SliceCustomer[] = [];
    for (let i = 4; i + 2 < reply.length; i += 3) {
      const [id, day, head] = reply.slice(i, i + 3) as [Buffer, Buffer, Buffer | null];
      const dayText = day.toString('latin1');
      const dueDay = dayText === 'inf' ? Number.POSITIVE_INFINITY : Number(dayText);
      customers.push({ id: id.toString(), dueDay, head });
    }
    return {
      cursor: cursor ? Number(cursor.toString('latin1')) : null,
      digest: digest?.toString('latin1') ?? null,
      total: Number(total),
      customers,
    };
  }
}
