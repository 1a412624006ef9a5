/**
 * How a number of a cell is to be taken: a spreadsheet keeps days and times as numbers of days, and only the format says
 * so. ECMA-376 part 1, 18.8.30.
 */

export type CellFormat = 'number' | 'date' | 'time' | 'dateTime' | LeadingZeros;

/** `00000`: the cell shows that many digits, and so does an id in it. */
export interface LeadingZeros {
  readonly digits: number;
}

export function cellFormat(formatId: number, code: string | undefined): CellFormat {
  return code === undefined ? (builtIn.get(formatId) ?? 'number') : formatOf(code);
}

function formatOf(code: string): CellFormat {
  if (/^0{2,}$/.test(code)) return { digits: code.length };
  if (/^general$/i.test(code)) return 'number';
  // A span of time, such as [h]:mm, is a quantity and no time of the day.
  if (/\[(h+|m+|s+)\]/i.test(code)) return 'number';
  const bare = code
    .replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/gu, '')
    .split(';')[0]!
    .replace(/AM\/PM|A\/P|上午\/下午/gi, 'h')
    .replace(/E[+-]/gi, '')
    .toLowerCase();
  const hasTime = /[hs]/.test(bare);
  const hasDate = /[yd]/.test(bare) || (/m/.test(bare) && !hasTime);
  if (hasDate) return hasTime ? 'dateTime' : 'date';
  return hasTime ? 'time' : 'number';
}

const builtIn = new Map<number, CellFormat>([
  ...ids(14, 17, 'date'),
  ...ids(18, 21, 'time'),
  [22, 'dateTime'],
  // Those of East Asian editions.
  ...ids(27, 31, 'date'),
  ...ids(32, 35, 'time'),
  [36, 'date'],
  [45, 'time'],
  [47, 'time'],
  ...ids(50, 54, 'date'),
  ...ids(55, 56, 'time'),
  ...ids(57, 58, 'date'),
]);

function ids(first: number, last: number, format: CellFormat): [number, CellFormat][] {
  return Array.from({ length: last - first + 1 }, (_, index) => [first + index, format]);
}
