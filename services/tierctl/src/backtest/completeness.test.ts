import { expect, test } from 'vitest';
import { CompletenessCount } from './completeness.ts';

test('tells of how many customers a measure is known, the rarest first, and which standings lack one', () => {
  const count = new CompletenessCount();
  count.add({
    measures: { spend: '0.00', score: null, region: null },
    standings: { value: {}, mood: { incomplete: true } },
  });
  count.add({ measures: { spend: '9.00', score: '80.00', region: null }, standings: { value: {}, mood: {} } });
  expect(count.result()).toEqual({ known: { region: 0, score: 1 }, incompleteStandings: { mood: 1 } });
  expect(Object.keys(count.result().known)).toEqual(['region', 'score']);
});
