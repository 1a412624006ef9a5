/**
 * The business day of an instant: the civil day in the deployment's zone, as days since 1970-01-01. Only this
 * and `local-time.ts` know time zones; the fold sees days.
 */
import { DateTime, IANAZone } from 'luxon';

export const dayMs = 86_400_000;
const quarterMs = 900_000;
const rememberedQuartersMax = 200_000;

export type BusinessDayOf = (instantMs: number) => number;

const stamps = new Map<string, BusinessDayOf>();

/** Zones by name only: a fixed offset such as +02:00 is no place where midnight moves with the law. */
export function isTimeZone(zone: string): boolean {
  return /^[A-Za-z]/.test(zone) && IANAZone.isValidZone(zone);
}

/** The same function for the same zone, so that all callers share what it remembers. */
export function businessDayIn(zone: string): BusinessDayOf {
  const known = stamps.get(zone);
  if (known) return known;
  const stamp = createStamp(zone);
  stamps.set(zone, stamp);
  return stamp;
}

function createStamp(zone: string): BusinessDayOf {
  const ianaZone = IANAZone.create(zone);
  if (!ianaZone.isValid) throw new RangeError(`${zone} is not an IANA time zone`);
  if (zone === 'UTC') return instantMs => Math.floor(instantMs / dayMs);

  const exact = (instantMs: number): number => {
    const local = DateTime.fromMillis(instantMs, { zone: ianaZone });
    return Date.UTC(local.year, local.month - 1, local.day) / dayMs;
  };
  // A zone's arithmetic costs a microsecond and more, but almost every quarter of an hour lies within one civil day.
  // The few that hold a midnight (offsets of 44 minutes have existed) are remembered as null and computed exactly.
  const dayByQuarter = new Map<number, number | null>();
  return instantMs => {
    const quarter = Math.floor(instantMs / quarterMs);
    let day = dayByQuarter.get(quarter);
    if (day === undefined) {
      const first = exact(quarter * quarterMs);
      day = first === exact(quarter * quarterMs + quarterMs - 1) ? first : null;
      if (dayByQuarter.size >= rememberedQuartersMax) dayByQuarter.clear();
      dayByQuarter.set(quarter, day);
    }
    return day ?? exact(instantMs);
  };
}
