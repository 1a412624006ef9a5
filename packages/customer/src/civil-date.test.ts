/** Integer formulas against the machine's calendar, on every day of four hundred years and more. */
import { describe, expect, it } from 'vitest';
import { anniversaryOf, civilDateOf, epochDayOf, firstDayOfPeriod, wholeYears } from './civil-date.ts';
import { formatDay, parseDay } from './epoch-day.ts';

const dayMs = 86_400_000;
const dayOf = (text: string): number => parseDay(text)!;

describe('civil dates', () => {
  it('are those of the calendar, there and back', () => {
    for (let day = dayOf('1799-12-31'); day <= dayOf('2205-01-01'); day++) {
      const date = new Date(day * dayMs);
      const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      const found = civilDateOf(day);
      if (found.year !== civil.year || found.month !== civil.month || found.day !== civil.day) {
        expect(found).toEqual(civil);
      }
      if (epochDayOf(civil.year, civil.month, civil.day) !== day) expect(civil).toBe(day);
    }
  });

  it.each([
    ['month', '2024-02-29', 0, '2024-02-01'],
    ['month', '2024-12-31', 1, '2025-01-01'],
    ['month', '2024-01-31', -1, '2023-12-01'],
    ['quarter', '2024-06-30', 0, '2024-04-01'],
    ['quarter', '2024-01-01', -1, '2023-10-01'],
    ['half', '2024-06-30', 0, '2024-01-01'],
    ['half', '2024-07-01', 1, '2025-01-01'],
    ['year', '2024-12-31', 2, '2026-01-01'],
    ['year', '1969-12-31', 0, '1969-01-01'],
  ] as const)('the %s of %s, %d later, begins on %s', (period, day, later, expected) => {
    expect(formatDay(firstDayOfPeriod(period, dayOf(day), later))).toBe(expected);
  });

  it.each([
    ['2024-02-29', 1, '2025-02-28'],
    ['2024-02-29', 4, '2028-02-29'],
    ['2000-02-29', 100, '2100-02-28'],
    ['2023-12-31', 1, '2024-12-31'],
    ['2023-03-01', 1, '2024-03-01'],
  ])('who began on %s has anniversary %d on %s', (beginning, years, expected) => {
    const anniversary = anniversaryOf(dayOf(beginning), years);
    expect(formatDay(anniversary)).toBe(expected);
    expect(wholeYears(dayOf(beginning), anniversary)).toBe(years);
    expect(wholeYears(dayOf(beginning), anniversary - 1)).toBe(years - 1);
  });
});
