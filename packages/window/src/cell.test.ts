import { expect, it } from 'vitest';
import { cells, countsFacts, firstTopicCell, kindCells, topicCells, topicIndexOf } from './cell.ts';

const kinds = Array.from({ length: 200 }, (_, index) => kindCells(index));
const topics = Array.from({ length: 1000 }, (_, index) => topicCells(index));

it('no two numbers share a cell', () => {
  const used = [...Object.values(cells), ...[...kinds, ...topics].flatMap(each => Object.values(each))];
  expect(new Set(used).size).toBe(used.length);
});

it('a topic is told by either of its cells', () => {
  topics.forEach(({ interactionCount, feedbackCount }, index) => {
    expect([topicIndexOf(interactionCount), topicIndexOf(feedbackCount)]).toEqual([index, index]);
    expect(interactionCount).toBeGreaterThanOrEqual(firstTopicCell);
  });
});

it('facts are counted with their days by purchases, refunds, interactions, each kind of them, feedback and complaints', () => {
  const counting = [
    cells.purchaseCount,
    cells.refundCount,
    cells.interactionCount,
    cells.feedbackCount,
    cells.complaintCount,
    ...kinds.map(({ count }) => count),
  ];
  const all = [...Object.values(cells), ...[...kinds, ...topics].flatMap(each => Object.values(each))];
  expect(all.filter(countsFacts).sort((a, b) => a - b)).toEqual(counting.sort((a, b) => a - b));
});
