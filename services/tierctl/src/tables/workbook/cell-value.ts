/** What stands in a cell's XML to the value that the spreadsheet shows. */
import type { Cell } from '../table.ts';
import type { CellFormat } from './cell-format.ts';

/** A spreadsheet computes with 15 decimal digits and stores what its processor has beyond them. */
const digitsMax = 15;
const dayMs = 86_400_000;
const dayOf1970In1900System = 25_569;
const daysBetweenSystems = 1462;
/** 9999-12-31. */
const lastSerial = 2_958_465;
/** The 1900 system has a 29 February 1900, which never was: before it serials are one less. */
const leapDayThatNeverWas = 60;

export function numberCell(text: string, format: CellFormat, has1904Dates: boolean): Cell | null {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) return { digitsLost: text };
  if (typeof format === 'object') return String(number).padStart(format.digits, '0');
  if (format !== 'number') return dateCell(number, format, has1904Dates);
  // An id of 16 digits has lost its last ones already, and would be that of another customer.
  if (Number.isInteger(number) && Math.abs(number) >= 10 ** digitsMax) return { digitsLost: text };
  return Number(number.toPrecision(digitsMax));
}

function dateCell(stored: number, format: 'date' | 'time' | 'dateTime', has1904Dates: boolean): Cell {
  const serial = has1904Dates ? stored + daysBetweenSystems : stored;
  if (format === 'time' && serial >= 0 && serial < 1) return iso(serial).slice(11);
  const days = serial < leapDayThatNeverWas ? serial + 1 : serial;
  if (serial < 1 || Math.floor(serial) === leapDayThatNeverWas || serial >= lastSerial + 1) {
    return { notADate: String(stored) };
  }
  const text = iso(days - dayOf1970In1900System);
  return format === 'date' ? text.slice(0, 10) : text;
}

/** Without an offset: a cell has none, so the zone of the source applies. */
function iso(daysSince1970: number): string {
  return new Date(Math.round(daysSince1970 * dayMs)).toISOString().replace(/(\.000)?Z$/, '');
}

export function textCell(text: string): string {
  return unescapeXlsx(text).trim();
}

/** Characters that XML cannot hold are written as _x000D_. */
function unescapeXlsx(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
}
