/** How much of a population a roll-out is to have: a fraction of the slices, `1/64`, or so many of them. */
import { CommandFailure } from '../command-failure.ts';

/** A fraction is rounded up, so that the smallest still has somebody. */
export function slicesNamed(text: string, slices: number): number {
  const [, part, whole] = /^(\d{1,6})(?:\/(\d{1,6}))?$/.exec(text) ?? [];
  const named = whole === undefined ? Number(part) : Math.ceil((slices * Number(part)) / Number(whole));
  if (named >= 1 && named <= slices) return named;
  throw new CommandFailure(
    `--slices is ${JSON.stringify(text)}`,
    `give a fraction such as 1/64, or a whole number from 1 to ${slices}`,
    2,
  );
}
