import { parseSources } from '@tierflow/config/sources/parse-sources';
import { expect, test } from 'vitest';
import type { Table, TableRow } from '../tables/table.ts';
import type { InputPiece } from './event-input.ts';
import { tableInput } from './table-input.ts';

function sourceOf(rate: string) {
  const parsed = parseSources(
    `
rates: { USD: [{ from: 2024-01-01, rate: "${rate}" }] }
sources:
  orders:
    format: csv
    zone: Asia/Shanghai
    events:
      - type: purchase
        customerId: customer
        occurredAt: { path: day, unit: date }
        amount: amount
        currency: { const: USD }
      - type: profile
        customerId: customer
        occurredAt: { path: day, unit: date }
        attributes: { region: region }
        when: { path: region, exists: true }
`,
    { zone: 'Asia/Shanghai', baseCurrency: 'CNY' },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.sources[0]!;
}

const context = { zone: 'Asia/Shanghai', baseCurrency: 'CNY', nowMs: null, bootstrap: false };
const order = (number: number, customer: string, amount: string, note = '', region?: string): TableRow => ({
  number,
  cells: { customer, day: '2024-03-01', amount, note, ...(region === undefined ? {} : { region }) },
});

async function read(rows: readonly TableRow[], rate = '7', bootstrap = false): Promise<InputPiece> {
  const table: Table = { columns: ['customer', 'day', 'amount', 'note', 'region'], rows };
  const pieces: InputPiece[] = [];
  for await (const piece of tableInput('in/orders.csv', table, sourceOf(rate)).pieces({ ...context, bootstrap })) {
    pieces.push(piece);
  }
  return pieces[0]!;
}

async function idsOf(rows: readonly TableRow[], rate?: string, bootstrap?: boolean): Promise<string[]> {
  return (await read(rows, rate, bootstrap)).events.map(({ event }) => event.eventId);
}

test('a row without an id is known by what it says, wherever it stands', async () => {
  const [id] = await idsOf([order(2, 'ann', '10.00')]);
  expect(id).toMatch(/^content:[0-9a-f]{32}$/);
  expect(await idsOf([order(2, 'bob', '1.00'), order(3, 'ann', '10.00')])).toContain(id);
  expect(await idsOf([order(9, 'ann', '10.00', 'a note that is not mapped')])).toEqual([id]);
  expect(await idsOf([order(2, 'ann', '10.01')])).not.toContain(id);
});

test('neither a mended rate nor the mode of the import makes it another event', async () => {
  const row = [order(2, 'ann', '10.00')];
  expect(await idsOf(row, '7.5', true)).toEqual(await idsOf(row));
});

test('two rows that say the same are two events', async () => {
  const twice = await idsOf([order(2, 'ann', '10.00'), order(3, 'ann', '10.00')]);
  expect(new Set(twice).size).toBe(2);
  expect(await idsOf([order(2, 'ann', '10.00'), order(3, 'bob', '1.00'), order(4, 'ann', '10.00')])).toEqual(
    expect.arrayContaining(twice),
  );
});

test('a row may give several events, and what is wrong is told of by file, row and part', async () => {
  const { read: rows, events, rejected } = await read([order(2, 'ann', 'ten', '', 'East')]);
  expect(rows).toBe(1);
  expect(events.map(({ place, event }) => [place, event.type])).toEqual([[2, 'ProfileUpdated']]);
  expect(rejected).toMatchObject([{ id: 'orders.csv:2#0', origin: 'orders.csv:2', reason: 'badAmount' }]);
  expect(JSON.parse(rejected[0]!.payload!.toString())).toMatchObject({ customer: 'ann', amount: 'ten' });
});

test('a cell that the spreadsheet itself has no value for is refused where it is read', async () => {
  const failed: TableRow = {
    number: 2,
    cells: { customer: 'ann', day: '2024-03-01', amount: { formulaError: '#DIV/0!' } },
  };
  const { rejected } = await read([failed]);
  expect(rejected).toHaveLength(1);
  expect(rejected[0]!.message).toContain('#DIV/0!');
});
