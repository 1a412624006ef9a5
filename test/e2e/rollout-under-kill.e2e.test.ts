/**
 * A policy whose cuts follow the population comes to many customers, slice by slice, and the conductor is killed half-way.
 * The other one finishes what it finds in the partitions, and a day that begins meanwhile is not kept waiting.
 */
import { join } from 'node:path';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { conductorTransactionalId } from '@tierflow/config/namespace';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import type { Control, LogEvent, RolloutDirected } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { ControlWriter } from '@tierflow/kafka/control-writer';
import { waitUntil } from '@tierflow/local/processes/wait-until';
import { partitionOf } from '@tierflow/processor/partition-of';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { ManualClock } from '@tierflow/redis/manual-clock';
import { expect, test } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { purchaseLine } from './canonical-line.ts';
import { samplesOf, scrape } from './metric-samples.ts';
import { followLatestCuts, partitionStates } from './partition-states.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';

const waitMaxMs = 120_000;
const firstDay = parseDay('2024-03-01')!;
const slices = 64;
/** So many in one partition that a roll-out takes seven sweeps. */
const customersOfOne = 12_000;
const customersOfOthers = 60;
const customersPerAppend = 2_000;

const pyramid: PolicyDocument = {
  policy: 'conductor-tiers',
  version: 2,
  measures: { spend3: { op: 'sum', of: 'netSpend', window: 'P3D' } },
  programs: {
    value: {
      kind: 'ladder',
      by: 'pyramid',
      demote: 'now',
      pyramid: { measure: 'spend3' },
      population: { minCustomers: 100, minDays: 1 },
      tiers: [{ tier: 'active', share: '10', from: '1.00' }, { tier: 'silent' }],
    },
  },
};

const rollout: RolloutDirected = {
  type: 'RolloutDirected',
  directiveId: 'activate-2',
  rolloutSeq: 2,
  action: 'activate',
  policyId: pyramid.policy,
  policyVersion: 2,
  fromVersion: 1,
  mode: 'immediate',
  slices,
  keepUntilDay: null,
  actor: 'ada',
  reason: 'The top tenth instead of everybody who buys',
};

const pipeline = pipelineUnderTest(
  'rollout',
  async opened => {
    await opened.startTiering('tiering-1');
  },
  join(import.meta.dirname, 'conductor-tiers.yaml'),
);

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  if ((await waitUntil(condition, waitMaxMs)) === null) throw new Error(`Still waiting until ${what}.`);
}

function startConductor(name: string): Promise<Service> {
  return pipeline().startConductor(name, { TIERFLOW_SESSION_TIMEOUT_MS: '2000' });
}

async function isActive({ metricsUrl }: Service): Promise<boolean> {
  return samplesOf(await scrape(metricsUrl), 'conductor_active')[0]?.value === 1;
}

async function setClock(daysLater: number): Promise<void> {
  await new ManualClock(pipeline().redis, pipeline().namespace).set(firstDay + daysLater);
}

/** Of one partition many, of the others few. */
function makeCustomers(): string[] {
  const ids: string[] = [];
  const counts = new Map<number, number>();
  for (let n = 0; ids.length < customersOfOne + customersOfOthers; n++) {
    const id = `customer-${n}`;
    const partition = partitionOf(id, pipeline().partitions);
    const count = counts.get(partition) ?? 0;
    if (count >= (partition === 0 ? customersOfOne : customersOfOthers / (pipeline().partitions - 1))) continue;
    counts.set(partition, count + 1);
    ids.push(id);
  }
  return ids;
}

/** The n-th customer spends n pence more than a pound. */
async function buy(ids: readonly string[]): Promise<void> {
  const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'shop' };
  const occurredAt = `${formatDay(firstDay)}T10:00:00Z`;
  const byPartition = new Map<number, { key: string; value: Buffer }[]>();
  for (const [n, id] of ids.entries()) {
    const amount = (1 + n / 100).toFixed(2);
    const parsed = parseCanonicalLine(purchaseLine(id, amount, { occurredAt }), context);
    if (!parsed.ok) throw new Error(parsed.message.en);
    const partition = partitionOf(id, pipeline().partitions);
    const records = byPartition.get(partition) ?? [];
    byPartition.set(partition, records);
    records.push({ key: id, value: pipeline().events.encodeEvent(parsed.event) });
  }
  for (const [partition, records] of byPartition) {
    for (let from = 0; from < records.length; from += customersPerAppend) {
      await pipeline().appendToLog(partition, records.slice(from, from + customersPerAppend));
    }
  }
}

