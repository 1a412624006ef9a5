/**
 * A tile is a sparse sum per business day: pairs of a cell and a number. Which number a cell stands for is fixed here,
 * because cells are stored. Interactions are summed over all kinds and, beside it, per kind.
 */
export const cells = {
  purchaseCount: 0,
  purchaseAmount: 1,
  purchaseMargin: 2,
  purchaseMarginCount: 3,
  refundCount: 4,
  refundAmount: 5,
  interactionCount: 6,
  interactionCost: 7,
  interactionCostCount: 8,
  responseSeconds: 9,
  responseCount: 10,
  feedbackCount: 11,
  /** Sum of scores in basis points of their scale. */
  feedbackScore: 12,
  complaintCount: 13,
} as const;

const firstKindCell = 16;
const cellsPerKind = 5;

/** Cells of one kind of interaction, by the kind's index in the partition's table of kinds. */
export function kindCells(kindIndex: number): {
  count: number;
  cost: number;
  costCount: number;
  responseSeconds: number;
  responseCount: number;
} {
  const first = firstKindCell + kindIndex * cellsPerKind;
  return { count: first, cost: first + 1, costCount: first + 2, responseSeconds: first + 3, responseCount: first + 4 };
}

/** Behind the kinds, of which a partition has 200 at most. */
export const firstTopicCell = 1024;
const cellsPerTopic = 2;

/** Cells of one topic, by its index in the partition's table of topics: facts that were about it. */
export function topicCells(topicIndex: number): { interactionCount: number; feedbackCount: number } {
  const first = firstTopicCell + topicIndex * cellsPerTopic;
  return { interactionCount: first, feedbackCount: first + 1 };
}

/** The topic that a cell from `firstTopicCell` on belongs to. */
export function topicIndexOf(cell: number): number {
  return (cell - firstTopicCell) >> 1;
}

/**
 * Cells that count facts and know on how many days and when last. Cells of topics count facts too, but only how often
 * is ever asked: a customer with many topics would carry three numbers more for each.
 */
export function countsFacts(cell: number): boolean {
  if (cell >= firstTopicCell) return false;
  return cell < firstKindCell
    ? cell === cells.purchaseCount ||
        cell === cells.refundCount ||
        cell === cells.interactionCount ||
        cell === cells.feedbackCount ||
        cell === cells.complaintCount
    : (cell - firstKindCell) % cellsPerKind === 0;
}
