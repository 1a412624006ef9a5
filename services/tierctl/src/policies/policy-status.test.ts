import type { LogOpened, PolicyPublished, RolloutDirected, ThresholdsCalibrated } from '@tierflow/customer/events';
import { populationDocument, pyramidNeeds, rfmNeeds } from '@tierflow/processor/conducting/population-policy';
import { sliceFollow } from '@tierflow/processor/day-opening';
import { PartitionState } from '@tierflow/processor/partition-state';
import { expect, test } from 'vitest';
import { describeStatus } from './describe-status.ts';
import { policyStatus } from './policy-status.ts';

const firstDay = 20_000;
const genesis: LogOpened = {
  type: 'LogOpened',
  ...{ namespace: 'shop', logId: 'shop-1', partitions: 1, slices: 4, zone: 'UTC', horizonDays: 400 },
  ...{ baseCurrency: 'GBP', baseCurrencyDigits: 2 },
};
const activation: RolloutDirected = {
  type: 'RolloutDirected',
  ...{ directiveId: 'one', actor: 'ann', reason: '', rolloutSeq: 2, action: 'activate', policyId: 'population' },
  ...{ policyVersion: 2, fromVersion: 1, mode: 'immediate', slices: 1, keepUntilDay: null },
};

function published(version: number): PolicyPublished {
  const document = JSON.stringify(populationDocument(version));
  return { type: 'PolicyPublished', policyId: 'population', version, hash: `sha256:${version}`, document };
}

/** Follows version 1, on the day that makes so many of history. */
function opened(historyDays: number): PartitionState {
  const state = new PartitionState();
  state.open(genesis);
  for (const version of [1, 2]) state.publish(published(version));
  const follow = sliceFollow(genesis.slices, published(1), 1);
  if (follow.type !== 'SliceSwept') throw new TypeError();
  for (let slice = 0; slice < genesis.slices; slice++) state.follow(slice, follow);
  state.tick(firstDay);
  state.tick(firstDay + historyDays - 1);
  return state;
}

const indexesOf = (size: number) => ({ size: async () => size });

function calibration(size: number): ThresholdsCalibrated {
  return {
    type: 'ThresholdsCalibrated',
    ...{ policyId: 'population', policyVersion: 1, calibration: 1, day: firstDay + 3, rankings: [] },
    programs: [{ program: 'pyramid', size, axes: [{ axis: 'value', cuts: ['90.00', '40.00'] }] }],
  };
}

test('cuts are as written for as long as customers or days are too few, and it says of which', async () => {
  const few = await policyStatus([opened(pyramidNeeds.minDays)], indexesOf(pyramidNeeds.minCustomers - 1));
  expect(few.cuts.map(({ program, calibrated, shortfall }) => [program, calibrated, shortfall?.kind])).toEqual([
    ['pyramid', null, 'customers'],
    ['shape', null, 'customers'],
  ]);
  const young = await policyStatus([opened(rfmNeeds.minDays - 1)], indexesOf(rfmNeeds.minCustomers));
  expect(young.cuts.map(({ shortfall }) => shortfall)).toEqual([
    null,
    { kind: 'days', historyDays: rfmNeeds.minDays - 1, minDays: rfmNeeds.minDays },
  ]);
  const text = describeStatus(young, 'en');
  expect(text).toContain(`as written (too few days, ${rfmNeeds.minDays - 1} of at least ${rfmNeeds.minDays})`);
  expect(text).toContain('as written (until the conductor takes them from the population)');
  expect(describeStatus(few, 'zh')).toContain('按策略书写（客户过少');
});

test('once they are taken from the population it says from how many and when', async () => {
  const state = opened(9);
  expect(state.calibrate(calibration(250))).toBeNull();
  const { cuts } = await policyStatus([state], indexesOf(250));
  expect(cuts[0]).toMatchObject({
    axes: [{ axis: 'value', cuts: ['90.00', '40.00'] }],
    calibrated: { calibration: 1, day: '2024-10-07', size: 250 },
  });
  expect(describeStatus(await policyStatus([state], indexesOf(250)), 'en')).toMatch(
    /pyramid .*90\.00, 40\.00 +taken from 250 customers on 2024-10-07/,
  );
});

test('it says who follows what, also what nobody follows yet but is to be', async () => {
  const [one, other] = [opened(9), opened(9)];
  for (const state of [one, other]) expect(state.direct(activation)).toBeNull();
  const sweep = sliceFollow(genesis.slices, published(2), 2);
  if (sweep.type !== 'SliceSwept') throw new TypeError();
  one.follow(0, sweep);
  const status = await policyStatus([one, other], indexesOf(0));
  expect(status).toMatchObject({
    logDay: '2024-10-12',
    slices: 8,
    versions: [
      { version: 1, following: 7 },
      { version: 2, following: 1 },
    ],
    rollout: { stage: 'underWay', following: [1, 0], wantedTotal: 2 },
  });
  expect(new Set(status.cuts.map(({ version }) => version))).toEqual(new Set([1, 2]));
  expect(describeStatus(status, 'en')).toContain('Former standings are kept for a rollback until it is sealed.');
});
