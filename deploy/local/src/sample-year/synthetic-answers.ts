/**
 * Feedback that nobody ever gave: the sample has none, and tiers that follow satisfaction need some. About one basket
 * in twenty-five gets an answer within three days, mostly a friendly one. What a basket gets depends on its id alone.
 */
import { DateTime } from 'luxon';
import type { Answer, Basket } from './sample-day.ts';
import { SeededRandom } from './seeded-random.ts';

const answeredShare = 0.04;
const delayMinutesMax = 3 * 24 * 60;
/** Of a hundred answers: 5 stars, 4 stars, … 1 star. */
const starWeights = [44, 30, 13, 8, 5];
const complaintShareOfBadOnes = 0.6;
const subjects = ['freshness', 'price', 'waiting', 'staff'];

export function syntheticAnswer({ id, household, at }: Basket): Answer | null {
  const random = new SeededRandom(`answer ${id}`);
  if (random.next() >= answeredShare) return null;
  const answeredAt = DateTime.fromISO(at, { zone: 'UTC' }).plus({ minutes: 1 + random.below(delayMinutesMax) });
  const stars = 5 - weighted(random, starWeights);
  return {
    id: `a-${id}`,
    household,
    at: answeredAt.toFormat("yyyy-MM-dd'T'HH:mm:ss"),
    stars,
    about: random.pick(subjects),
    isComplaint: stars <= 2 && random.next() < complaintShareOfBadOnes,
  };
}

/** An index, drawn in proportion to its weight. */
function weighted(random: SeededRandom, weights: readonly number[]): number {
  let rest = random.below(weights.reduce((sum, weight) => sum + weight, 0));
  let index = 0;
  while (rest >= weights[index]!) rest -= weights[index++]!;
  return index;
}
