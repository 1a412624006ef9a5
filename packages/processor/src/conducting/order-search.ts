/**
 * Values by rank of a population that lies in several indexes, which can only be asked how many values are at most a
 * bound. The value of a rank is the least one that has more than so many at or below it, found by bisection.
 *
 * All ranks are looked for at once: those that are still in the same span share its middle, and the middles of all spans
 * are asked for together. So the number of questions follows from how far the values reach, not from how many ranks there
 * are: money up to a million takes some 27.
 */
import { PortFailure } from '../errors.ts';
import type { RankIndexes } from '../ports.ts';

/** Integers, both ends included, that hold the values of the ranks. */
interface Span {
  readonly least: number;
  readonly greatest: number;
  readonly ranks: readonly number[];
}

/**
 * By rank; rank 0 is the least value. Exact where nothing moves meanwhile. Where facts do come in, every answer is one
 * that was right while it was asked, and values still ascend with their ranks, because ranks that have parted stay apart.
 */
export async function valuesAt(
  indexes: Pick<RankIndexes, 'extremes' | 'countThrough'>,
  ranking: string,
  ranks: readonly number[],
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  if (ranks.length === 0) return found;
  const extremes = await indexes.extremes(ranking);
  if (extremes === null) throw new PortFailure('store', `The rank index ${ranking} was emptied while it was searched.`);
  let spans: Span[] = [{ ...extremes, ranks }];
  while (spans.length > 0) {
    const open: Span[] = [];
    for (const span of spans) {
      if (span.least < span.greatest) open.push(span);
      else for (const rank of span.ranks) found.set(rank, span.least);
    }
    const middles = open.map(middleOf);
    const counts = open.length === 0 ? [] : await indexes.countThrough(ranking, middles);
    spans = open.flatMap((span, index) => halves(span, middles[index]!, counts[index]!));
  }
  return found;
}

/** Rounded down. Of safe integers the difference may be none, and where it may, their sum is one. */
function middleOf({ least, greatest }: Span): number {
  return least < 0 && greatest >= 0 ? Math.floor((least + greatest) / 2) : least + Math.floor((greatest - least) / 2);
}

function halves({ least, greatest, ranks }: Span, middle: number, countThroughMiddle: number): Span[] {
  const through = { least, greatest: middle, ranks: ranks.filter(rank => rank < countThroughMiddle) };
  const above = { least: middle + 1, greatest, ranks: ranks.filter(rank => rank >= countThroughMiddle) };
  return [through, above].filter(half => half.ranks.length > 0);
}
