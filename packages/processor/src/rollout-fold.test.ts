import type { RolloutDirected, SliceSwept } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { describe, expect, it, test } from 'vitest';
import { dayOpening, logOpening, sliceFollow } from './day-opening.ts';
import { PartitionState } from './partition-state.ts';
import { decision, genesis, ladder, PartitionUnderTest, published, purchase } from './testing/partition-under-test.ts';

const day = 20_000;
const { loyalty } = ladder.programs;

/** Asks twice as much, of two months instead of one. */
const stricter: PolicyDocument = {
  policy: 'shop-ladder',
  version: 2,
  measures: { spend60: { op: 'sum', of: 'netSpend', window: 'P60D' } },
  programs: {
    loyalty: {
      kind: 'ladder',
      tiers: [
        { tier: 'gold', when: { all: ['spend60 >= 200.00'] } },
        { tier: 'silver', when: { all: ['spend60 >= 20.00'] } },
        { tier: 'basic' },
      ],
    },
    circle: { kind: 'ladder', tiers: [{ tier: 'inner', when: { all: ['spend60 >= 100.00'] } }, { tier: 'outer' }] },
  },
};

function directed(more: Partial<RolloutDirected> = {}): RolloutDirected {
  return {
    type: 'RolloutDirected',
    directiveId: 'd',
    rolloutSeq: 2,
    action: 'activate',
    policyId: 'shop-ladder',
    policyVersion: 2,
    fromVersion: 1,
    mode: 'immediate',
    slices: 2,
    keepUntilDay: null,
    actor: 'ada',
    reason: 'trial',
    ...more,
  };
}

const rollback = directed({ action: 'rollback', rolloutSeq: 3, policyVersion: 1, fromVersion: 2 });
const seal = directed({ action: 'seal' });

function swept(policyVersion: number, rolloutSeq: number): SliceSwept {
  return sliceFollow(2, { ...published(), version: policyVersion }, rolloutSeq) as SliceSwept;
}

const index: SliceSwept = { ...swept(2, 2), mode: 'index', rolloutSeq: null, policyId: null, policyVersion: null };

/** ada is gold and bob is silver under version 1; both fall by one tier under version 2. */
function opened(): PartitionUnderTest {
  return new PartitionUnderTest().append(
    ...dayOpening(day, genesis.slices),
    purchase('ada', day, 120_00),
    purchase('bob', day, 15_00),
    published(stricter),
  );
}

const before = ['ada loyalty -→gold facts', 'bob loyalty -→silver facts'];
const rolledOut = [
  'ada loyalty gold→silver policy',
  'ada circle -→inner policy',
  'bob loyalty silver→basic policy',
  'bob circle -→outer policy',
];

function standing(partition: PartitionUnderTest, customerId: string): unknown {
  return JSON.parse(partition.store.partition(0).views.get(customerId)!).standings.loyalty;
}

describe('a rollback', () => {
  test('restores whoever nothing has happened to, with its first day, and tells the difference', async () => {
    const partition = await opened()
      .append(...dayOpening(day + 5, 2), directed(), swept(2, 2), ...dayOpening(day + 7, 2), rollback, swept(1, 3))
      .fold();
    expect(partition.changes).toEqual([
      ...before,
      ...rolledOut,
      'ada loyalty silver→gold policy',
      'ada circle inner→- policy',
      'bob loyalty basic→silver policy',
      'bob circle outer→- policy',
    ]);
    expect(standing(partition, 'ada')).toMatchObject({ tier: 'gold', since: '2024-10-04' });
  });

  test('lets the days since pass, as if there had been no roll-out', async () => {
    const partition = await opened()
      .append(directed(), swept(2, 2), ...dayOpening(day + 40, 2), rollback, swept(1, 3))
      .fold();
    // The month is over, so both are basic by now; under version 2 nothing has left its window.
    expect(partition.changes.slice(6)).toEqual([
      'ada loyalty silver→basic policy',
      'ada circle inner→- policy',
      'bob circle outer→- policy',
    ]);
    expect(standing(partition, 'ada')).toMatchObject({ tier: 'basic', since: '2024-11-03' });
  });

  test('judges anew who has done something meanwhile', async () => {
    const partition = await opened()
      .append(directed(), swept(2, 2), purchase('ada', day, 1_00), rollback, swept(1, 3))
      .fold();
    expect(partition.changes).toContain('ada loyalty silver→gold policy');
    const { record } = partition.output.published.find(
      ({ record }) => record.customerId === 'ada' && 'from' in record && record.from === 'silver',
    )!;
    expect(record).toMatchObject({ reason: { code: 'reached' } });
  });
});

