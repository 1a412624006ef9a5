import type { SliceSwept } from '@tierflow/customer/events';
import { describe, expect, it } from 'vitest';
import { dayOpening, sliceFollow } from './day-opening.ts';
import {
  decision,
  genesis,
  ladder,
  PartitionUnderTest,
  published,
  purchase,
  refund,
} from './testing/partition-under-test.ts';

const day = 20_000;
const tick = { type: 'ClockTicked', day } as const;
const firstOffset = 4;

/** With the clock at `day`; the next record has `firstOffset`. */
function opened(): PartitionUnderTest {
  return new PartitionUnderTest().append(tick);
}

describe('a record that is not accepted is rejected with its reason and changes nothing else', () => {
  it.each([
    ['a fact behind the horizon', purchase('ada', day - 100, 50_00), 'tooLate'],
    ['a fact of the day after tomorrow', purchase('ada', day + 2, 50_00), 'inFuture'],
    ['an amount that a total cannot hold', purchase('ada', day, Number.MAX_SAFE_INTEGER + 1), 'invalidFact'],
    [
      'an override in a program that there is not',
      decision('StandingOverridden', 'ada', day, { program: 'vip', tier: 'gold', kind: 'pin' }),
      'unknownProgram',
    ],
    [
      'an override to a tier that there is not',
      decision('StandingOverridden', 'ada', day, { tier: 'ruby', kind: 'pin' }),
      'unknownTier',
    ],
    [
      'a floor in a segment',
      decision('StandingOverridden', 'ada', day, { program: 'mood', tier: 'lost', kind: 'floor' }),
      'invalidFact',
    ],
    ['a second genesis', genesis, 'invalidControl'],
    ['another policy under a known version', published(ladder, 'sha256:other'), 'invalidControl'],
    ['a policy that does not compile', published({ ...ladder, version: 2, measures: {} }), 'invalidControl'],
    ['a policy that is no JSON', { ...published(), version: 2, document: '{' }, 'invalidControl'],
    ['a policy under another version than its own', { ...published(), version: 2 }, 'invalidControl'],
    [
      'a policy whose hash no change could repeat',
      published({ ...ladder, version: 2 }, 'h'.repeat(257)),
      'invalidControl',
    ],
    ['an amount of nothing', purchase('ada', day, 0), 'invalidFact'],
    ['an id that no change could repeat', purchase('ada', day, 1, { eventId: 'x'.repeat(4097) }), 'invalidFact'],
    ['a customer whose id is a book', purchase('a'.repeat(1_000_000), day, 1, { eventId: 'e' }), 'invalidFact'],
    ['a tick beyond the calendar', { type: 'ClockTicked', day: 90_000 }, 'invalidControl'],
    ['what cannot be read', { type: 'Unreadable', reason: 'notAvro', detail: '…' }, 'unreadable'],
  ] as const)('%s', async (_what, event, reason) => {
    const partition = await opened().append(event).fold();
    expect(partition.rejected).toEqual([`${firstOffset} ${reason}`]);
    expect(partition.record(`rejected.${reason}`)).toBe(1);
    expect(partition.changes).toEqual([]);
    expect(partition.store.partition(0).heads.size).toBe(0);
    expect(partition.store.partition(0).cursor).toBe(firstOffset + 1);
  });

  it.each([
    ['of slices that there are not', { fromSlice: 0, toSlice: 2 }],
    ['from slice −1', { fromSlice: -1, toSlice: 1 }],
    ['of slices the wrong way round', { fromSlice: 1, toSlice: 0 }],
    ['for a version that is not known', { policyVersion: 7, rolloutSeq: 2, policyId: 'shop-ladder' }],
  ])('a sweep %s', async (_what, wrong) => {
    const sweep: SliceSwept = { ...(sliceFollow(2, published(), 1) as SliceSwept), ...wrong };
    const partition = await opened().append(sweep).fold();
    expect(partition.rejected).toEqual([`${firstOffset} invalidControl`]);
    expect(partition.record('sweeps')).toBe(1);
  });

  it('a record under the key of somebody else', async () => {
    const partition = await opened()
      .appendRecord('bob', purchase('ada', day, 50_00))
      .fold();
    expect(partition.rejected).toEqual([`${firstOffset} misrouted`]);
  });

  it('a customer of another partition', async () => {
    const twoPartitions = { ...genesis, partitions: 2 };
    const partition = new PartitionUnderTest([twoPartitions]).append(
      ...['a', 'b', 'c', 'd', 'e', 'f'].map(id => purchase(id, day, 1_00)),
    );
    const task = await partition.takeOver(ports => ({
      ...ports,
      log: {
        ...ports.log,
        bounds: () => ports.log.bounds(0),
        genesis: async () => ({ ...partition.log.records[0]!, event: genesis }),
      },
    }));
    await partition.foldOn(task);
    await task.close();
    const misrouted = partition.rejections.reported.map(({ key }) => key);
    expect(misrouted.length).toBeGreaterThan(0);
    expect([...partition.store.partition(0).heads.keys(), ...misrouted].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});

describe('lateness', () => {
  it('accepts the last day of the horizon and the day after today', async () => {
    const partition = await opened()
      .append(purchase('ada', day - 99, 1_00), purchase('bob', day + 1, 1_00))
      .fold();
    expect(partition.rejected).toEqual([]);
    expect(partition.record('late')).toBe(1);
  });

  it('knows neither late nor future before the first tick', async () => {
    const partition = await new PartitionUnderTest()
      .append(purchase('ada', 5, 1_00), purchase('ada', 80_000, 1_00))
      .fold();
    expect(partition.rejected).toEqual([]);
    expect(partition.record('late')).toBe(0);
  });

  it('counts a bootstrap fact behind the horizon towards the lifetime only', async () => {
    const measures = {
      all: { op: 'sum', of: 'purchase.amount' },
      days: { op: 'distinctDays', of: 'purchase' },
      recent: { op: 'sum', of: 'purchase.amount', window: 'P60D' },
      spend30: ladder.measures.spend30!,
    } as const;
    const partition = await opened()
      .append(published({ ...ladder, version: 2, measures }), sliceFollow(2, published({ ...ladder, version: 2 }), 2))
      .append(purchase('ada', day - 500, 7_00, { bootstrap: true }), purchase('ada', day, 1_00))
      .fold();
    expect(partition.rejected).toEqual([]);
    expect(['all', 'days', 'recent'].map(name => partition.measure('ada', name))).toEqual(['8.00', 1, '1.00']);
  });

  it('tells a fact on the edge of the horizon from its duplicate, also after one of tomorrow', async () => {
    const edge = purchase('ada', day - 99, 7_00);
    const partition = await opened()
      .append(purchase('ada', day + 1, 1_00), edge, edge)
      .fold();
    expect(partition.record('duplicate')).toBe(1);
  });

  it('marks what a late fact corrects', async () => {
    const partition = await opened()
      .append(purchase('ada', day - 3, 50_00), purchase('ada', day, 60_00))
      .fold();
    expect(partition.output.published.map(({ record }) => record)).toMatchObject([
      { correction: true },
      { correction: false },
    ]);
  });
});

describe('exact sums', () => {
  const most = Number.MAX_SAFE_INTEGER;

  it('accept a total of 2^53 − 1 and refuse one more', async () => {
    const partition = await opened()
      .append(purchase('ada', day, most - 1), purchase('ada', day, 1))
      .fold();
    expect(partition.rejected).toEqual([]);
    await partition.append(purchase('ada', day - 1, 1)).fold();
    expect(partition.rejected).toEqual([`${firstOffset + 2} invalidFact`]);
    expect(partition.measure('ada', 'spend30')).toBe('90071992547409.91');
  });
});

describe('time', () => {
  it('demotes a silent customer by the sweep, on the day after the window', async () => {
    const partition = opened().append(purchase('ada', day, 50_00));
    await partition.append(...dayOpening(day + 29, 2)).fold();
    expect(partition.changes).toEqual(['ada loyalty -→silver facts']);
    await partition.append(...dayOpening(day + 35, 2)).fold();
    expect(partition.changes.slice(1)).toEqual(['ada loyalty silver→basic time']);
    expect(partition.output.published[1]!.record).toMatchObject({ effectiveDay: day + 30, trigger: null });
  });

  it('gives the same change on the same day by a fact before the sweep', async () => {
    const partition = opened().append(purchase('ada', day, 50_00), { type: 'ClockTicked', day: day + 35 });
    await partition.append(purchase('ada', day + 35, 1_00), ...dayOpening(day + 35, 2)).fold();
    expect(partition.changes).toEqual(['ada loyalty -→silver facts', 'ada loyalty silver→basic time']);
    expect(partition.output.published[1]!.record.effectiveDay).toBe(day + 30);
  });

  it('never goes back', async () => {
    const partition = await opened()
      .append({ type: 'ClockTicked', day: day - 10 }, purchase('ada', day - 5, 50_00))
      .fold();
    expect(partition.record('late')).toBe(1);
  });
});

describe('overrides', () => {
  const override = (kind: 'pin' | 'floor' | 'cap', tier: string, untilDay: number | null = null) =>
    decision('StandingOverridden', 'ada', day, { eventId: `${kind}-${tier}`, kind, tier, untilDay });

  it('stand pin over cap over floor over the numbers', async () => {
    const partition = await opened()
      .append(
        purchase('ada', day, 50_00),
        override('floor', 'gold'),
        override('cap', 'basic'),
        override('pin', 'silver'),
      )
      .fold();
    expect(partition.changes.slice(1)).toEqual([
      'ada loyalty silver→gold override',
      'ada loyalty gold→basic override',
      'ada loyalty basic→silver override',
    ]);
    await partition.append(decision('OverrideEnded', 'ada', day)).fold();
    expect(partition.changes).toHaveLength(4);
  });

  it('end after their last day', async () => {
    const partition = opened().append(purchase('ada', day, 50_00), override('pin', 'gold', day + 2));
    await partition.append(...dayOpening(day + 2, 2)).fold();
    expect(partition.changes).toHaveLength(2);
    await partition.append(...dayOpening(day + 3, 2)).fold();
    expect(partition.changes.at(-1)).toBe('ada loyalty gold→silver override');
  });
});

describe('a customer who is forgotten', () => {
  it('leaves nothing, with one end per standing and a tombstone', async () => {
    const partition = await opened()
      .append(purchase('ada', day, 50_00), decision('CustomerForgotten', 'ada', day))
      .fold();
    expect(partition.changes.at(-1)).toBe('ada loyalty silver→- erasure');
    expect(partition.output.published.at(-1)!.standings).toBeNull();
    const { heads, views, due, stock } = partition.store.partition(0);
    expect([heads.size, views.size, due.size]).toEqual([0, 0, 0]);
    expect(stock.get('loyalty|silver')).toBe(0);
  });

  it('leaves one marker where there was no standing', async () => {
    const partition = await new PartitionUnderTest([genesis, tick])
      .append(purchase('ada', day, 50_00), decision('CustomerForgotten', 'ada', day))
      .fold();
    expect(partition.changes).toEqual(['ada * -→- erasure']);
  });

  it('comes back as a new customer, in the same batch or in a later one', async () => {
    for (const isSplit of [false, true]) {
      const partition = opened().append(purchase('ada', day, 50_00), decision('CustomerForgotten', 'ada', day));
      if (isSplit) await partition.fold();
      await partition.append(purchase('ada', day + 1, 20_00)).fold();
      expect(partition.measure('ada', 'spend30')).toBe('20.00');
      expect(partition.changes.at(-1)).toBe('ada loyalty -→silver facts');
      expect(partition.output.published.at(-1)!.record.revision).toBe(1);
    }
  });

  it('stays forgotten when its past is written again, and its future when it is forgotten again', async () => {
    for (const isSplit of [false, true]) {
      const past = purchase('ada', day, 50_00);
      const erasure = decision('CustomerForgotten', 'ada', day);
      const partition = opened().append(past, erasure);
      if (isSplit) await partition.fold();
      // An intake that was killed writes again what it had written; the last of it had come once already.
      await partition.append(past, erasure, purchase('ada', day + 1, 20_00), past, erasure).fold();
      expect(partition.measure('ada', 'spend30')).toBe('20.00');
      expect(partition.changes.slice(-2)).toEqual(['ada loyalty silver→- erasure', 'ada loyalty -→silver facts']);
      expect(partition.record('forgotten')).toBe(4);
    }
  });

  it('is nobody when its past comes only after it', async () => {
    const partition = await opened()
      .append(decision('CustomerForgotten', 'ada', day), purchase('ada', day - 3, 50_00))
      .fold();
    expect(partition.changes).toEqual([]);
    expect(partition.store.partition(0).heads.size).toBe(0);
  });

  it('is known as forgotten for 30 days, and by no name', async () => {
    const partition = await opened()
      .append(decision('CustomerForgotten', 'ada', day))
      .fold();
    expect(partition.store.partition(0).partitionState).not.toContain('ada');
    await partition.append(...dayOpening(day + 30, 2), purchase('ada', day, 50_00)).fold();
    expect(partition.changes).toEqual([]);
    await partition.append(...dayOpening(day + 31, 2), purchase('ada', day, 50_00)).fold();
    expect(partition.store.partition(0).heads.size).toBe(1);
  });

  it('is nobody when unknown', async () => {
    const partition = await opened()
      .append(decision('CustomerForgotten', 'bob', day))
      .fold();
    expect(partition.changes).toEqual([]);
    expect(partition.rejected).toEqual([]);
  });
});

describe('a roll-out', () => {
  const strict = {
    ...ladder,
    version: 2,
    programs: {
      loyalty: {
        kind: 'ladder' as const,
        tiers: [{ tier: 'gold', when: { all: ['spend30 >= 1000.00'] } }, { tier: 'basic' }],
      },
    },
  };

  it('moves everybody by cause policy, and ends programs that are gone', async () => {
    const partition = opened().append(purchase('ada', day, 500_00), refund('bob', day, 5_00));
    await partition.append(published(strict), sliceFollow(2, published(strict), 2)).fold();
    expect(partition.changes).toEqual([
      'ada loyalty -→gold facts',
      'bob loyalty -→basic refund',
      'bob mood -→lost refund',
      'ada loyalty gold→basic policy',
      'bob mood lost→- policy',
    ]);
  });

  it('is ignored under a lower sequence', async () => {
    const partition = opened().append(purchase('ada', day, 500_00), published(strict));
    await partition.append(sliceFollow(2, published(), 5), sliceFollow(2, published(strict), 4)).fold();
    expect(partition.changes).toEqual(['ada loyalty -→gold facts']);
  });

  it('is rolled back by a new sequence', async () => {
    const partition = opened().append(purchase('ada', day, 500_00), published(strict));
    await partition.append(sliceFollow(2, published(strict), 2), sliceFollow(2, published(), 3)).fold();
    expect(partition.changes.slice(1)).toEqual(['ada loyalty gold→basic policy', 'ada loyalty basic→gold policy']);
  });

  it('reaches the customers of its slices only', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const partition = opened().append(...ids.map(id => purchase(id, day, 500_00)), published(strict));
    const whole = sliceFollow(2, published(strict), 2) as SliceSwept;
    await partition.append({ ...whole, toSlice: 0 }).fold();
    const moved = partition.changes.filter(change => change.endsWith('policy')).length;
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(ids.length);
    await partition.append({ ...whole, fromSlice: 1 }).fold();
    expect(partition.changes.filter(change => change.endsWith('policy'))).toHaveLength(ids.length);
  });
});

describe('flow balances', () => {
  it('stock is what came in less what went out', async () => {
    const partition = opened();
    for (const [n, id] of ['a', 'b', 'c', 'd'].entries()) partition.append(purchase(id, day - n, (n + 1) * 40_00));
    partition.append(...dayOpening(day + 28, 2), decision('CustomerForgotten', 'a', day + 28));
    await partition.append(purchase('a', day + 29, 5_00), ...dayOpening(day + 40, 2)).fold();
    const { flow, stock } = partition.store.partition(0);
    const expected = new Map<string, number>();
    for (const [key, count] of flow) {
      const [program, from, to] = key.split('|');
      if (from !== 'none') expected.set(`${program}|${from}`, (expected.get(`${program}|${from}`) ?? 0) - count);
      if (to !== 'none') expected.set(`${program}|${to}`, (expected.get(`${program}|${to}`) ?? 0) + count);
    }
    expect(new Map(stock)).toEqual(expected);
    expect([...stock.values()].every(count => count >= 0)).toBe(true);
    expect(stock.get('loyalty|basic')).toBe(4);
  });
});

it.each([{ slices: 2 ** 31 - 1 }, { slices: 0 }, { slices: -1 }, { horizonDays: 0 }])(
  'a log that was opened with %j is not folded',
  async odd => {
    const partition = new PartitionUnderTest([{ ...genesis, ...odd }, tick]);
    await expect(partition.fold()).rejects.toMatchObject({ name: 'Halted', code: 'genesisDiffers' });
    expect(partition.store.partition(0).cursor).toBeNull();
  },
);

it('a kind that is no text makes a policy invalid: it would be another one after each reading', async () => {
  const document = {
    ...ladder,
    version: 2,
    measures: { ...ladder.measures, odd: { op: 'count', of: 'interaction', kind: {} } },
  };
  const partition = await opened()
    .append({ ...published(), version: 2, document: JSON.stringify(document) })
    .fold();
  expect(partition.rejected).toEqual([`${firstOffset} invalidControl`]);
});
