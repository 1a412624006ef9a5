/** What is on an output against what should be: lost, doubled, unexpected, different or out of order, each by id. */
import { isDeepStrictEqual } from 'node:util';

export interface Published {
  /** `<partition>-<offset>-<index>`. */
  readonly id: string;
  readonly record: unknown;
}

export interface Difference {
  readonly what: 'lost' | 'doubled' | 'unexpected' | 'different' | 'outOfOrder';
  readonly id: string;
}

/** Of one partition. Both in the order in which they stand there; ids of the expected ones are distinct. */
export function compareChanges(expected: readonly Published[], actual: readonly Published[]): Difference[] {
  const differences: Difference[] = [];
  const places = new Map(expected.map(({ id }, place) => [id, place]));
  const met = new Set<string>();
  let furthest = -1;
  for (const { id, record } of actual) {
    const place = places.get(id);
    if (place === undefined) {
      differences.push({ what: 'unexpected', id });
      continue;
    }
    if (!isDeepStrictEqual(record, expected[place]!.record)) differences.push({ what: 'different', id });
    if (met.has(id)) differences.push({ what: 'doubled', id });
    else if (place < furthest) differences.push({ what: 'outOfOrder', id });
    met.add(id);
    furthest = Math.max(furthest, place);
  }
  for (const { id } of expected) if (!met.has(id)) differences.push({ what: 'lost', id });
  return differences;
}
