/** Policies are rolled out, calibrated and rolled back to the same end, wherever a conductor is lost. */
import type { Control, Fact, LogEvent, LogOpened, RolloutDirected } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { dayOpening, sliceFollow } from '@tierflow/processor/day-opening';
import { ConductorMetrics } from '@tierflow/telemetry/conductor-metrics';
import { createLogger } from '@tierflow/telemetry/log';
import { beforeAll, describe, expect, test } from 'vitest';
import { ConductedLog, publishedPolicy } from './conducted-log-under-test.ts';
import { PolicyJournal } from './policy-journal.ts';
import { PolicyWork } from './policy-work.ts';

const day = 19_500;
const genesis: LogOpened = {
  type: 'LogOpened',
  logId: 'log-1',
  namespace: 'shop',
  partitions: 3,
  slices: 6,
  zone: 'UTC',
  baseCurrency: 'GBP',
  baseCurrencyDigits: 2,
  horizonDays: 400,
};

const measures: PolicyDocument['measures'] = {
  spend: { op: 'sum', of: 'netSpend', window: 'P30D' },
  orders: { op: 'count', of: 'purchase', window: 'P30D' },
};

/** Fixed cuts. */
const ladder: PolicyDocument = {
  policy: 'shop',
  version: 1,
  measures,
  programs: {
    value: {
      kind: 'ladder',
      demote: 'now',
      tiers: [{ tier: 'gold', when: { all: ['spend >= 200.00'] } }, { tier: 'basic' }],
    },
  },
};

/** The top twentieth, and the next quarter. */
const pyramid: PolicyDocument = {
  policy: 'shop',
  version: 2,
  measures,
  programs: {
    value: {
      kind: 'ladder',
      by: 'pyramid',
      demote: 'now',
      pyramid: { measure: 'spend' },
      population: { among: { all: ['orders >= 1'] }, minCustomers: 20, minDays: 2 },
      tiers: [
        { tier: 'gold', share: '5', from: '900.00' },
        { tier: 'silver', share: '25', from: '400.00' },
        { tier: 'basic' },
      ],
    },
  },
};

const customers = Array.from({ length: 60 }, (_, n) => `customer-${n}`);

function purchase(customerId: string, businessDay: number, amountMinor: number): Fact {
  return {
    type: 'PurchaseRecorded',
    eventId: `${customerId}-${businessDay}`,
    source: 'shop',
    customerId,
    occurredAt: businessDay * 86_400_000,
    businessDay,
    bootstrap: false,
    orderId: null,
    amountMinor,
    currency: 'GBP',
    amountBaseMinor: amountMinor,
    marginBaseMinor: null,
    channel: null,
  };
}

function directed(more: Partial<RolloutDirected>): RolloutDirected {
  return {
    type: 'RolloutDirected',
    directiveId: JSON.stringify(more),
    rolloutSeq: 2,
    action: 'activate',
    policyId: 'shop',
    policyVersion: 2,
    fromVersion: 1,
    mode: 'immediate',
    slices: genesis.slices,
    keepUntilDay: null,
    actor: 'ada',
    reason: 'trial',
    ...more,
  };
}

const seal = directed({ action: 'seal' });
const rollback = directed({ action: 'rollback', rolloutSeq: 3, policyVersion: 1, fromVersion: 2 });
const partialRollback = { ...rollback, slices: 2 };

/** What others write, in pieces: the conductor comes to rest after each. */
type Story = readonly (readonly LogEvent[])[];

const bought = customers.map((id, n) => purchase(id, day + 1, (n + 1) * 10_00));
const opening: readonly LogEvent[] = [
  ...dayOpening(day, genesis.slices),
  ...dayOpening(day + 1, genesis.slices),
  ...bought,
  publishedPolicy(pyramid),
];
/** The small ones buy, so that the cuts move. */
const nextDay: readonly LogEvent[] = [
  ...dayOpening(day + 2, genesis.slices),
  ...customers.slice(0, 40).map((id, n) => purchase(id, day + 2, (40 - n) * 30_00)),
];
const dayAfter: readonly LogEvent[] = dayOpening(day + 3, genesis.slices);

const stories: Readonly<Record<string, Story>> = {
  'rolled out by halves over some days, and sealed': [
    opening,
    [directed({ slices: 3 })],
    nextDay,
    dayAfter,
    [directed({})],
    [seal],
  ],
  'rolled back half-way': [opening, [directed({ slices: 2 })], nextDay, [partialRollback], dayAfter],
  'rolled back in the end': [opening, [directed({})], nextDay, dayAfter, [rollback]],
  'rolled out to whom nothing happens to later': [opening, [directed({ mode: 'lazy' })], nextDay, dayAfter],
  'rolled out and back, and out once more': [
    opening,
    [directed({ slices: 4 })],
    [{ ...rollback, slices: 4 }],
    [directed({ rolloutSeq: 4 })],
    dayAfter,
  ],
};

