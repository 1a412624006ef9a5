/**
 * The store as others may read it: exporter, console and tierctl. It needs no token, writes nothing and never disturbs
 * the owner, so it may use a connection of its own, or a replica.
 */
import type { EmissionId } from '@tierflow/customer/changes';
import { PortFailure, StateLost } from '@tierflow/processor/errors';
import type { CounterSnapshot, DayClosing, StoredCustomer, StoredOutboxEntry } from '@tierflow/processor/ports';
import type { Redis } from 'ioredis';
import { formatScore } from './commit-call.ts';
import { parseEmissionId } from './emission-id.ts';
import { toPortError } from './errors.ts';
import { checkNamespace, PartitionKeys } from './keys.ts';
import { decodeOutboxEntry } from './outbox-entry.ts';
import { repliesOf } from './pipeline-replies.ts';

export interface PartitionSnapshot {
  /** Whether any owner ever claimed the partition. */
  readonly claimed: boolean;
  /** Next offset to fold; null: nothing is folded. */
  readonly cursor: number | null;
  readonly stateFormat: number | null;
  readonly foldVersion: number | null;
  readonly partitionState: string | null;
  /** Last emission that was confirmed as published. */
  readonly acknowledged: EmissionId | null;
  /** Last emission on the output when the owner took over: below it, a refold only catches up. */
  readonly emitted: EmissionId | null;
  readonly outboxEntries: number;
  readonly counters: CounterSnapshot;
}

export interface CustomerSnapshot {
  readonly stored: StoredCustomer;
  readonly view: string | null;
}

/**
 * Whether a refold only catches up: until the cursor has passed the last emission that the output had at the takeover, the
 * state is behind the output, and its counters count again what they have counted before.
 */
export function isRefolding({ cursor, emitted }: PartitionSnapshot): boolean {
  if (emitted === null) return cursor === null;
  return cursor === null || cursor <= emitted.offset;
}

/** How far a partition is folded, and the fold's own state there. */
export type FoldedState = Pick<PartitionSnapshot, 'cursor' | 'stateFormat' | 'foldVersion' | 'partitionState'>;

const scanPageKeys = 5_000;
const closingsPerRead = 100;
/** A commit may come between two reads of a customer, but hardly this often. */
const readAttemptsMax = 10;

export class RedisStateReader {
  readonly #client: Redis;
  readonly #namespace: string;

  constructor(client: Redis, namespace: string) {
    this.#client = client;
    this.#namespace = checkNamespace(namespace);
  }

  /** Meta and counters at one instant, so that stock and flow balance. */
  async readPartition(partition: number): Promise<PartitionSnapshot> {
    const keys = this.#keysOf(partition);
    const [meta, outboxEntries, flow, stock, records, headline] = (await repliesOf(
      this.#client
        .multi()
        .hmgetBuffer(keys.meta, 'token', 'cursor', 'format', 'fold', 'state', 'ack', 'emitted')
        .llen(keys.outbox)
        .hgetall(keys.flow)
        .hgetall(keys.stock)
        .hgetall(keys.records)
        .hgetall(keys.headline),
    )) as [(Buffer | null)[], number, HashReply, HashReply, HashReply, HashReply];
    const [token, cursor, format, fold, state, ack, emitted] = meta.map(field => field?.toString() ?? null);
    return {
      claimed: token != null,
      cursor: cursor == null ? null : Number(cursor),
      stateFormat: format == null ? null : Number(format),
      foldVersion: fold == null ? null : Number(fold),
      partitionState: state ?? null,
      acknowledged: ack == null ? null : parseEmissionId(ack),
      emitted: emitted == null ? null : parseEmissionId(emitted),
      outboxEntries,
      counters: {
        flow: toCounters(flow),
        stock: toCounters(stock),
        records: toCounters(records),
        headline: toCounters(headline),
      },
    };
  }

