/** Rows of a table, mapped by a source of a sources file. */
import { basename } from 'node:path';
import { type RejectedEvent, rejectedEvent } from '@tierflow/codec/rejected-event';
import type { Source } from '@tierflow/config/sources/source';
import type { Table, TableRow } from '../tables/table.ts';
import { ContentIds } from './content-id.ts';
import type { EventInput, InputContext, InputPiece, PlacedEvent } from './event-input.ts';

const pieceRows = 1000;

export function tableInput(path: string, { rows }: Table, source: Source): EventInput {
  const name = basename(path);
  let done = 0;
  async function* pieces(context: InputContext): AsyncGenerator<InputPiece> {
    const ids = new ContentIds();
    for (let from = 0; from < rows.length; from += pieceRows) {
      const piece = rows.slice(from, from + pieceRows);
      const events: PlacedEvent[] = [];
      const rejected: RejectedEvent[] = [];
      for (const row of piece) mapRow(name, row, source, context, ids, events, rejected);
      done += piece.length;
      yield { read: piece.length, events, rejected };
    }
  }
  return { name, unit: 'rows', total: rows.length, done: () => done, pieces };
}

function mapRow(
  name: string,
  { number, cells }: TableRow,
  source: Source,
  { nowMs, bootstrap }: InputContext,
  ids: ContentIds,
  events: PlacedEvent[],
  rejected: RejectedEvent[],
): void {
  const origin = `${name}:${number}`;
  // Of one length, whatever the file is called: the name of an event that brings none is at most so long.
  const place = `row:${number}`;
  for (const mapped of source.map(
    { origin: place, key: null, timestamp: null, value: cells },
    nowMs ?? Number.MAX_SAFE_INTEGER,
  )) {
    if (!mapped.ok) {
      rejected.push(
        rejectedEvent({ origin, part: mapped.part, key: null, payload: Buffer.from(JSON.stringify(cells)) }, mapped),
      );
      continue;
    }
    // A mapping that says no id gives that of the place.
    const isNamedByPlace = mapped.event.eventId === place || mapped.event.eventId.startsWith(`${place}#`);
    const event = isNamedByPlace ? ids.give(mapped.event) : mapped.event;
    events.push({ place: number, event: { ...event, bootstrap } });
  }
}
