import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryCase } from './arbitrary-population.ts';
import { meanCut, rfmSegmentOf, rfmSegments } from './rfm-segments.ts';
import { type Better, reaches } from './score-by-cuts.ts';

describe('the eight segments', () => {
  test('are the eight patterns, each once, who spends much first', () => {
    const levels = [true, false];
    const patterns = levels.flatMap(recency =>
      levels.flatMap(frequency => levels.map(monetary => rfmSegmentOf(recency, frequency, monetary))),
    );
    const ids = rfmSegments.map(({ id }) => id);
    expect([...ids].sort()).toEqual(patterns.sort());
    expect(ids.slice(0, 4).filter(id => id.endsWith('1'))).toHaveLength(4);
  });

  test('read recency, frequency, monetary value', () => {
    expect(rfmSegmentOf(true, false, true)).toBe('rfm.101');
    expect(rfmSegmentOf(false, true, false)).toBe('rfm.010');
  });

  test('have a title of their own in each language', () => {
    for (const language of ['en', 'zh'] as const) {
      expect(new Set(rfmSegments.map(({ title }) => title[language])).size).toBe(8);
    }
    expect(rfmSegments.find(({ id }) => id === 'rfm.011')!.title.zh).toBe('重要保持客户');
  });
});

describe('against the mean', () => {
  const high = (value: number, values: readonly number[], better: Better): boolean =>
    reaches(
      value,
      meanCut(
        values.map(BigInt).reduce((sum, member) => sum + member, 0n),
        values.length,
        better,
      ),
      better,
    );

  test('who is at the mean is high, on both sides', () => {
    expect(high(3, [2, 3, 4], 'more')).toBe(true);
    expect(high(3, [2, 3, 4], 'less')).toBe(true);
  });

  test('a mean between two integers parts them', () => {
    expect([2, 3].map(value => high(value, [2, 3], 'more'))).toEqual([false, true]);
    expect([2, 3].map(value => high(value, [2, 3], 'less'))).toEqual([true, false]);
    expect([-3, -2].map(value => high(value, [-2, -3], 'more'))).toEqual([false, true]);
  });

  test('nobody has no mean', () => {
    expect(() => meanCut(0n, 0, 'more')).toThrow('A population of 0 has no cuts');
  });

  test('is n times the value against the sum', () => {
    fc.assert(
      fc.property(arbitraryCase, fc.constantFrom<Better>('more', 'less'), ({ values, value }, better) => {
        const sum = values.map(BigInt).reduce((total, member) => total + member, 0n);
        const times = BigInt(value) * BigInt(values.length);
        expect(high(value, values, better)).toBe(better === 'more' ? times >= sum : times <= sum);
      }),
      { numRuns: 20_000 },
    );
  });
});
