/** RFC 3339 with the offset that it requires, to epoch milliseconds. Finer fractions of a second are cut off. */

export type Instant =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly reason: 'badTime' }
  /** `localMs`: what its clock shows, as if it were in UTC. */
  | { readonly ok: false; readonly reason: 'noOffset'; readonly localMs: number };

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))?$/;

export function parseInstant(text: string): Instant {
  const match = pattern.exec(text);
  if (match === null) return { ok: false, reason: 'badTime' };
  const day = parseCivilDay(text.slice(0, 10));
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  if (day === null || hour > 23 || minute > 59 || second > 59) return { ok: false, reason: 'badTime' };

  const last = text.charCodeAt(text.length - 1);
  const isUtc = last === 0x5a || last === 0x7a;
  const fractionMs = match[7] === undefined ? 0 : Number(match[7].slice(0, 3).padEnd(3, '0'));
  const localMs = day * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs;
  if (!isUtc && match[8] === undefined) return { ok: false, reason: 'noOffset', localMs };
  const offsetHours = isUtc ? 0 : Number(match[9]);
  const offsetMinutes = isUtc ? 0 : Number(match[10]);
  if (offsetHours > 23 || offsetMinutes > 59) return { ok: false, reason: 'badTime' };

  const offsetMs = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  return { ok: true, ms: localMs - offsetMs };
}

/** `2024-02-29` → days since 1970-01-01; null where there is no such day between 1970 and 2200. */
export function parseCivilDay(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

export function formatCivilDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
