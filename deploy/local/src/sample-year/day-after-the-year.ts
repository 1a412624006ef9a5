/**
 * Days after the data ends, made up from the data: the same weekday a year before, drawn anew. So weekends stay busy,
 * frequent buyers stay frequent, and every run makes the same days.
 */
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import type { CompleteJourney } from './complete-journey.ts';
import type { SampleDay } from './sample-day.ts';
import { SeededRandom } from './seeded-random.ts';

/** Whole weeks, so that a Monday is made from a Monday. */
const yearDays = 364;

export function dayAfterTheYear(journey: CompleteJourney, day: EpochDay): SampleDay {
  const yearsBack = Math.ceil((day - journey.lastDay) / yearDays);
  const model = journey.dayOf(day - yearsBack * yearDays);
  const date = formatDay(day);
  const random = new SeededRandom(`day ${date}`);
  const redrawn = <T>(items: readonly T[]): T[] => items.map(() => random.pick(items));
  const moved = (at: string) => `${date}${at.slice(10)}`;
  return {
    day,
    profiles: [],
    campaigns: model.campaigns.map(campaign => ({ ...campaign, id: String(Number(campaign.id) + 100 * yearsBack) })),
    redemptions: [...new Set(redrawn(model.redemptions))],
    baskets: redrawn(model.baskets).map((basket, index) => ({
      ...basket,
      id: `${day}${String(index).padStart(4, '0')}`,
      at: moved(basket.at),
    })),
    answers: redrawn(model.answers).map((answer, index) => ({
      ...answer,
      id: `a-${day}-${index}`,
      at: moved(answer.at),
    })),
  };
}