test('once a roll-out is sealed, nobody keeps what it was', async () => {
  const partition = opened().append(directed(), swept(2, 2));
  await partition.fold();
  const { heads } = partition.store.partition(0);
  const withPrior = heads.get('bob')!.length;
  await partition.append(seal, ...dayOpening(day + 1, 2), purchase('bob', day + 1, 10)).fold();
  expect(heads.get('bob')!.length).toBeLessThan(withPrior + 10);
  await partition.append(rollback, swept(1, 3)).fold();
  expect(partition.rejected).toHaveLength(1);
});

test('a grandfathered customer keeps its tier until the day, and rises meanwhile', async () => {
  const keepUntilDay = day + 10;
  const partition = await opened()
    .append(directed({ mode: 'grandfather', keepUntilDay }), swept(2, 2), purchase('bob', day, 300_00), seal)
    .append(...dayOpening(day + 10, 2), ...dayOpening(day + 11, 2))
    .fold();
  expect(partition.changes).toEqual([
    ...before,
    'ada circle -→inner policy',
    'bob circle -→outer policy',
    'bob loyalty silver→gold facts',
    'bob circle outer→inner facts',
    'ada loyalty gold→silver override',
  ]);
});

test('a grandfathered customer keeps its tier for good where no day is said', async () => {
  const partition = await opened()
    .append(directed({ mode: 'grandfather' }), swept(2, 2), seal, ...dayOpening(day + 40, 2))
    .fold();
  expect(standing(partition, 'ada')).toMatchObject({ tier: 'gold' });
  expect(standing(partition, 'bob')).toMatchObject({ tier: 'silver' });
});

test('the view of a customer that a lazy roll-out has not reached has the measures that it is judged by', async () => {
  const partition = await opened()
    .append(directed({ mode: 'lazy' }), swept(2, 2), index, ...dayOpening(day + 1, 2), index)
    .fold();
  const view = JSON.parse(partition.store.partition(0).views.get('ada')!);
  expect(view).toMatchObject({ policyVersion: 1, measures: { spend30: '120.00' } });
});

test('an index sweep by a new owner puts no warning off', async () => {
  const warning: PolicyDocument = {
    ...ladder,
    programs: { loyalty: { ...ladder.programs.loyalty!, warnings: { expiringDays: [7] } } },
  };
  const partition = new PartitionUnderTest(logOpening(genesis, published(warning)));
  await partition.append(...dayOpening(day, 2), purchase('ada', day, 120_00)).fold();
  await partition.append(index).fold();
  await partition.append(...dayOpening(day + 23, 2)).fold();
  expect(partition.output.published.at(-1)!.record).toMatchObject({ type: 'Expiring', effectiveDay: day + 23 });
});

test('a lazy roll-out reaches a customer with its next record, first by policy, then by the record', async () => {
  const partition = await opened()
    .append(directed({ mode: 'lazy' }), swept(2, 2), purchase('ada', day, 90_00))
    .fold();
  expect(partition.changes).toEqual([
    ...before,
    'ada loyalty gold→silver policy',
    'ada circle -→inner policy',
    'ada loyalty silver→gold facts',
  ]);
});

