/**
 * The eight segments of recency, frequency and monetary value, each high or low: `rfm.101` bought lately, seldom, and much.
 *
 * Vendors name the eight differently, so that ids say the pattern and titles are defaults that a policy may replace.
 */
import { requireMembers } from './order-statistics.ts';
import type { Better } from './score-by-cuts.ts';

type Level = '0' | '1';
export type RfmSegmentId = `rfm.${Level}${Level}${Level}`;

export interface RfmSegment {
  readonly id: RfmSegmentId;
  readonly title: { readonly en: string; readonly zh: string };
}

/** In the order of their worth: who spends much comes first, and among these who also comes back lately and often. */
export const rfmSegments: readonly RfmSegment[] = [
  { id: 'rfm.111', title: { en: 'Important value', zh: '重要价值客户' } },
  { id: 'rfm.101', title: { en: 'Important development', zh: '重要发展客户' } },
  { id: 'rfm.011', title: { en: 'Important retention', zh: '重要保持客户' } },
  { id: 'rfm.001', title: { en: 'Important win-back', zh: '重要挽留客户' } },
  { id: 'rfm.110', title: { en: 'General value', zh: '一般价值客户' } },
  { id: 'rfm.100', title: { en: 'General development', zh: '一般发展客户' } },
  { id: 'rfm.010', title: { en: 'General retention', zh: '一般保持客户' } },
  { id: 'rfm.000', title: { en: 'General win-back', zh: '一般挽留客户' } },
];

/**
 * A population's mean as a cut: who is at the mean or on its better side is high. The axis may be a measure or a score of
 * it; the sum is a bigint, because that of a whole population may leave 2^53.
 */
export function meanCut(sum: bigint, size: number, better: Better): number {
  requireMembers(size);
  const members = BigInt(size);
  const remainder = ((sum % members) + members) % members;
  const floor = Number((sum - remainder) / members);
  // At or above a mean of 2.5 is at or above 3; at or below it is below 3; and at or below a mean of 3 is below 4.
  return better === 'more' && remainder === 0n ? floor : floor + 1;
}

/** An axis is high where its value `reaches` its cut: the mean, or a fixed one. */
export function rfmSegmentOf(recencyHigh: boolean, frequencyHigh: boolean, monetaryHigh: boolean): RfmSegmentId {
  const level = (high: boolean): Level => (high ? '1' : '0');
  return `rfm.${level(recencyHigh)}${level(frequencyHigh)}${level(monetaryHigh)}`;
}
