/**
 * How long events waited: from the record timestamp of the event on the log to the moment at which a consumer that reads
 * committed records saw its change. Both are of this machine's clock.
 */
import type { PublishedRecord } from '../e2e/pipeline.ts';

export interface Waits {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** A stretch of the run, by the clock of the events' timestamps. */
export interface Stretch {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * @param published by partition, in order, and `seenAtMs` beside each of them (epoch milliseconds)
 * @returns of the events that came within the stretch; null: none did
 */
export function waitsWithin(
  stretch: Stretch,
  published: readonly (readonly PublishedRecord[])[],
  seenAtMs: readonly (readonly number[])[],
): Waits | null {
  const waits: number[] = [];
  published.forEach((records, partition) => {
    records.forEach(({ record }, index) => {
      // Every purchase of the load flips this program, once.
      if (record.type !== 'TierChanged' || record.program !== 'pulse' || record.cause !== 'facts') return;
      const { recordedAt } = record;
      if (recordedAt >= stretch.fromMs && recordedAt < stretch.toMs) {
        waits.push(seenAtMs[partition]![index]! - recordedAt);
      }
    });
  });
  if (waits.length === 0) return null;
  waits.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))]!);
  return { events: waits.length, p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: Math.round(waits.at(-1)!) };
}