describe('a directive that does not hold is rejected, and the one that holds stands', () => {
  it.each<[string, RolloutDirected]>([
    ['of a version that is not known', directed({ policyVersion: 3 })],
    ['of more slices than there are', directed({ slices: 3 })],
    ['under a number that was used', directed({ rolloutSeq: 1 })],
    ['to roll back what has not begun', rollback],
    ['to seal what has not begun', seal],
  ])('%s', async (_, directive) => {
    const partition = await opened().append(directive).fold();
    expect(partition.rejected).toEqual(['8 invalidControl']);
  });

  it.each<[string, RolloutDirected]>([
    ['to activate another version', directed({ rolloutSeq: 3, policyVersion: 1, fromVersion: 2 })],
    ['to go on with as many slices', directed({ directiveId: 'late', slices: 1 })],
    ['to go on in another mode', directed({ directiveId: 'late', mode: 'lazy' })],
    ['to seal too early', seal],
    ['to roll back to another version', { ...rollback, policyVersion: 2 }],
  ])('while a roll-out is under way: %s', async (_, directive) => {
    const partition = await opened()
      .append(directed({ slices: 1 }), directive)
      .fold();
    expect(partition.rejected).toEqual(['9 invalidControl']);
    expect(PartitionState.parse(partition.store.partition(0).partitionState!).rollout).toMatchObject({
      directiveId: 'd',
      policyVersion: 2,
      slices: 1,
    });
  });
});

test('a seal says nothing that no directive may say', async () => {
  const partition = await opened()
    .append(directed(), swept(2, 2), { ...seal, slices: 3 }, { ...seal, fromVersion: 9 }, seal)
    .fold();
  expect(partition.rejected).toEqual(['10 invalidControl', '11 invalidControl']);
});

test('a new roll-out waits until the last one is taken back everywhere', async () => {
  const again = directed({ rolloutSeq: 4 });
  const half: SliceSwept = { ...swept(1, 3), toSlice: 0 };
  const partition = await opened().append(directed(), swept(2, 2), rollback, half, again, swept(1, 3), again).fold();
  expect(partition.rejected).toEqual(['12 invalidControl']);
});

test('days that are over are closed with the counters as they stood', async () => {
  const partition = await opened()
    .append(decision('StandingOverridden', 'bob', day, { kind: 'pin', tier: 'gold' }), ...dayOpening(day + 3, 2))
    .fold();
  const { closings } = partition.store.partition(0);
  expect([...closings.keys()]).toEqual([day, day + 1, day + 2]);
  expect(JSON.parse(closings.get(day + 2)!)).toEqual({
    flow: {
      'loyalty|none|gold|facts': 1,
      'loyalty|none|silver|facts': 1,
      'loyalty|silver|gold|override': 1,
    },
    stock: { 'loyalty|gold': 2, 'loyalty|silver': 0 },
    headline: {
      'loyalty|gold|orders': 1,
      'loyalty|gold|spendMinor': 120_00,
      'loyalty|silver|orders': 1,
      'loyalty|silver|spendMinor': 15_00,
    },
  });
});

test('places in a rank index follow the numbers, and an index that no version asks for goes', async () => {
  const pyramid: PolicyDocument = {
    policy: 'shop-ladder',
    version: 2,
    measures: { spend: { op: 'sum', of: 'netSpend', window: 'P30D' } },
    programs: {
      loyalty: {
        kind: 'ladder',
        by: 'pyramid',
        pyramid: { measure: 'spend' },
        population: { among: { all: ['spend > 0'] } },
        tiers: [{ tier: 'gold', share: '10', from: '100.00' }, { tier: 'basic' }],
      },
    },
  };
  const partition = new PartitionUnderTest().append(
    ...dayOpening(day, 2),
    purchase('ada', day, 120_00),
    purchase('bob', day, 15_00),
    published(pyramid),
    directed(),
    purchase('bob', day, 1_00),
    index,
  );
  await partition.fold();
  const { ranks } = partition.store.partition(0);
  expect([...ranks.values()].map(values => Object.fromEntries(values))).toEqual([{ ada: 120_00, bob: 16_00 }]);

  await partition.append(swept(2, 2), ...dayOpening(day + 30, 2)).fold();
  expect([...ranks.values()].map(values => Object.fromEntries(values))).toEqual([{}]);

  await partition
    .append(rollback, swept(1, 3), published({ ...ladder, version: 3, programs: { loyalty: loyalty! } }))
    .append(directed({ rolloutSeq: 4, policyVersion: 3, fromVersion: 1 }))
    .fold();
  expect(partition.rejected).toEqual([]);
  expect(ranks.size).toBe(0);
});
