/**
 * The rank indexes of all partitions, as whoever calibrates or looks up a rank sees them: a sorted set of each partition,
 * asked together where the answers are short. No command takes longer than the logarithm of the index, or a page of a
 * thousand, so that the owners' commits never wait for it.
 *
 * The numbers of one answer may be of several instants while the owners write. That is no harm: what is taken from them is
 * recorded in the log, and only what is recorded counts.
 */
import { partitionOf } from '@tierflow/processor/partition-of';
import type { RankIndexes } from '@tierflow/processor/ports';
import type { ChainableCommander, Redis } from 'ioredis';
import { checkNamespace, PartitionKeys } from './keys.ts';
import { repliesOf } from './pipeline-replies.ts';

/** A customer's place: how many have a greater value and how many a smaller one, of how many. */
export interface Rank {
  readonly value: number;
  readonly above: number;
  readonly below: number;
  readonly size: number;
}

export interface RankedCustomer {
  readonly customerId: string;
  readonly value: number;
}

export interface RankPage {
  readonly customers: readonly RankedCustomer[];
  /** Where the next page begins; null: this was the last one. */
  readonly next: RankPosition | null;
}

/** So many customers of each partition stand on the pages before. */
export type RankPosition = readonly number[];

const pageCustomersMax = 1_000;
/** Redis works off what has arrived of a pipeline in one go: a millisecond for so many counts in a large index. */
const commandsPerPipeline = 200;

export class RedisRankIndexes implements RankIndexes {
  readonly #client: Redis;
  readonly #keys: readonly PartitionKeys[];

  constructor(client: Redis, namespace: string, partitions: number) {
    checkNamespace(namespace);
    this.#client = client;
    this.#keys = Array.from({ length: partitions }, (_, partition) => new PartitionKeys(namespace, partition));
  }

  async size(ranking: string): Promise<number> {
    return sum(await this.#eachPartition((pipeline, keys) => pipeline.zcard(keys.rank(ranking))));
  }

  async countThrough(ranking: string, bounds: readonly number[]): Promise<number[]> {
    const counts: number[] = [];
    const boundsPerPipeline = Math.max(1, Math.floor(commandsPerPipeline / this.#keys.length));
    for (let from = 0; from < bounds.length; from += boundsPerPipeline) {
      const pipeline = this.#client.pipeline();
      const page = bounds.slice(from, from + boundsPerPipeline);
      for (const bound of page) for (const keys of this.#keys) pipeline.zcount(keys.rank(ranking), '-inf', bound);
      const replies = (await repliesOf(pipeline)) as number[];
      for (let at = 0; at < replies.length; at += this.#keys.length) {
        counts.push(sum(replies.slice(at, at + this.#keys.length)));
      }
    }
    return counts;
  }

  async extremes(ranking: string): Promise<{ least: number; greatest: number } | null> {
    const pipeline = this.#client.pipeline();
    for (const keys of this.#keys) {
      pipeline.zrange(keys.rank(ranking), 0, '0', 'WITHSCORES').zrange(keys.rank(ranking), -1, '-1', 'WITHSCORES');
    }
    const replies = (await repliesOf(pipeline)) as string[][];
    const values = replies.flatMap(reply => decodePlaces(reply)).map(({ value }) => value);
    return values.length === 0 ? null : { least: Math.min(...values), greatest: Math.max(...values) };
  }

  /** Page by page, and added up here: Redis itself adds doubles, which are not exact beyond 2^53. */
  async sum(ranking: string): Promise<bigint> {
    let total = 0n;
    for (const keys of this.#keys) {
      let length = pageCustomersMax;
      for (let from = 0; length === pageCustomersMax; from += pageCustomersMax) {
        const through = String(from + pageCustomersMax - 1);
        const range = this.#client.pipeline().zrange(keys.rank(ranking), from, through, 'WITHSCORES');
        const [page] = (await repliesOf(range)) as string[][];
        for (let i = 1; i < page!.length; i += 2) total += BigInt(page![i]!);
        length = page!.length / 2;
      }
    }
    return total;
  }

  /** null: the customer is not ranked. */
  async rankOf(ranking: string, customerId: string): Promise<Rank | null> {
    const own = this.#keys[partitionOf(customerId, this.#keys.length)]!;
    const [score] = (await repliesOf(this.#client.pipeline().zscore(own.rank(ranking), customerId))) as (
      | string
      | null
    )[];
    if (score == null) return null;
    const replies = await this.#eachPartition((pipeline, keys) => {
      const key = keys.rank(ranking);
      return pipeline.zcount(key, `(${score}`, '+inf').zcount(key, '-inf', `(${score}`).zcard(key);
    });
    const each = (first: number) => sum(replies.filter((_, i) => i % 3 === first));
    return { value: Number(score), above: each(0), below: each(1), size: each(2) };
  }

  /**
   * Customers by rank, at most a thousand. The position says how far the pages before went in each partition; a customer
   * who moves between two pages may be missed or come twice.
   */
  async list(
    ranking: string,
    first: 'greatest' | 'least',
    count: number,
    position: RankPosition = this.#keys.map(() => 0),
  ): Promise<RankPage> {
    const length = Math.min(count, pageCustomersMax);
    // 1. As many of each partition as the page could need of it, and one to know whether more follow.
    const pipeline = this.#client.pipeline();
    this.#keys.forEach((keys, i) => {
      const from = position[i]!;
      const through = String(from + length);
      if (first === 'greatest') pipeline.zrange(keys.rank(ranking), from, through, 'REV', 'WITHSCORES');
      else pipeline.zrange(keys.rank(ranking), from, through, 'WITHSCORES');
    });
    const found = ((await repliesOf(pipeline)) as string[][]).map(decodePlaces);

    // 2. The best of what is left of each, until the page is full. Equal values go by partition.
    const taken = found.map(() => 0);
    const customers: RankedCustomer[] = [];
    const isBefore = (a: number, b: number) => (first === 'greatest' ? a > b : a < b);
    const nextPartition = (): number => {
      let best = -1;
      found.forEach((places, partition) => {
        const place = places[taken[partition]!];
        const leader = found[best]?.[taken[best]!];
        if (place !== undefined && (leader === undefined || isBefore(place.value, leader.value))) best = partition;
      });
      return best;
    };
    let partition = nextPartition();
    while (partition >= 0 && customers.length < length) {
      customers.push(found[partition]![taken[partition]!++]!);
      partition = nextPartition();
    }
    return { customers, next: partition < 0 ? null : position.map((from, i) => from + taken[i]!) };
  }

  async #eachPartition(ask: (pipeline: ChainableCommander, keys: PartitionKeys) => void): Promise<number[]> {
    const pipeline = this.#client.pipeline();
    for (const keys of this.#keys) ask(pipeline, keys);
    return (await repliesOf(pipeline)) as number[];
  }
}

/** Member, score, member, score… */
function decodePlaces(reply: readonly string[]): RankedCustomer[] {
  const places: RankedCustomer[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) places.push({ customerId: reply[i]!, value: Number(reply[i + 1]) });
  return places;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
