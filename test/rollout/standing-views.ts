/**
 * The views of all customers, read while the log is being folded. Which facts a view may hold is known by offsets: what
 * lay below `from` when reading began is in all of them, what lies at `to` or above when it ended is in none.
 */
import { isDeepStrictEqual } from 'node:util';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import { partitionOf } from '@tierflow/processor/partition-of';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import type { Pipeline } from '../e2e/pipeline.ts';

export interface StandingViews {
  /** By partition. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** As they stand in Redis. */
  readonly texts: ReadonlyMap<string, string>;
}

const viewsPerRead = 250;

export async function readStandingViews(pipeline: Pipeline, customers: readonly string[]): Promise<StandingViews> {
  const { redis, namespace, partitions } = pipeline;
  const states = new RedisStateReader(redis, namespace);
  const cursors = async () =>
    Promise.all(Array.from({ length: partitions }, async (_, p) => (await states.readFolded(p)).cursor ?? 0));
  const from = await cursors();
  const texts = new Map<string, string>();
  for (const [partition, ids] of Map.groupBy(customers, id => partitionOf(id, partitions))) {
    for (let next = 0; next < ids.length; next += viewsPerRead) {
      const page = ids.slice(next, next + viewsPerRead);
      const views = await states.readViews(partition, page);
      views.forEach((text, i) => {
        if (text !== null) texts.set(page[i]!, text);
      });
    }
  }
  return { from, to: await cursors(), texts };
}

export interface Restoration {
  /** Customers without a fact between the two readings. */
  readonly untouched: number;
  /** Of those, whose view is not what it was. */
  readonly different: readonly string[];
}

/**
 * Everything that a view says, but for how many records there were, since the way there and back again is told in records,
 * and on which day it was written: it is not written anew as long as it stays true.
 */
export async function compareUntouched(
  pipeline: Pipeline,
  reader: RecordReader,
  before: StandingViews,
  after: StandingViews,
): Promise<Restoration> {
  const touched = await customersWithFacts(pipeline, reader, before.from, after.to);
  const untouched = [...before.texts.keys()].filter(id => !touched.has(id));
  const different = untouched.filter(id => {
    const now = after.texts.get(id);
    return now === undefined || !isDeepStrictEqual(standing(now), standing(before.texts.get(id)!));
  });
  return { untouched: untouched.length, different };
}

async function customersWithFacts(
  { topics, partitions }: Pipeline,
  reader: RecordReader,
  from: readonly number[],
  to: readonly number[],
): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let partition = 0; partition < partitions; partition++) {
    for await (const records of reader.readAll(topics.customerEvents, partition, from[partition]!, to[partition]!)) {
      for (const { key } of records) if (key !== null) ids.add(key.toString());
    }
  }
  return ids;
}

function standing(text: string): unknown {
  const { revision: _, asOf: __, ...rest } = JSON.parse(text);
  return rest;
}
