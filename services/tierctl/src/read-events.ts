/** Lines of a canonical file to events, or to the reason why not. */
import { type RejectedEvent, rejectedEvent } from '@tierflow/codec/rejected-event';
import { type CanonicalContext, parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import type { InputPiece, PlacedEvent } from './import/event-input.ts';
import type { Line } from './line-source.ts';

export async function* readEvents(
  file: string,
  lines: AsyncIterable<readonly Line[]>,
  context: CanonicalContext,
): AsyncGenerator<InputPiece> {
  for await (const piece of lines) {
    const events: PlacedEvent[] = [];
    const rejected: RejectedEvent[] = [];
    for (const { number, bytes } of piece) {
      const result = parseCanonicalLine(bytes, context);
      if (result.ok) events.push({ place: number, event: result.event });
      else rejected.push(rejectedEvent({ origin: `${file}:${number}`, part: null, key: null, payload: bytes }, result));
    }
    yield { read: piece.length, events, rejected };
  }
}
