/**
 * The committed outcome is what the records come to, mapped and folded in memory. After a change of data, sources or policy
 * that means it: `npm test -- deploy/local/src/sample-year/outcome-in-memory.test.ts -u` writes it anew.
 */
import { expect, test } from 'vitest';
import { readCompleteJourney } from './complete-journey.ts';
import { completeJourneySample } from './complete-journey-sample.ts';
import { outcomeInMemory } from './outcome-in-memory.ts';

test('the year comes to the committed outcome', { timeout: 120_000 }, async () => {
  const journey = readCompleteJourney(completeJourneySample.folder);
  const outcome = await outcomeInMemory({ journey, ...completeJourneySample });
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(completeJourneySample.expectedFile);
});
