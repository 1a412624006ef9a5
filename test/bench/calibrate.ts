/**
 * What it takes to find cuts in the rank indexes of a large population, and what every other client of Redis feels of it.
 * Each answer is held to the one that a sorted array of the same values gives.
 */
import { isDeepStrictEqual } from 'node:util';
import { populationOf } from '@tierflow/customer/population/order-statistics';
import { pyramidCutRanks, pyramidCuts } from '@tierflow/customer/population/pyramid';
import { tiesCutRanks, tiesCuts } from '@tierflow/customer/population/quintiles-by-ties';
import { meanCut } from '@tierflow/customer/population/rfm-segments';
import { topShares } from '@tierflow/customer/population/top-shares';
import type { RunningServers } from '@tierflow/local/servers/start-servers';
import { valuesAt } from '@tierflow/processor/conducting/order-search';
import { topRanks } from '@tierflow/processor/conducting/top-values';
import { noCounters } from '@tierflow/processor/counters';
import { partitionOf } from '@tierflow/processor/partition-of';
import type { RankWrite } from '@tierflow/processor/ports';
import { readMemory } from '@tierflow/redis/memory';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisRankIndexes } from '@tierflow/redis/rank-indexes';
import { RedisStateStore } from '@tierflow/redis/state-store';
import { logEveryCommand, takeCommandTimes } from './command-times.ts';
import { PingProbe } from './ping-probe.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import { type RankedPopulation, rankedPopulation } from './rank-population.ts';

const partitions = 4;
const rounds = 20;
const customersPerCommit = 2_000;
const idleMs = 3_000;
/** Of the pyramid 1, 4, 15 and 80 %. */
const cumulativeShares = [100, 500, 2_000];
const spend = { key: 'spend-bench', by: 'value', better: 'more' } as const;
const lastDay = { key: 'lastDay-bench', by: 'lastDay', better: 'less' } as const;

export interface CalibrationTask {
  readonly name: string;
  readonly isExact: boolean;
  /** Of one round. */
  readonly milliseconds: Quantiles;
  /** Of one round. */
  readonly commands: number;
  /** By command: how long Redis worked on one. */
  readonly commandUs: Readonly<Record<string, Quantiles>>;
  readonly pingUs: Quantiles;
}

export interface CalibrationRun {
  readonly customers: number;
  readonly bytesPerPlace: number;
  /** Commits of 2,000 customers with two places each: the whole function call. */
  readonly commitUs: Quantiles;
  readonly idlePingUs: Quantiles;
  readonly tasks: readonly CalibrationTask[];
}

export async function runCalibration(
  servers: RunningServers,
  namespace: string,
  customers: number,
): Promise<CalibrationRun> {
  const client = await openRedis({ url: servers.redisUrl });
  const population = rankedPopulation(customers);
  const usedBefore = (await readMemory(client)).usedBytes;
  await logEveryCommand(client);
  await fill(new RedisStateStore(client, namespace), population);
  const commitUs = (await takeCommandTimes(client)).get('fcall')!;
  const usedBytes = (await readMemory(client)).usedBytes - usedBefore;

  const probe = await PingProbe.start(servers.redisUrl);
  try {
    await new Promise(resolve => setTimeout(resolve, idleMs));
    const idlePingUs = await probe.take();
    const tasks: CalibrationTask[] = [];
    for (const [name, { ask, expected }] of tasksOf(new RedisRankIndexes(client, namespace, partitions), population)) {
      await takeCommandTimes(client);
      await probe.take();
      const took: number[] = [];
      let isExact = true;
      for (let round = 0; round < rounds; round++) {
        const begin = performance.now();
        const found = await ask();
        took.push(performance.now() - begin);
        isExact &&= isDeepStrictEqual(found, expected);
      }
      const pingUs = await probe.take();
      const commandUs = await takeCommandTimes(client);
      const commands = [...commandUs.values()].reduce((sum, { count }) => sum + count, 0) / rounds;
      const milliseconds = quantilesOf(took);
      tasks.push({ name, isExact, milliseconds, commands, commandUs: Object.fromEntries(commandUs), pingUs });
    }
    return { customers, bytesPerPlace: usedBytes / (2 * customers), commitUs, idlePingUs, tasks };
  } finally {
    await probe.stop();
    client.disconnect();
  }
}

