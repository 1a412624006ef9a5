/** Which days a window holds as of a day. */
import type { EpochDay } from './events.ts';
import type { Window } from './policy.ts';

/** The last day before the window. */
export function startOf(window: Window, day: EpochDay): EpochDay {
  if (window.kind !== 'rolling') throw new Error(`Window ${window.kind} was not compiled.`);
  return day - window.days;
}
