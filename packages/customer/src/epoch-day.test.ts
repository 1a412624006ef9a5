import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, parseDay } from './epoch-day.ts';

describe('days', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2011-12-09', 15_317],
    ['2024-02-29', 19_782],
    ['2200-12-31', 84_370],
  ])('%s is day %d', (text, day) => {
    expect(parseDay(text)).toBe(day);
    expect(formatDay(day)).toBe(text);
  });

  it.each(['2023-02-29', '2024-13-01', '2024-00-10', '2024-1-1', '24-01-01', '2024-01-01T00:00:00Z', '', '2024-04-31'])(
    '%j is no day',
    text => {
      expect(parseDay(text)).toBeNull();
    },
  );

  it('come back from their text', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 84_370 }), day => parseDay(formatDay(day)) === day));
  });
});