/** As the product writes places: by commits, in the order in which customers come. */
async function fill(store: RedisStateStore, { customerIds, ...values }: RankedPopulation): Promise<void> {
  const cursors: (number | null)[] = Array.from({ length: partitions }, () => null);
  for (let partition = 0; partition < partitions; partition++) await store.claim(partition, 'bench', null);
  const waiting: RankWrite[][] = cursors.map(() => []);
  const commit = async (partition: number) => {
    const nextCursor = (cursors[partition] ?? 0) + 1;
    await store.commit(partition, {
      ...{ token: 'bench', expectedCursor: cursors[partition]!, nextCursor, acknowledged: null },
      ...{ stateFormat: 1, foldVersion: 1, partitionState: null, heads: [], views: [], chunks: [] },
      ...{ droppedChunks: [], droppedCustomers: [], due: [], droppedRankings: [], closings: [] },
      ...{ ranks: waiting[partition]!, counters: noCounters, digests: new Map(), outbox: null },
    });
    cursors[partition] = nextCursor;
    waiting[partition] = [];
  };
  for (const [i, customerId] of customerIds.entries()) {
    const partition = partitionOf(customerId, partitions);
    waiting[partition]!.push(
      { ranking: spend.key, customerId, value: values.spend[i]! },
      { ranking: lastDay.key, customerId, value: values.lastDay[i]! },
    );
    if (waiting[partition]!.length >= 2 * customersPerCommit) await commit(partition);
  }
  for (let partition = 0; partition < partitions; partition++) await commit(partition);
}

interface Task {
  readonly ask: () => Promise<unknown>;
  readonly expected: unknown;
}

function tasksOf(indexes: RedisRankIndexes, values: RankedPopulation): Map<string, Task> {
  const sortedSpend = populationOf([...values.spend.toSorted()]);
  const sortedDays = populationOf([...values.lastDay.toSorted()]);
  const populationAt = async (ranking: string, ranksOf: (size: number) => readonly number[]) => {
    const size = await indexes.size(ranking);
    const found = await valuesAt(indexes, ranking, ranksOf(size));
    return { size, valueAt: (rank: number) => found.get(rank)! };
  };
  const top = (ranking: typeof spend | typeof lastDay, sorted: typeof sortedSpend): Task => ({
    ask: async () => {
      const { size, valueAt } = await populationAt(ranking.key, all => topRanks(ranking, all));
      return topRanks(ranking, size).map(valueAt);
    },
    expected: topRanks(ranking, sorted.size).map(sorted.valueAt),
  });
  const total = values.spend.reduce((sum, value) => sum + BigInt(value), 0n);
  return new Map<string, Task>([
    [
      'pyramid of spend, 3 cuts',
      {
        ask: async () =>
          pyramidCuts(await populationAt(spend.key, size => pyramidCutRanks(size, cumulativeShares)), cumulativeShares),
        expected: pyramidCuts(sortedSpend, cumulativeShares),
      },
    ],
    [
      'rfm ties of last day, 4 cuts',
      {
        ask: async () => tiesCuts(await populationAt(lastDay.key, size => tiesCutRanks(size, 'more')), 'more'),
        expected: tiesCuts(sortedDays, 'more'),
      },
    ],
    [
      'mean of spend',
      {
        ask: async () => meanCut(await indexes.sum(spend.key), await indexes.size(spend.key), 'more'),
        expected: meanCut(total, sortedSpend.size, 'more'),
      },
    ],
    [`${topShares.length} top shares of spend`, top(spend, sortedSpend)],
    [`${topShares.length} top shares of last day`, top(lastDay, sortedDays)],
    [
      'rank of one customer',
      {
        ask: () => indexes.rankOf(spend.key, values.customerIds[0]!),
        expected: {
          value: values.spend[0],
          above: values.spend.filter(value => value > values.spend[0]!).length,
          below: values.spend.filter(value => value < values.spend[0]!).length,
          size: values.spend.length,
        },
      },
    ],
  ]);
}