/** As tierctl writes them, which fences the conductor. */
async function direct(...records: readonly Control[]): Promise<void> {
  const { environment, namespace, topics, partitions, events } = pipeline();
  const connection = { brokers: environment.KAFKA_BROKERS!.split(','), clientId: 'e2e-operator', log: () => {} };
  const transactionalId = conductorTransactionalId(namespace);
  const writer = await ControlWriter.open(connection, { transactionalId, topic: topics.customerEvents, partitions });
  try {
    await writer.write(records.map(record => events.encodeEvent(record)));
  } finally {
    await writer.close();
  }
}

async function states(): Promise<readonly PartitionState[]> {
  const found = await partitionStates(pipeline());
  if (found === null) throw new Error('A partition has no state.');
  return found;
}

/** Slices that follow the new version in every partition. */
async function following(): Promise<number> {
  const counts = (await states()).map(state => state.slices.filter(({ version }) => version === 2).length);
  return Math.min(...counts);
}

/** In each partition the same ones. */
async function controls<T extends LogEvent>(type: T['type']): Promise<T[]> {
  const [first, ...others] = (await pipeline().logRecords()).map(records =>
    records.flatMap(({ event }) => (event.type === type ? [event as T] : [])),
  );
  for (const other of others) expect(other).toEqual(first);
  return first!;
}

test('killed in the middle of a roll-out, the other conductor finishes it, and each slice is swept once', async () => {
  const [one, two] = [await startConductor('conductor-1'), await startConductor('conductor-2')];
  await setClock(0);
  await until('a day is opened', async () => (await states()).every(({ logDay }) => logDay === firstDay));
  const ids = makeCustomers();
  await buy(ids);
  await pipeline().drained();

  const document = JSON.stringify(pyramid);
  await direct({ type: 'PolicyPublished', policyId: pyramid.policy, version: 2, hash: 'sha256:2', document }, rollout);
  await until('some slices follow', async () => (await following()) > 0);
  const active = (await isActive(one)) ? one : two;
  const standby = active === one ? two : one;
  await active.process.kill();
  await setClock(1);
  expect(await following()).toBeLessThan(slices);

  await until('all slices follow', async () => (await following()) === slices);
  await pipeline().drained();
  expect(followLatestCuts(await states())).toBe(true);
  expect((await states()).map(({ logDay }) => logDay)).toEqual((await states()).map(() => firstDay + 1));
  const progress = samplesOf(await scrape(standby.metricsUrl), 'tier_rollout_slices');
  expect(progress.map(({ labels: { version, state }, value }) => [version, state, value])).toEqual([
    ['2', 'wanted', slices],
    ['2', 'following', slices],
  ]);

  const sweeps = await controls<Extract<LogEvent, { type: 'SliceSwept' }>>('SliceSwept');
  const swept = sweeps.filter(({ rolloutSeq }) => rolloutSeq === 2);
  expect(swept.length).toBeGreaterThanOrEqual(7);
  const covered = swept.flatMap(({ fromSlice, toSlice }) =>
    Array.from({ length: toSlice - fromSlice + 1 }, (_, i) => fromSlice + i),
  );
  expect(covered).toEqual(Array.from({ length: slices }, (_, slice) => slice));
  const calibrations = await controls<Extract<LogEvent, { type: 'ThresholdsCalibrated' }>>('ThresholdsCalibrated');
  expect(calibrations).toHaveLength(1);
  expect(calibrations[0]).toMatchObject({ day: firstDay, programs: [{ program: 'value', size: ids.length }] });
});

test('sealed, everybody stands where the fold of the log has them: one in ten is active', async () => {
  await direct({ ...rollout, directiveId: 'seal-2', action: 'seal' });
  await until('the roll-out is sealed', async () => (await states()).every(state => state.rollout?.isSealed));
  await pipeline().drained();
  const tiers = [...(await pipeline().views()).values()].map(view => view.standings.value?.tier);
  expect(tiers.filter(tier => tier === 'active')).toHaveLength((customersOfOne + customersOfOthers) / 10);
  await expectSameAsFold(pipeline());
});
