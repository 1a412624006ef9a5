/** Lines of a canonical file to events, or to the reason why not. */
import { type CanonicalContext, parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import type { Rejected } from '@tierflow/config/canonical/rejection';
import type { CustomerEvent } from '@tierflow/customer/events';
import type { Line } from './line-source.ts';

export interface RejectedLine {
  readonly line: Line;
  readonly rejected: Rejected;
}

export interface ReadEvents {
  readonly events: readonly CustomerEvent[];
  readonly rejected: readonly RejectedLine[];
}

export async function* readEvents(
  lines: AsyncIterable<readonly Line[]>,
  context: CanonicalContext,
): AsyncGenerator<ReadEvents> {
  for await (const piece of lines) {
    const events: CustomerEvent[] = [];
    const rejected: RejectedLine[] = [];
    for (const line of piece) {
      const result = parseCanonicalLine(line.bytes, context);
      if (result.ok) events.push(result.event);
      else rejected.push({ line, rejected: result });
    }
    yield { events, rejected };
  }
}

/** Counts by reason. */
export class Tally {
  readonly #counts = new Map<string, number>();
  total = 0;

  add(reason: string, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    this.total += count;
  }

  /** The most frequent first. */
  byReason(): Record<string, number> {
    const sorted = [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return Object.fromEntries(sorted);
  }
}
