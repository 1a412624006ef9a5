/** Rank indexes of a real fold, on a real Redis, damaged one way after the other. */
import { randomUUID } from 'node:crypto';
import type { SliceSwept } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { dayOpening, logOpening } from '@tierflow/processor/day-opening';
import { PartitionState } from '@tierflow/processor/partition-state';
import { genesis, PartitionUnderTest, published, purchase } from '@tierflow/processor/testing/partition-under-test';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import { PartitionKeys } from '@tierflow/redis/keys';
import { openRedis } from '@tierflow/redis/open-redis';
import { SliceReader } from '@tierflow/redis/slice-reader';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { RedisStateStore } from '@tierflow/redis/state-store';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { compareRanks, findStrangers } from './compare-ranks.ts';
import type { Finding } from './finding.ts';
import { scrubSlice } from './scrub-slice.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly redisUrl: string;
  }
}

const day = 20_000;
const customers = Array.from({ length: 40 }, (_, i) => `客户-${i}`);

const pyramid: PolicyDocument = {
  policy: 'shop-pyramid',
  version: 1,
  measures: {
    spend: { op: 'sum', of: 'netSpend', window: 'P30D' },
    quiet: { op: 'since', of: 'purchase' },
  },
  programs: {
    value: {
      kind: 'segment',
      by: 'pyramid',
      pyramid: { measure: 'spend' },
      population: { among: { all: ['spend > 0', 'quiet < 20'] } },
      tiers: [{ tier: 'top', share: '10', from: '100.00' }, { tier: 'base' }],
    },
  },
};
const index: SliceSwept = {
  ...{ type: 'SliceSwept', fromSlice: 0, toSlice: 1, mode: 'index', rolloutSeq: null, policyId: null },
  ...{ policyVersion: null, calibration: null },
};

let namespace: string;
let keys: PartitionKeys;
let redis: Awaited<ReturnType<typeof openRedis>>;
let slices: SliceReader;
let partition: PartitionUnderTest;

beforeEach(async () => {
  namespace = `rank-audit-${randomUUID()}`;
  keys = new PartitionKeys(namespace, 0);
  redis = await openRedis({ url: inject('redisUrl') });
  slices = await SliceReader.open(redis, namespace);
  partition = new PartitionUnderTest([...logOpening(genesis, published(pyramid)), index, ...dayOpening(day, 2)]);
  partition.append(...customers.map((id, i) => purchase(id, day - (i % 7), (i + 1) * 100)));
  await foldOn();
});
afterEach(async () => {
  await dropNamespace(redis, namespace);
  redis.disconnect();
});

/** Without the customers of the takeover before: they are read back. */
async function foldOn(): Promise<void> {
  const store = new RedisStateStore(redis, namespace);
  const task = await partition.takeOver(ports => ({ ...ports, store }), { cacheCustomersMax: 0 });
  await partition.foldOn(task);
  await task.close();
}

async function readState(): Promise<PartitionState> {
  const { partitionState } = await new RedisStateReader(redis, namespace).readPartition(0);
  return PartitionState.parse(partitionState!);
}

async function audit(): Promise<Finding[]> {
  const findings: Finding[] = [];
  const known = new Set<string>();
  const state = await readState();
  for (const slice of [0, 1]) {
    const scrubbed = await scrubSlice(slices, async () => state, 0, slice);
    const compared = await compareRanks(slices, async () => state, 0, slice, scrubbed.ranks);
    expect(compared.undecided).toBe(0);
    findings.push(...scrubbed.findings, ...compared.findings);
    for (const id of scrubbed.standings.keys()) known.add(id);
  }
  return [...findings, ...(await findStrangers(slices, state.rankings, 0, id => known.has(id)))];
}

const kindsOf = (findings: readonly Finding[]) => findings.map(({ kind, customerId }) => `${kind} ${customerId}`);
const rankKey = async () => keys.rank((await readState()).rankings[0]!);

test('places that a fold has written are those that the states give, on whatever day', async () => {
  expect(await redis.zcard(await rankKey())).toBe(customers.length);
  expect(await audit()).toEqual([]);
  for (const later of [10, 17, 18, 19, 25, 31]) {
    partition.append(...dayOpening(day + later, 2), purchase(customers[later]!, day + later, 700));
    await foldOn();
    expect(await audit()).toEqual([]);
  }
  // Who bought nothing for twenty days is ranked no more.
  expect(await redis.zcard(await rankKey())).toBeLessThan(customers.length / 2);
});

test('a value that was altered is found', async () => {
  await redis.zincrby(await rankKey(), 1, customers[3]!);
  expect(kindsOf(await audit())).toEqual([`rankDiffers ${customers[3]}`]);
});

test('a place that is gone is found, and one for each where the index is', async () => {
  await redis.zrem(await rankKey(), customers[3]!);
  expect(kindsOf(await audit())).toEqual([`rankDiffers ${customers[3]}`]);
  await redis.del(await rankKey());
  expect((await audit()).map(({ kind }) => kind)).toEqual(customers.map(() => 'rankDiffers'));
});

test('a place of nobody is found', async () => {
  await redis.zadd(await rankKey(), 500, 'nobody');
  expect(kindsOf(await audit())).toEqual(['rankOfNobody nobody']);
});

test('places that a sweep is still to give are not missed', async () => {
  const { version } = pyramid;
  const ranked = { ...pyramid.measures, orders: { op: 'count', of: 'purchase', window: 'P30D' } } as const;
  partition.append(
    published({
      ...pyramid,
      version: version + 1,
      measures: ranked,
      programs: { value: { ...pyramid.programs.value!, pyramid: { measure: 'orders' }, tiers: orderTiers } },
    }),
    {
      ...{ type: 'RolloutDirected', directiveId: 'd', rolloutSeq: 2, action: 'activate', policyId: 'shop-pyramid' },
      ...{ policyVersion: 2, fromVersion: 1, mode: 'immediate', slices: 1, keepUntilDay: null, actor: 'ada' },
      reason: 'trial',
    },
    purchase(customers[5]!, day, 300),
  );
  await foldOn();
  expect(partition.rejected).toEqual([]);
  const { rankings } = await readState();
  expect(await Promise.all(rankings.map(key => redis.zcard(keys.rank(key))))).toEqual([customers.length, 1]);
  expect(await audit()).toEqual([]);

  partition.append(index);
  await foldOn();
  expect(await redis.zcard(keys.rank(rankings[1]!))).toBe(customers.length);
  expect(await audit()).toEqual([]);
  await redis.zrem(keys.rank(rankings[1]!), customers[3]!);
  expect(kindsOf(await audit())).toEqual([`rankDiffers ${customers[3]}`]);
});

const orderTiers = [{ tier: 'top', share: '10', from: '2' }, { tier: 'base' }];
