/** Times of foreign records to RFC 3339: local times by their zone, epochs by their unit, dates as the start of their day. */
import { DateTime } from 'luxon';
import { dayMs } from '../business-day.ts';
import { parseCivilDay, parseInstant } from '../canonical/instant.ts';
import { instantIn } from '../local-time.ts';
import type { Convert } from './convert-value.ts';
import { refuse } from './scope.ts';

const calendarEndMs = Date.UTC(2201, 0, 1);

/** Without a zone a time that says no offset is refused. */
export function isoToTime(zone: string | null): Convert {
  if (zone === null) return value => value;
  const instantOf = instantIn(zone);
  return value => {
    if (typeof value !== 'string' || endsWithOffset(value)) return value;
    const instant = parseInstant(value);
    return !instant.ok && instant.reason === 'noOffset' ? rfc3339(instantOf(instant.localMs)) : value;
  };
}

export function dateToTime(zone: string): Convert {
  const instantOf = instantIn(zone);
  return (value, scope, field) => {
    if (typeof value !== 'string') return value;
    const day = parseCivilDay(value);
    if (day === null) return refuse(scope, 'badDate', { field, value });
    return rfc3339(instantOf(day * dayMs));
  };
}

export function epochToTime(unit: 'epochSeconds' | 'epochMillis'): Convert {
  const msPerUnit = unit === 'epochSeconds' ? 1000 : 1;
  return (value, scope, field) => {
    const isText = typeof value === 'string' && /^-?\d{1,17}(\.\d{1,9})?$/.test(value);
    const number = isText || typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number') return refuse(scope, 'wrongType', { field, value, expected: 'number' });
    const ms = Math.floor(Math.round(number * msPerUnit * 1000) / 1000);
    return ms >= 0 && ms < calendarEndMs
      ? rfc3339(ms)
      : refuse(scope, 'badTime', { field, value: typeof value === 'bigint' ? String(value) : value, expected: unit });
  };
}

/**
 * A format is read by a regular expression. Many fields of one or two digits side by side, or two names of a zone, can
 * share a text between them in so many ways that a text that does not fit would be tried for ever.
 */
const formatFieldsMax = 16;
const timeLengthMax = 200;

function isReadInTime(format: string): boolean {
  const fields = format.replace(/'[^']*'/g, ' ').match(/([a-zA-Z])\1*/g) ?? [];
  return fields.length <= formatFieldsMax && fields.filter(field => /^z/i.test(field)).length <= 1;
}

export type TimeFormat =
  | { readonly ok: true; readonly says: 'offset' | 'time' | 'date'; readonly toTime: (zone: string) => Convert }
  | { readonly ok: false };

/** Luxon's tokens. What a format says is found by writing and reading a sample, not by knowing every token. */
export function parseTimeFormat(format: string): TimeFormat {
  if (!isReadInTime(format)) return { ok: false };
  const noon = DateTime.utc(2019, 3, 28, 13, 45, 7, { locale: 'en-US' });
  const written = noon.toFormat(format);
  const parser = DateTime.buildFormatParser(format, { locale: 'en-US' });
  const read = DateTime.fromFormatParser(written, parser, { zone: 'utc' });
  if (!read.isValid || read.toISODate() !== noon.toISODate()) return { ok: false };
  const hasOffset = /z/i.test(format.replace(/'[^']*'/g, ''));
  const hasTime = noon.startOf('day').toFormat(format) !== written;
  return {
    ok: true,
    says: hasOffset ? 'offset' : hasTime ? 'time' : 'date',
    toTime: zone => {
      const instantOf = instantIn(zone);
      return (value, scope, field) => {
        if (typeof value !== 'string') return value;
        if (value.length > timeLengthMax) return refuse(scope, 'badTime', { field, value, expected: format });
        const shown = DateTime.fromFormatParser(value, parser, { zone: 'utc' });
        if (!shown.isValid) return refuse(scope, 'badTime', { field, value, expected: format });
        return rfc3339(hasOffset ? shown.toMillis() : instantOf(shown.toMillis()));
      };
    },
  };
}

/** Years beyond the calendar are left for the reading of the canonical form to refuse. */
function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

/** `Z`, or a sign six characters before the end, which in a time without an offset is never one. */
function endsWithOffset(text: string): boolean {
  const last = text.charCodeAt(text.length - 1) | 0x20;
  const sign = text.charCodeAt(text.length - 6);
  return last === 0x7a || sign === 0x2b || (sign === 0x2d && text.length > 16);
}
