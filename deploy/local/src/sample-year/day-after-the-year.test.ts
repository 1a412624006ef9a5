import { formatDay } from '@tierflow/customer/epoch-day';
import { beforeAll, expect, test } from 'vitest';
import { type CompleteJourney, readCompleteJourney } from './complete-journey.ts';
import { completeJourneySample } from './complete-journey-sample.ts';
import { dayAfterTheYear } from './day-after-the-year.ts';
import { foreignRecordsOf } from './foreign-records.ts';
import type { SampleDay } from './sample-day.ts';

let journey: CompleteJourney;
let day: SampleDay;

beforeAll(() => {
  journey = readCompleteJourney(completeJourneySample.folder);
  day = dayAfterTheYear(journey, journey.lastDay + 5);
});

test('a day is as busy as the same weekday a year before, and by the same households', () => {
  const model = journey.dayOf(journey.lastDay + 5 - 364);
  expect(day.baskets).toHaveLength(model.baskets.length);
  const households = new Set(model.baskets.map(({ household }) => household));
  expect(day.baskets.every(({ household }) => households.has(household))).toBe(true);
});

test('what happens on it happens on it, under ids of its own', () => {
  const date = formatDay(day.day);
  expect([...day.baskets, ...day.answers].every(({ at }) => at.startsWith(date))).toBe(true);
  const ids = [...day.baskets, ...day.answers].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const known = new Set(journey.dayOf(journey.lastDay + 5 - 364).baskets.map(({ id }) => id));
  expect(ids.some(id => known.has(id))).toBe(false);
});

test('every run makes the same days, and the days go on for years', () => {
  expect(dayAfterTheYear(journey, day.day)).toEqual(day);
  expect(foreignRecordsOf(dayAfterTheYear(journey, journey.lastDay + 3000)).length).toBeGreaterThan(10);
});