  /** The small part of `readPartition`, for who looks often. */
  async readFolded(partition: number): Promise<FoldedState> {
    const { meta } = this.#keysOf(partition);
    const [fields] = await repliesOf(this.#client.pipeline().hmget(meta, 'cursor', 'format', 'fold', 'state'));
    const [cursor, format, fold, state] = fields as (string | null)[];
    return {
      cursor: cursor == null ? null : Number(cursor),
      stateFormat: format == null ? null : Number(format),
      foldVersion: fold == null ? null : Number(fold),
      partitionState: state ?? null,
    };
  }

  /** Entries not yet trimmed, ascending. */
  async readOutbox(partition: number): Promise<StoredOutboxEntry[]> {
    const entries = await repliesOf(this.#client.pipeline().lrangeBuffer(this.#keysOf(partition).outbox, 0, -1));
    return (entries[0] as Buffer[]).map(decodeOutboxEntry);
  }

  /** Digests by slice, null: the state keeps none. */
  async readDigests(partition: number): Promise<ReadonlyMap<number, string> | null> {
    const [found] = await repliesOf(this.#client.pipeline().hgetall(this.#keysOf(partition).digest));
    const digests = Object.entries(found as HashReply).map(([slice, digest]) => [Number(slice), digest] as const);
    return digests.length === 0 ? null : new Map(digests);
  }

  /** The first emission that is not known to be published; null where all are. */
  async firstUnpublished(partition: number): Promise<EmissionId | null> {
    const [oldest] = await repliesOf(this.#client.pipeline().lindexBuffer(this.#keysOf(partition).outbox, 0));
    return oldest ? decodeOutboxEntry(oldest as Buffer).first : null;
  }

  /**
   * Head, view and sealed chunks of a customer; null where there is none. Which chunks there are, only the head's
   * format tells: `sequencesOf` reads it.
   */
  async readCustomer(
    partition: number,
    customerId: string,
    sequencesOf: (head: Uint8Array) => readonly number[],
  ): Promise<CustomerSnapshot | null> {
    const keys = this.#keysOf(partition);
    let [head] = await this.#mget([keys.state(customerId)]);
    for (let attempt = 0; attempt < readAttemptsMax; attempt++) {
      if (!head) return null;
      // The chunks are read together with the head once more: unchanged, it is the head of just these chunks.
      const chunkKeys = sequencesOf(head).map(sequence => keys.chunk(customerId, sequence));
      const [again, view, ...chunks] = await this.#mget([keys.state(customerId), keys.view(customerId), ...chunkKeys]);
      if (again?.equals(head)) {
        if (chunks.includes(null)) throw new StateLost(`Partition ${partition} has lost a chunk of a customer.`);
        return { stored: { head, chunks: chunks as Buffer[] }, view: view?.toString() ?? null };
      }
      head = again ?? null;
    }
    throw new PortFailure('store', `A customer of partition ${partition} changes faster than it can be read.`);
  }

  async readView(partition: number, customerId: string): Promise<string | null> {
    return (await this.readViews(partition, [customerId]))[0]!;
  }

  /** Views in the order of the ids, null where there is none. */
  async readViews(partition: number, customerIds: readonly string[]): Promise<(string | null)[]> {
    const keys = this.#keysOf(partition);
    const views = await this.#mget(customerIds.map(id => keys.view(id)));
    return views.map(view => view?.toString() ?? null);
  }

  /** Those of the closings that are there, in the order of the days. */
  async readClosings(partition: number, days: readonly number[]): Promise<DayClosing[]> {
    const keys = this.#keysOf(partition);
    const closings: DayClosing[] = [];
    for (let from = 0; from < days.length; from += closingsPerRead) {
      const page = days.slice(from, from + closingsPerRead);
      const found = await this.#mget(page.map(day => keys.closing(day)));
      found.forEach((json, i) => {
        if (json) closings.push({ day: page[i]!, json: json.toString() });
      });
    }
    return closings;
  }

  /** The customer's value in a rank index; null: not ranked. */
  async readRank(partition: number, ranking: string, customerId: string): Promise<number | null> {
    const key = this.#keysOf(partition).rank(ranking);
    const [score] = (await repliesOf(this.#client.pipeline().zscore(key, customerId))) as (string | null)[];
    return score == null ? null : Number(score);
  }

  /** Customers of the slices 0 … slices − 1 whose due day lies in [fromDay, throughDay]; Infinity counts everybody else. */
  async countDue(partition: number, slices: number, fromDay: number, throughDay: number): Promise<number> {
    const keys = this.#keysOf(partition);
    const pipeline = this.#client.pipeline();
    const from = fromDay === Number.NEGATIVE_INFINITY ? '-inf' : String(fromDay);
    for (let slice = 0; slice < slices; slice++) pipeline.zcount(keys.due(slice), from, formatScore(throughDay));
    return sum((await repliesOf(pipeline)) as number[]);
  }

  /** Every customer stands in the due index, so its size is the number of customers. */
  async countCustomers(partition: number, slices: number): Promise<number> {
    const keys = this.#keysOf(partition);
    const pipeline = this.#client.pipeline();
    for (let slice = 0; slice < slices; slice++) pipeline.zcard(keys.due(slice));
    return sum((await repliesOf(pipeline)) as number[]);
  }

  /** Ids of the customers that have a state, in pages; one may come twice while Redis grows its table. For audits. */
  async *customerIds(partition: number): AsyncGenerator<readonly string[], void> {
    const keys = this.#keysOf(partition);
    const prefixBytes = Buffer.byteLength(keys.statePrefix);
    let position = '0';
    do {
      const [next, found] = await this.#scan(position, `${keys.statePrefix}*`);
      if (found.length > 0) yield found.map(key => key.toString('utf8', prefixBytes));
      position = next;
    } while (position !== '0');
  }

  #keysOf(partition: number): PartitionKeys {
    return new PartitionKeys(this.#namespace, partition);
  }

  async #mget(keys: readonly string[]): Promise<(Buffer | null)[]> {
    if (keys.length === 0) return [];
    try {
      return await this.#client.mgetBuffer([...keys]);
    } catch (error) {
      throw toPortError(error);
    }
  }

  async #scan(position: string, pattern: string): Promise<[string, Buffer[]]> {
    try {
      const [next, found] = await this.#client.scanBuffer(position, 'MATCH', pattern, 'COUNT', scanPageKeys);
      return [next.toString(), found];
    } catch (error) {
      throw toPortError(error);
    }
  }
}

type HashReply = Record<string, string>;

function toCounters(hash: HashReply): Map<string, number> {
  return new Map(Object.entries(hash).map(([name, value]) => [name, Number(value)]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
