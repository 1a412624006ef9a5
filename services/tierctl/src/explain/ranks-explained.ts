/** A customer's place among everybody, as it is now: counted in the rank indexes of all partitions. */
import type { Policy } from '@tierflow/customer/policy';
import type { LocalizedText } from '@tierflow/customer/policy-document';
import type { Rank, RedisRankIndexes } from '@tierflow/redis/rank-indexes';

export interface RankExplained {
  readonly measure: string;
  readonly title: LocalizedText | null;
  /** 1 is the best; equal values have the same rank. */
  readonly rank: number;
  /** So many customers are ranked. */
  readonly of: number;
  /** The smallest share that the customer is in, in per cent with one decimal. */
  readonly topPercent: string;
}

/** Rankings that the customer is not in are left out. */
export async function explainRanks(
  indexes: Pick<RedisRankIndexes, 'rankOf'>,
  { rankings, ownRankings }: Policy,
  customerId: string,
): Promise<RankExplained[]> {
  const explained: RankExplained[] = [];
  for (const { key, measure, title, by, better } of rankings.slice(0, ownRankings)) {
    const place = await indexes.rankOf(key, customerId);
    if (place === null) continue;
    // Of days since something the latest day is the best, and has the greatest value.
    const isGreatestFirst = by === 'lastDay' || better === 'more';
    explained.push({ measure, title, ...placeOf(place, isGreatestFirst) });
  }
  return explained;
}

export function placeOf(
  { above, below, size }: Omit<Rank, 'value'>,
  isGreatestFirst: boolean,
): Pick<RankExplained, 'rank' | 'of' | 'topPercent'> {
  const rank = 1 + (isGreatestFirst ? above : below);
  const tenths = Math.ceil((rank * 1000) / size);
  return { rank, of: size, topPercent: `${Math.floor(tenths / 10)}.${tenths % 10}` };
}
