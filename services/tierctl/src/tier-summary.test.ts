import { expect, test } from 'vitest';
import { mergeCounters } from './merge-counters.ts';
import { countTransitions, eventCounts, summarizePrograms } from './tier-summary.ts';

const one = {
  flow: new Map([
    ['value|none|bronze|facts', 3],
    ['value|bronze|gold|facts', 1],
  ]),
  stock: new Map([
    ['value|bronze', 2],
    ['value|gold', 1],
  ]),
  records: new Map([
    ['applied', 5],
    ['duplicate', 2],
    ['rejected.tooLate', 1],
  ]),
  headline: new Map([['value|gold|orders', 2]]),
};
const other = {
  flow: new Map([['value|bronze|none|erasure', 1]]),
  stock: new Map([['value|bronze', -1]]),
  records: new Map([
    ['applied', 1],
    ['late', 1],
  ]),
  headline: new Map([
    ['value|gold|orders', 1],
    ['value|gold|spendMinor', -50],
  ]),
};

test('partitions add up, and for each tier stock is in minus out', () => {
  const programs = summarizePrograms(mergeCounters([one, other]), null);
  expect(programs).toEqual({
    value: {
      population: { bronze: 1, gold: 1 },
      transitions: [
        { from: null, to: 'bronze', cause: 'facts', count: 3 },
        { from: 'bronze', to: null, cause: 'erasure', count: 1 },
        { from: 'bronze', to: 'gold', cause: 'facts', count: 1 },
      ],
    },
  });
  expect(countTransitions(programs)).toBe(5);
});

test('what a tier has brought adds up, too', () => {
  expect(mergeCounters([one, other]).headline).toEqual(
    new Map([
      ['value|gold|orders', 3],
      ['value|gold|spendMinor', -50],
    ]),
  );
});

test('every record that was read has one outcome', () => {
  const counts = eventCounts(mergeCounters([one, other]), new Map([['notJson', 4]]));
  expect(counts).toEqual({
    read: 13,
    accepted: 6,
    rejected: 5,
    duplicate: 2,
    late: 1,
    rejectedByReason: { notJson: 4, tooLate: 1 },
  });
});
