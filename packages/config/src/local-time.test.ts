import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { instantIn } from './local-time.ts';

const local = (text: string): number => Date.parse(`${text}Z`);
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

test.each([
  ['winter', 'Europe/Berlin', '2024-01-15T12:00', '2024-01-15T11:00'],
  ['a time that the clocks jump over is moved forward', 'Europe/Berlin', '2024-03-31T02:30', '2024-03-31T01:30'],
  ['the hour that comes twice is the earlier one', 'Europe/Berlin', '2024-10-27T02:30', '2024-10-27T00:30'],
  ['the same in the west', 'America/New_York', '2017-11-05T01:30', '2017-11-05T05:30'],
  ['a gap in the west', 'America/New_York', '2017-03-12T02:30', '2017-03-12T07:30'],
  ['a midnight that does not exist', 'America/Sao_Paulo', '2018-11-04T00:00', '2018-11-04T03:00'],
  ['an offset of three quarters', 'Asia/Kathmandu', '2024-05-31T05:45', '2024-05-31T00:00'],
  ['a jump of half an hour', 'Australia/Lord_Howe', '2024-10-06T02:15', '2024-10-05T15:45'],
  ['UTC', 'UTC', '2024-05-31T05:45', '2024-05-31T05:45'],
])('%s', (_title, zone, shown, instant) => {
  expect(iso(instantIn(zone)(local(shown)))).toBe(instant);
});

test('an instant shows the time that it was read from, unless the clocks jumped over it', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe', 'Africa/Monrovia'];
  const anyTime = fc.integer({ min: local('1970-01-03T00:00'), max: local('2037-12-31T00:00') });
  fc.assert(
    fc.property(fc.constantFrom(...zones), anyTime, (zone, localMs) => {
      const instant = instantIn(zone)(localMs);
      const shown = DateTime.fromMillis(instant, { zone }).setZone('UTC', { keepLocalTime: true }).toMillis();
      expect(shown === localMs || (shown > localMs && shown - localMs <= 3_600_000)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
