/**
 * Ids for rows that bring none. Not the row's place: a row inserted above would make every event below it another one.
 * The id is the hash of what the event says, and how many-th it is of those that say the same. So the same file, the
 * file with rows added, moved or recoloured, and an export that overlaps another one give the events that are new;
 * a row that was corrected is a new event, and two rows of one file that say the same are two. Where a table has ids of
 * its own, such as an order number, map them: only then is a corrected order known to be the same order.
 */
import { hash } from 'node:crypto';
import type { CustomerEvent } from '@tierflow/customer/events';

const hexDigits = 32;
/** What the deployment adds is not the event's content: rates may be mended. */
const derived = ['eventId', 'businessDay', 'bootstrap', 'amountBaseMinor', 'marginBaseMinor', 'costBaseMinor'];

export class ContentIds {
  readonly #seen = new Map<string, number>();

  give(event: CustomerEvent): CustomerEvent {
    const content: Record<string, unknown> = { ...event };
    for (const added of derived) delete content[added];
    const digest = hash('sha256', JSON.stringify(sorted(content))).slice(0, hexDigits);
    const count = (this.#seen.get(digest) ?? 0) + 1;
    this.#seen.set(digest, count);
    return { ...event, eventId: count === 1 ? `content:${digest}` : `content:${digest}:${count}` };
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, sorted(each)]);
}
