import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessDayIn, dayMs, isTimeZone } from './business-day.ts';

/** The engine's own calendar, independent of the code under test. */
function oracle(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  return ms => {
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year!, part.month! - 1, part.day!) / dayMs;
  };
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Shanghai',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Africa/Monrovia',
];

/** Days on which one of the zones changes its clocks, skips a day or leaves its odd offset. */
const changes = [
  '1972-01-07',
  '2011-12-30',
  '2018-11-04',
  '2024-03-10',
  '2024-03-31',
  '2024-04-07',
  '2024-09-29',
  '2024-10-06',
  '2024-10-27',
  '2024-11-03',
];

describe.each(zones)('%s', zone => {
  test('has the calendar’s days, whenever', () => {
    const expected = oracle(zone);
    const dayOf = businessDayIn(zone);
    fc.assert(
      fc.property(fc.integer({ min: dayMs, max: Date.UTC(2100, 0, 1) }), ms => {
        expect(dayOf(ms)).toBe(expected(ms));
      }),
      { numRuns: 300 },
    );
  });

  test('turns at local midnight, around every change of the clocks', () => {
    const expected = oracle(zone);
    const dayOf = businessDayIn(zone);
    for (const date of changes) {
      const noon = Date.parse(`${date}T12:00:00Z`);
      for (let ms = noon - 1.5 * dayMs; ms < noon + 1.5 * dayMs; ms += 1_800_000) {
        for (const instant of [ms - 1, ms]) expect(dayOf(instant)).toBe(expected(instant));
      }
    }
  });
});

test.each([
  ['Europe/Berlin', '2024-03-30T22:59:59.999Z', '2024-03-30'],
  ['Europe/Berlin', '2024-03-30T23:00:00Z', '2024-03-31'],
  ['Europe/Berlin', '2024-03-31T22:00:00Z', '2024-04-01'],
  ['America/New_York', '2024-11-03T03:59:59Z', '2024-11-02'],
  ['America/New_York', '2024-11-04T04:59:59Z', '2024-11-03'],
  ['Asia/Shanghai', '1988-07-01T15:00:00Z', '1988-07-02'],
  ['Asia/Shanghai', '2024-07-01T15:59:59Z', '2024-07-01'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31'],
  ['Africa/Monrovia', '1971-06-01T00:44:29Z', '1971-05-31'],
  ['Africa/Monrovia', '1971-06-01T00:44:30Z', '1971-06-01'],
])('%s at %s has %s', (zone, instant, day) => {
  expect(businessDayIn(zone)(Date.parse(instant))).toBe(Date.parse(day) / dayMs);
});

test('knows zones by name only', () => {
  expect(['UTC', 'Europe/Berlin', 'Asia/Shanghai'].every(isTimeZone)).toBe(true);
  expect(['', '+02:00', 'Mars/Olympus', 'Europe/Berlin '].some(isTimeZone)).toBe(false);
});
