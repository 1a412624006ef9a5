import { businessDayIn } from '@tierflow/config/business-day';
import { noDay } from '@tierflow/customer/customer';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeStep, nextStep } from './next-step.ts';

const day = parseDay('2024-03-10')!;

test('a log without a day begins with the present one, however late that is', () => {
  expect(nextStep(noDay, day, 1)).toEqual({ type: 'open', day, daysBehind: 1 });
});

test('without a clock nothing begins', () => {
  expect(nextStep(noDay, null, 31)).toEqual({ type: 'noClock' });
  expect(nextStep(day, null, 31)).toEqual({ type: 'noClock' });
});

test('today is opened once', () => {
  expect(nextStep(day, day, 31)).toEqual({ type: 'caughtUp', logDay: day });
});

test('a clock behind the log changes nothing', () => {
  const step = nextStep(day, day - 1, 31);
  expect(step).toEqual({ type: 'clockBehind', logDay: day, today: day - 1 });
  expect(describeStep(step)).toContain("today is 2024-03-09 by the clock, but the log's day is 2024-03-10 already");
});

test('as many days as are allowed are caught up, and not one more', () => {
  expect(nextStep(day, day + 31, 31)).toEqual({ type: 'open', day: day + 1, daysBehind: 31 });
  const step = nextStep(day, day + 32, 31);
  expect(step.type).toBe('tooFarBehind');
  expect(describeStep(step)).toBe(
    "the log's day is 2024-03-10 and today is 2024-04-11 by the clock: 32 days are missing, and no more than 31 are " +
      'caught up unasked. Check the clock; if it is right, set TIERFLOW_CATCH_UP_DAYS_MAX=32 or more and start again',
  );
});

/** The days that are opened when the clock is looked at in this order. */
function opened(clock: Iterable<EpochDay>, logDay = noDay): EpochDay[] {
  const days: EpochDay[] = [];
  for (const today of clock) {
    for (let step = nextStep(logDay, today, 1000); step.type === 'open'; step = nextStep(logDay, today, 1000)) {
      logDay = step.day;
      days.push(logDay);
    }
  }
  return days;
}

test('whatever the clock shows, each day up to the latest is opened once and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: day, max: day + 400 }), { minLength: 1 }), clock => {
      const latest = Math.max(...clock);
      const expected = Array.from({ length: latest - clock[0]! + 1 }, (_, i) => clock[0]! + i);
      expect(opened(clock)).toEqual(expected);
    }),
  );
});

describe.each(['Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe', 'America/Santiago'])(
  '%s',
  zone => {
    test('over a year of hours, with the clocks changed twice or never, no day is skipped or comes again', () => {
      const today = businessDayIn(zone);
      const from = Date.parse('2024-01-01T12:00:00Z');
      const hours = Array.from({ length: 366 * 24 }, (_, hour) => today(from + hour * 3_600_000));
      expect(hours.every((each, i) => i === 0 || each === hours[i - 1]! || each === hours[i - 1]! + 1)).toBe(true);
      const days = opened(hours);
      expect(days).toEqual([...new Set(hours)]);
      expect(days).toHaveLength(367);
    });
  },
);
