import { describe, expect, it } from 'vitest';
import { PartitionState } from './partition-state.ts';

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
