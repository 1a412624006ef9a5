import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anniversaryAfter,
  anniversaryThrough,
  civilOf,
  dayOfCivil,
  startOfPeriod,
  wholeYears,
} from './business-calendar.ts';
import { formatDay, parseDay } from './epoch-day.ts';

const day = (text: string): number => parseDay(text)!;
const anyDay = fc.integer({ min: day('1970-01-01'), max: day('2199-12-31') });

test('civil dates are those of the calendar, and back', () => {
  fc.assert(
    fc.property(anyDay, epochDay => {
      const civil = civilOf(epochDay);
      const [year, month, date] = formatDay(epochDay).split('-').map(Number);
      expect(civil).toEqual({ year, month: month! - 1, day: date });
      expect(dayOfCivil(civil)).toBe(epochDay);
    }),
    { numRuns: 20_000 },
  );
});

test.each([
  ['month', '2024-02-29', 0, '2024-02-01'],
  ['month', '2024-03-31', -1, '2024-02-01'],
  ['quarter', '2024-05-31', 0, '2024-04-01'],
  ['quarter', '2024-02-01', -1, '2023-10-01'],
  ['half', '2024-12-31', 0, '2024-07-01'],
  ['half', '2024-06-30', 1, '2024-07-01'],
  ['year', '2024-12-31', 1, '2025-01-01'],
] as const)('the %s of %s, %i further on, begins on %s', (period, on, shift, first) => {
  expect(formatDay(startOfPeriod(period, day(on), shift))).toBe(first);
});

describe('an anniversary', () => {
  test.each([
    ['2020-02-29', '2021-02-27', '2020-02-29', 0],
    ['2020-02-29', '2021-02-28', '2021-02-28', 1],
    ['2020-02-29', '2024-02-28', '2023-02-28', 3],
    ['2020-02-29', '2024-02-29', '2024-02-29', 4],
    ['2019-12-31', '2020-01-01', '2019-12-31', 0],
    ['2019-06-15', '2024-06-14', '2023-06-15', 4],
  ])('of %s on %s is %s, after %i years', (since, on, latest, years) => {
    expect(formatDay(anniversaryThrough(day(since), day(on)))).toBe(latest);
    expect(wholeYears(day(since), day(on))).toBe(years);
  });

  test('comes once a year, and the next one follows the latest', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (beginning, on) => {
        const latest = anniversaryThrough(beginning, on);
        const next = anniversaryAfter(beginning, on);
        expect(latest <= on && on < next).toBe(true);
        expect(anniversaryAfter(beginning, latest)).toBe(next);
        expect([365, 366]).toContain(next - latest);
      }),
      { numRuns: 20_000 },
    );
  });

  test('has not come before the beginning', () => {
    expect(wholeYears(day('2024-05-02'), day('2024-05-01'))).toBeNull();
  });
});
