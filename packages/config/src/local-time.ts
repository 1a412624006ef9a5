/**
 * What a clock on the wall of a zone shows, to the instant. A time that the clocks jumped over is moved forward by the
 * jump, one that they show twice is the earlier of the two (the rule of RFC 5545 and of Temporal's `compatible`).
 */
import { IANAZone } from 'luxon';

const dayMs = 86_400_000;
const quarterMs = 900_000;
const rememberedQuartersMax = 200_000;

/** `localMs`: the shown date and time as if they were UTC. */
export type InstantOfLocal = (localMs: number) => number;

const readers = new Map<string, InstantOfLocal>();

/** The same function for the same zone, so that all callers share what it remembers. */
export function instantIn(zone: string): InstantOfLocal {
  const known = readers.get(zone);
  if (known) return known;
  const reader = createReader(zone);
  readers.set(zone, reader);
  return reader;
}

function createReader(zone: string): InstantOfLocal {
  const ianaZone = IANAZone.create(zone);
  if (!ianaZone.isValid) throw new RangeError(`${zone} is not an IANA time zone`);

  const offsetMs = (instantMs: number): number => Math.round(ianaZone.offset(instantMs) * 60_000);
  const exact = (localMs: number): number => {
    // No zone changes its clocks twice within two days, so the offsets around the time are those before and after.
    const before = offsetMs(localMs - dayMs);
    const after = offsetMs(localMs + dayMs);
    const candidates = before > after ? [before, after] : [after, before];
    const shown = candidates.find(offset => offsetMs(localMs - offset) === offset);
    return localMs - (shown ?? before);
  };
  // A zone's arithmetic costs microseconds, but within almost every quarter of an hour the offset is one.
  const offsetByQuarter = new Map<number, number | null>();
  return localMs => {
    const quarter = Math.floor(localMs / quarterMs);
    let offset = offsetByQuarter.get(quarter);
    if (offset === undefined) {
      const firstMs = quarter * quarterMs;
      const lastMs = firstMs + quarterMs - 1;
      offset = exact(lastMs) - exact(firstMs) === lastMs - firstMs ? firstMs - exact(firstMs) : null;
      if (offsetByQuarter.size >= rememberedQuartersMax) offsetByQuarter.clear();
      offsetByQuarter.set(quarter, offset);
    }
    return offset === null ? exact(localMs) : localMs - offset;
  };
}
