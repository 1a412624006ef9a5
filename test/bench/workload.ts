/**
 * The workload "tier fold v1": a deterministic stream of customer events, a function of count and seed alone, so that
 * different systems can be measured on the same events and held to the same result.
 *
 * 400 days of 100,000 customers by Zipf with s = 1.05 (the most active one has a ninth of all events): 25 % purchases,
 * 3 % refunds (lognormal, median 80.00), 62 % interactions, 10 % feedback. 1 % are up to three days late, 0.5 % are
 * copies of one of the last 5,000 events.
 */
import { type Bits64, mix, SplitMix64 } from './split-mix-64.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2024, 0, 1);
const spanDays = 400;
const customers = 100_000;
const zipfExponent = 1.05;
const recentEvents = 5_000;
const kinds = ['view', 'visit', 'call', 'email'] as const;

interface EventBase {
  readonly eventId: string;
  readonly customerId: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
}

export type WorkloadEvent = EventBase &
  (
    | { readonly type: 'purchase' | 'refund'; readonly amountMinor: number }
    | { readonly type: 'interaction'; readonly kind: (typeof kinds)[number] }
    | { readonly type: 'feedback'; readonly score: number }
  );

export function* workload(count: number, seed: number): Generator<WorkloadEvent, void> {
  const random = new SplitMix64(seed);
  const shares = cumulativeShares();
  const ids: string[] = new Array(customers);
  const recent: WorkloadEvent[] = [];
  const stepMs = (spanDays * dayMs) / count;

  for (let i = 0; i < count; i++) {
    // 1. A copy of a recent event.
    if (recent.length > 0 && random.float() < 0.005) {
      yield recent[random.below(recent.length)]!;
      continue;
    }
    // 2. Or a new one: who, when, what. The order of the draws is part of the workload's definition.
    const rank = Math.min(firstAtLeast(shares, random.float()), customers - 1);
    let occurredAt = startMs + Math.trunc(i * stepMs);
    if (random.float() < 0.01) occurredAt -= random.below(3 * dayMs);
    ids[rank] ??= customerIdOf(seed, rank);
    const event = draw(random, { eventId: drawEventId(random), customerId: ids[rank], occurredAt });
    // 3. The copies are taken from a ring that is indexed by the position in the stream.
    if (recent.length < recentEvents) recent.push(event);
    else recent[i % recentEvents] = event;
    yield event;
  }
}

function draw(random: SplitMix64, base: EventBase): WorkloadEvent {
  const share = random.float();
  if (share < 0.25) return { ...base, type: 'purchase', amountMinor: drawAmount(random) };
  if (share < 0.28) return { ...base, type: 'refund', amountMinor: drawAmount(random) };
  if (share < 0.9) return { ...base, type: 'interaction', kind: kinds[random.below(4)]! };
  return { ...base, type: 'feedback', score: 1 + random.below(5) };
}

function drawAmount(random: SplitMix64): number {
  return Math.max(1, Math.round(8000 * Math.exp(0.8 * random.normal())));
}

function drawEventId(random: SplitMix64): string {
  const { high, low } = random.next();
  return uuid({ high, low }, random.next());
}

function customerIdOf(seed: number, rank: number): string {
  const first = { high: 0xc057, low: (seed + rank) | 0 };
  const second = { high: 0xc058, low: (seed + rank) | 0 };
  mix(first);
  mix(second);
  return uuid(first, second);
}

/** Version 4 by its marks, though nothing about it is random. */
function uuid(first: Bits64, second: Bits64): string {
  const a = hex(first.high);
  const b = hex((first.low & 0xffff0fff) | 0x4000);
  const c = hex((second.high & 0x3fffffff) | 0x80000000);
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${hex(second.low)}`;
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}

function cumulativeShares(): Float64Array {
  const shares = new Float64Array(customers);
  let sum = 0;
  for (let k = 0; k < customers; k++) {
    sum += (k + 1) ** -zipfExponent;
    shares[k] = sum;
  }
  return shares.map(share => share / sum);
}

function firstAtLeast(ascending: Float64Array, wanted: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! >= wanted) to = middle;
    else from = middle + 1;
  }
  return from;
}
