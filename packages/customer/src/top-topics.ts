/** What a customer's interactions and feedback were about most often. */
import { firstTopicCell, topicIndexOf } from '@tierflow/window/cell';
import type { Customer } from './customer.ts';
import type { TopicCount, TopTopicsMeasure } from './policy.ts';

/** The most frequent first, of equals the one whose text comes first; null where there is none. */
export function topTopicsOf(customer: Customer, measure: TopTopicsMeasure): readonly TopicCount[] | null {
  const { tally, tallyBefore, topics, topicAt } = measure;
  const counts = tally === null ? lifetimeTally(customer) : customer.tallies[tally]!;
  const before = tallyBefore === null ? null : customer.tallies[tallyBefore]!;
  if (counts.size === 0) return null;
  return [...counts]
    .map(([index, count]) => ({
      topic: topicAt(index),
      count,
      change: before === null ? null : count - (before.get(index) ?? 0),
    }))
    .sort((a, b) => b.count - a.count || (a.topic < b.topic ? -1 : 1))
    .slice(0, topics);
}

function lifetimeTally({ lifetime }: Customer): Map<number, number> {
  const tally = new Map<number, number>();
  for (const { cell, value } of lifetime.entries) {
    if (cell < firstTopicCell || value === 0) continue;
    const topic = topicIndexOf(cell);
    tally.set(topic, (tally.get(topic) ?? 0) + value);
  }
  return tally;
}
