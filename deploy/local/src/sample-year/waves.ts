/**
 * Records of one household reach the log in the order given, whichever topics they take.
 *
 * Topics and their partitions are read side by side, so what is written to two of them at once may enter the log in either
 * order. The final standings would be the same, but a segment that looks at purchases and complaints may pass
 * through another one in between. The sample is to come to the same changes each time; so a household that moves on to
 * another topic or partition waits there for the next wave, which is written when intake has drained the one before.
 */
import { partitionOf } from '@tierflow/processor/partition-of';
import type { ForeignRecord } from './foreign-records.ts';

export interface PlacedRecord extends ForeignRecord {
  readonly partition: number;
}

export function wavesOf(records: readonly ForeignRecord[], partitions: number): PlacedRecord[][] {
  const waves: PlacedRecord[][] = [];
  /** Where each household was last. */
  const last = new Map<string, { wave: number; lane: string }>();
  for (const record of records) {
    const partition = partitionOf(record.key, partitions);
    const lane = `${record.topic}/${partition}`;
    let wave = 0;
    for (const household of record.households) {
      const before = last.get(household);
      if (before !== undefined) wave = Math.max(wave, before.lane === lane ? before.wave : before.wave + 1);
    }
    for (const household of record.households) last.set(household, { wave, lane });
    if (wave === waves.length) waves.push([]);
    waves[wave]!.push({ ...record, partition });
  }
  return waves;
}
