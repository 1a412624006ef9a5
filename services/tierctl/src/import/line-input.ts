import { type LineSource, openLines } from '../line-source.ts';
import { readEvents } from '../read-events.ts';
import type { EventInput } from './event-input.ts';

/** A file of canonical events, one JSON object a line. */
export function lineInput(path: string, defaultSource: string): EventInput {
  const source: LineSource = openLines(path);
  return {
    name: source.name,
    unit: 'lines',
    total: source.totalBytes,
    done: source.bytesRead,
    pieces: context => readEvents(source.name, source.lines, { ...context, defaultSource }),
  };
}
