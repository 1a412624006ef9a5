/** What keeps policies waiting keeps nothing else waiting, and is told. */
import type { LogOpened, RolloutDirected } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { dayOpening, sliceFollow } from '@tierflow/processor/day-opening';
import { PortFailure } from '@tierflow/processor/errors';
import { ConductorMetrics } from '@tierflow/telemetry/conductor-metrics';
import { createLogger } from '@tierflow/telemetry/log';
import { expect, test } from 'vitest';
import { ConductedLog, publishedPolicy } from './conducted-log-under-test.ts';
import { PolicyJournal } from './policy-journal.ts';
import { type Look, PolicyWork, type PolicyWorkPorts } from './policy-work.ts';

const day = 19_500;
const slices = 2;
const genesis: LogOpened = {
  type: 'LogOpened',
  logId: 'log-1',
  namespace: 'shop',
  partitions: 2,
  slices,
  zone: 'UTC',
  baseCurrency: 'GBP',
  baseCurrencyDigits: 2,
  horizonDays: 400,
};

function policy(version: number): PolicyDocument {
  return {
    policy: 'shop',
    version,
    measures: { spend: { op: 'sum', of: 'netSpend' } },
    programs: {
      value: { kind: 'ladder', tiers: [{ tier: 'gold', when: { all: ['spend >= 1.00'] } }, { tier: 'basic' }] },
    },
  };
}

const activation: RolloutDirected = {
  type: 'RolloutDirected',
  directiveId: 'activate-2',
  rolloutSeq: 2,
  action: 'activate',
  policyId: 'shop',
  policyVersion: 2,
  fromVersion: 1,
  mode: 'immediate',
  slices,
  keepUntilDay: null,
  actor: 'ada',
  reason: 'trial',
};

/** A roll-out is directed, and no slice follows yet. */
async function directed(): Promise<ConductedLog> {
  const log = await ConductedLog.open(genesis);
  await log.append(publishedPolicy(policy(1)), sliceFollow(slices, publishedPolicy(policy(1)), 1));
  await log.append(...dayOpening(day, slices), publishedPolicy(policy(2)), activation);
  return log;
}

function conductor(ports: PolicyWorkPorts) {
  const metrics = new ConductorMetrics();
  const journal = new PolicyJournal(createLogger('conductor', 'test', 'silent'), metrics);
  const work = new PolicyWork(ports, journal);
  const { signal } = new AbortController();
  return {
    work,
    journal,
    look: (ms = 10_000): Promise<Look | null> => work.look(ms, signal),
    behind: () => metrics.registry.getSingleMetricAsString('conductor_partitions_behind'),
  };
}

const sweepOf = (fromSlice: number) => ({ type: 'write', record: { type: 'SliceSwept', mode: 'all', fromSlice } });

test('how far a roll-out has come is told', async () => {
  const log = await directed();
  const { work, look, journal } = conductor(log.ports);
  const first = await look();
  expect(first).toMatchObject(sweepOf(0));
  if (first?.type !== 'write') throw new Error('Nothing was found.');
  await log.append(first.record);
  work.written(first);
  expect(await look()).toMatchObject(sweepOf(1));
  expect(journal.detail()).toBe('shop version 2 is followed by 1 of 2 slices');
});

test('while Redis is away nothing is found, and it is said what is waited for', async () => {
  const log = await directed();
  const readFolded = async () => {
    throw new PortFailure('connection', 'Redis is away.');
  };
  const { look, journal, behind } = conductor({ ...log.ports, readFolded });
  expect(await look()).toEqual({ type: 'rest' });
  expect(journal.detail()).toBe('policies wait: Redis is away.');
  expect(await behind()).toContain('conductor_partitions_behind 2');
});

test('while a partition has not folded what was written, nothing is derived from it', async () => {
  const log = await directed();
  const logEnd = async (partition: number) => (await log.ports.logEnd(partition)) + partition;
  const { look, behind } = conductor({ ...log.ports, logEnd });
  expect(await look()).toEqual({ type: 'folding' });
  expect(await behind()).toContain('conductor_partitions_behind 1');
});

test('a state of another release is not read', async () => {
  const log = await directed();
  const readFolded = async (partition: number) => ({ ...(await log.ports.readFolded(partition)), foldVersion: 99 });
  const { look, journal } = conductor({ ...log.ports, readFolded });
  expect(await look()).toEqual({ type: 'rest' });
  expect(journal.detail()).toContain('folded by another release');
});

test('a record that has changed nothing is not written again', async () => {
  const log = await directed();
  const { work, look, journal } = conductor(log.ports);
  const found = await look();
  if (found?.type !== 'write') throw new Error('Nothing was found.');
  work.written(found);
  expect(await look()).toEqual({ type: 'rest' });
  expect(journal.detail()).toContain('a SliceSwept record of version 2 was not accepted');
});

test('what takes long is looked for on, and dropped if a day begins meanwhile', async () => {
  const log = await directed();
  let answer: (count: number) => void = () => {};
  let asked = 0;
  const countCustomers = () => {
    asked++;
    return new Promise<number>(resolve => {
      answer = resolve;
    });
  };
  const { work, look } = conductor({ ...log.ports, partitions: 1, countCustomers });
  expect(await look(1)).toBeNull();
  expect(await look(1)).toBeNull();
  answer(1);
  expect(await look()).toMatchObject(sweepOf(0));
  expect(asked).toBe(1);

  expect(await look(1)).toBeNull();
  work.dayOpened();
  answer(1);
  expect(await look()).toEqual({ type: 'folding' });
  expect(await look(1)).toBeNull();
  answer(1);
  expect(await look()).toMatchObject(sweepOf(0));
});
