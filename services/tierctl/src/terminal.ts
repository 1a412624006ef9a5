/** What a command says on stdout. Colours for terminals only; a table is plain enough to be piped. */
import Table from 'cli-table3';
import picocolors from 'picocolors';

export const colours = picocolors.createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** For people on stderr, beside a result on stdout. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function heading(text: string): string {
  return `\n${colours.bold(text)}`;
}

/** Numbers stand right, text left. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const isNumber = head.map((_, column) => rows.length > 0 && rows.every(row => isNumeric(row[column])));
  const drawn = new Table({
    head: [...head],
    colAligns: isNumber.map(right => (right ? 'right' : 'left')),
    style: { head: [], border: [], compact: true, 'padding-left': 1, 'padding-right': 1 },
    chars: process.stdout.isTTY ? {} : plainChars,
  });
  drawn.push(...rows.map(row => row.map(String)));
  return drawn.toString();
}

const plainChars = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map(name => [name, '']),
);

function isNumeric(cell: string | number | undefined): boolean {
  return typeof cell === 'number' || /^-?[\d.,]*$/.test(cell ?? '');
}
