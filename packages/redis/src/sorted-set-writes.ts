/**
 * What a commit writes into sorted sets, set by set: the slices of the due index, and the rank indexes. Both hold customers by
 * an integer, so one form carries both.
 */
import type { DueWrite, RankWrite } from '@tierflow/processor/ports';
import type { PartitionKeys } from './keys.ts';

export interface SortedSetWrites {
  readonly removed: string[];
  readonly added: { readonly customerId: string; readonly score: number }[];
}

/** By key. */
export function sortedSetWrites(
  keys: PartitionKeys,
  due: readonly DueWrite[],
  ranks: readonly RankWrite[],
): Map<string, SortedSetWrites> {
  const slices = grouped(
    due,
    ({ slice }) => slice,
    ({ day }) => day,
  );
  const rankings = grouped(
    ranks,
    ({ ranking }) => ranking,
    ({ value }) => value,
  );
  const sets = new Map<string, SortedSetWrites>();
  for (const [slice, writes] of slices) sets.set(keys.due(slice), writes);
  for (const [ranking, writes] of rankings) sets.set(keys.rank(ranking), writes);
  return sets;
}

function grouped<T extends { readonly customerId: string }, K>(
  writes: readonly T[],
  groupOf: (write: T) => K,
  scoreOf: (write: T) => number | null,
): Map<K, SortedSetWrites> {
  const groups = new Map<K, SortedSetWrites>();
  for (const write of writes) {
    const group = groupOf(write);
    let found = groups.get(group);
    if (found === undefined) {
      found = { removed: [], added: [] };
      groups.set(group, found);
    }
    const score = scoreOf(write);
    if (score === null) found.removed.push(write.customerId);
    else found.added.push({ customerId: write.customerId, score });
  }
  return groups;
}
