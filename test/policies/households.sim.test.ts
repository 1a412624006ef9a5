/** Audience segments on the households of the sample year: who they are and how they shop, counted from the tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { readCompleteJourney } from '@tierflow/local/sample-year/complete-journey';
import { completeJourneySample } from '@tierflow/local/sample-year/complete-journey-sample';
import { mapJourney } from '@tierflow/local/sample-year/map-journey';
import { beforeAll, expect, test } from 'vitest';
import { type Folded, foldUnderPolicy } from './fold-under-policy.ts';

const journey = readCompleteJourney(completeJourneySample.folder);
const { lastDay } = journey;
const { events } = mapJourney({ journey, ...completeJourneySample });
const eventsOf = Map.groupBy(events, ({ customerId }) => customerId);
const policy = readFileSync(join(repositoryDir, 'deploy/policies/audience-segments.yaml'), 'utf8');
let folded: Folded;

beforeAll(async () => {
  folded = await foldUnderPolicy(policy, events, lastDay, completeJourneySample);
}, 120_000);

test('who they are, by the table of demographics', () => {
  const rows = readFileSync(join(completeJourneySample.folder, 'demographics.csv'), 'utf8').trim().split('\n').slice(1);
  const known = new Map(rows.map(row => [row.split(',')[0]!, demographicOf(row)]));
  expect(known.size).toBe(801);
  const expected = [...eventsOf.keys()].map(id => [id, known.get(id) ?? 'unknown']);
  expect(standings('demographic')).toEqual(expected.sort());
  expect(new Set(known.values()).size).toBe(5);
});

function demographicOf(row: string): string {
  const [, age, income, , , , composition] = row.split(',') as [string, ...string[]];
  if (composition === '1 Adult Kids' || composition === '2 Adults Kids') return 'families';
  if (Number.parseInt(income!, 10) >= 100) return 'affluent';
  if (Number.parseInt(age!, 10) >= 55) return 'seniors';
  return Number.parseInt(age!, 10) < 35 ? 'young' : 'middle-aged';
}

test('how they shop, by their last 90 days', () => {
  const expected = [...eventsOf].map(([id, all]) => {
    const recent = all.filter(({ businessDay }) => businessDay > lastDay - 90);
    const purchases = recent.filter(({ type }) => type === 'PurchaseRecorded');
    const coupons = recent.filter(event => event.type === 'InteractionRecorded' && event.kind === 'coupon').length;
    const days = new Set(purchases.map(({ businessDay }) => businessDay)).size;
    if (coupons >= 3) return [id, 'bargain-hunters'];
    if (purchases.length >= 6 && days <= 3) return [id, 'stock-up'];
    if (days >= 6) return [id, 'habitual'];
    return [id, purchases.length >= 1 ? 'occasional' : 'inactive'];
  });
  expect(standings('behavioural')).toEqual(expected.sort());
});

function standings(program: string): (string | null)[][] {
  return [...folded.customers].map(([id, { standings }]) => [id, standings[program]?.tier ?? null]).sort();
}