const logger = createLogger('conductor', 'test', 'silent');
const { signal } = new AbortController();

interface Told {
  readonly log: ConductedLog;
  /** Records that conductors wrote. */
  readonly conducted: readonly Control[];
  readonly metrics: ConductorMetrics;
}

/** The conductor is lost after so many writes of its own, or just before the next one, and a new one takes its place. */
async function tell(story: Story, lostAt: { readonly write: number; readonly before: boolean } | null): Promise<Told> {
  const log = await ConductedLog.open(genesis);
  await log.append(publishedPolicy(ladder), sliceFollow(genesis.slices, publishedPolicy(ladder), 1));
  const metrics = new ConductorMetrics();
  const takeSeat = () => new PolicyWork(log.ports, new PolicyJournal(logger, metrics));
  const conducted: Control[] = [];
  let conductor = takeSeat();
  let isToBeLost = lostAt !== null;
  for (const events of story) {
    await log.append(...events);
    conductor.dayOpened();
    for (let look = await conductor.look(10_000, signal); ; look = await conductor.look(10_000, signal)) {
      if (look?.type === 'rest') break;
      if (look?.type !== 'write') throw new Error(`Everything is folded, yet the look is ${look?.type}.`);
      const isLost = isToBeLost && conducted.length === lostAt!.write;
      if (isLost) {
        conductor = takeSeat();
        isToBeLost = false;
        if (lostAt!.before) continue;
      }
      await log.append(look.record);
      conducted.push(look.record);
      if (isLost) continue;
      conductor.written(look);
      if (conducted.length > 200) throw new Error('It comes to no end.');
    }
  }
  return { log, conducted, metrics };
}

describe.each(Object.entries(stories))('a policy is %s', (_name, story) => {
  let undisturbed: Told;
  beforeAll(async () => {
    undisturbed = await tell(story, null);
  });

  test('and nothing that the conductor writes is refused', () => {
    expect(undisturbed.log.rejections.reported).toEqual([]);
  });

  test('until every slice of every partition follows what is directed, with the latest cuts', () => {
    const [first] = Array.from({ length: genesis.partitions }, (_, p) => undisturbed.log.state(p));
    const { rollout, slices } = first!;
    for (let partition = 0; partition < genesis.partitions; partition++) {
      const state = undisturbed.log.state(partition);
      expect(state.slices).toEqual(slices);
      for (const [slice, { version, calibration, indexed }] of state.slices.entries()) {
        if (slice < rollout!.slices) expect(version).toBe(rollout!.policyVersion);
        expect(calibration).toBe(state.latestCalibration(version)?.calibration ?? 0);
        expect(indexed).toBe(state.rankingGeneration);
      }
    }
  });

  test('and to the same end, record by record, wherever a conductor is lost', async () => {
    expect(undisturbed.conducted.length).toBeGreaterThan(2);
    for (let write = 0; write < undisturbed.conducted.length; write++) {
      for (const before of [true, false]) {
        const { log, conducted } = await tell(story, { write, before });
        expect(conducted, `lost ${before ? 'before' : 'after'} write ${write}`).toEqual(undisturbed.conducted);
        expect(log.end).toEqual(undisturbed.log.end);
      }
    }
  });
});

test('a rollback leaves whoever nothing has happened to as if there had been no roll-out', async () => {
  const quiet = await tell([opening, dayAfter], null);
  const { log } = await tell([opening, [directed({})], dayAfter, [rollback]], null);
  const standings = ({ end }: ConductedLog) =>
    (end as { views: ReadonlyMap<string, string> }[]).map(({ views }) =>
      [...views].map(([id, json]) => [id, JSON.parse(json).standings]).sort(),
    );
  expect(standings(log)).toEqual(standings(quiet.log));
});

test('cuts are taken before the first slice follows, and once a day from then on if they move', async () => {
  const { conducted, metrics } = await tell([opening, [directed({})], nextDay, dayAfter], null);
  const kinds = conducted.map(record => (record.type === 'SliceSwept' ? record.mode : record.type));
  const pieces = kinds.filter((kind, i) => kind !== kinds[i - 1]);
  expect(pieces).toEqual(['index', 'ThresholdsCalibrated', 'all', 'ThresholdsCalibrated', 'all']);
  const samples = await metrics.registry.getSingleMetricAsString('tier_rollout_slices');
  expect(samples).toContain('tier_rollout_slices{policy="shop",version="2",state="following"} 6');
  expect(await metrics.registry.getSingleMetricAsString('conductor_sweeps_total')).toContain('{purpose="rollout"} 6');
});
