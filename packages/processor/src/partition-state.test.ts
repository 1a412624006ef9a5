import type { SliceSwept } from '@tierflow/customer/events';
import { describe, expect, it } from 'vitest';
import { sliceFollow } from './day-opening.ts';
import { PartitionState } from './partition-state.ts';
import { genesis, ladder, published } from './testing/partition-under-test.ts';

it('hands over dropped rankings once, and what is handed over does not grow', () => {
  const pyramid = published({
    ...ladder,
    programs: {
      top: {
        kind: 'ladder',
        by: 'pyramid',
        pyramid: { measure: 'spend30' },
        tiers: [{ tier: 'gold', share: '10', from: '100.00' }, { tier: 'basic' }],
      },
    },
  });
  const other = published({ ...ladder, version: 2 });
  const state = new PartitionState();
  state.open(genesis);
  for (const policy of [pyramid, other]) state.publish(policy);
  const followAll = (policy: typeof other, seq: number) => {
    for (let slice = 0; slice < 2; slice++) state.follow(slice, sliceFollow(2, policy, seq) as SliceSwept);
  };
  followAll(pyramid, 1);
  const [key] = state.rankings;
  const before = state.takeDroppedRankings();
  followAll(other, 2);
  expect(before).toEqual([]);
  expect(state.takeDroppedRankings()).toEqual([key]);
  expect(state.takeDroppedRankings()).toEqual([]);
});

describe('topics', () => {
  it('keep their places in the table when it is stored', () => {
    const state = new PartitionState();
    const places = ['price', 'delivery', 'price', 'other'].map(topic => state.topicIndex(topic));
    expect(places).toEqual([1, 2, 1, 0]);
    expect(state.changed).toBe(true);
    const stored = PartitionState.parse(state.snapshot());
    expect(stored.changed).toBe(false);
    expect(['delivery', 'price', 'fit'].map(topic => stored.topicIndex(topic))).toEqual([2, 1, 3]);
  });

  it('are a thousand at most: the rest, and whole sentences, count as other', () => {
    const state = new PartitionState();
    expect(state.topicIndex('word '.repeat(100))).toBe(0);
    for (let n = 1; n < 1000; n++) expect(state.topicIndex(`topic${n}`)).toBe(n);
    expect(state.topicIndex('one more')).toBe(0);
    expect(state.topicIndex('topic999')).toBe(999);
  });
});
