/** Quintiles by ties and the pyramid of a real shop's customers, from its orders, against a table made without tierflow. */
import { policyOf } from '@tierflow/customer/customer-under-test';
import { populationOf } from '@tierflow/customer/population/order-statistics';
import { pyramidClass, pyramidCuts } from '@tierflow/customer/population/pyramid';
import { tiesCuts } from '@tierflow/customer/population/quintiles-by-ties';
import { type Better, scoreByCuts } from '@tierflow/customer/population/score-by-cuts';
import { expect, test } from 'vitest';
import { measuredCustomers } from './measured-customers.ts';
import { linesOf, publishedTable } from './published-table.ts';

const folder = 'deploy/samples/online-retail';

const policy = policyOf({
  recencyDays: { op: 'since', of: 'purchase', window: 'P365D' },
  orders: { op: 'count', of: 'purchase', window: 'P365D' },
  spendMinor: { op: 'sum', of: 'netSpend', window: 'P365D' },
});

const customers = measuredCustomers(linesOf(`${folder}/events.jsonl.gz`), 'GBP', policy, '2011-12-09');
const table = publishedTable(`${folder}/oracle-2011-12-10.csv`, [
  'customer_id',
  'r_cd',
  'f_cd',
  'm_cd',
  'pyramid_active',
]);

type Measured = Record<'recencyDays' | 'orders' | 'spendMinor', number>;

/** Who bought in the window; the others are in no class. */
const active = new Map([...customers].filter(([, { orders }]) => orders !== 0)) as Map<string, Measured>;
const populationBy = (measure: keyof Measured) =>
  populationOf([...active.values()].map(customer => customer[measure]).sort((a, b) => a - b));

test('4,264 of 4,371 customers are active: those that the table has classes for', () => {
  expect([customers.size, table.length, active.size]).toEqual([4371, 4371, 4264]);
  const classed = table.filter(row => row.pyramid_active !== '').map(row => row.customer_id);
  expect([...active.keys()].sort()).toEqual(classed.sort());
});

test.each([
  ['recencyDays', 'less', 'r_cd'],
  ['orders', 'more', 'f_cd'],
  ['spendMinor', 'more', 'm_cd'],
] as const)('every customer has the score of the table by %s', (measure, better: Better, column) => {
  const cuts = tiesCuts(populationBy(measure), better);
  const scoreOf = (id: string): string => {
    const customer = active.get(id);
    return customer === undefined ? '' : String(scoreByCuts(customer[measure], cuts, better));
  };
  expect(table.map(row => [row.customer_id, scoreOf(row.customer_id)])).toEqual(
    table.map(row => [row.customer_id, row[column]]),
  );
});

test('every customer has the class of the table: 43, 171, 639 and 3,411, from £16,989.52, £5,613.08 and £1,983.58', () => {
  const cuts = pyramidCuts(populationBy('spendMinor'), [100, 500, 2000]);
  expect(cuts).toEqual([16_989_52, 5_613_08, 1_983_58]);
  const sizes = [0, 0, 0, 0];
  for (const row of table) {
    const customer = active.get(row.customer_id);
    const found = customer === undefined ? null : pyramidClass(customer.spendMinor, cuts);
    expect([row.customer_id, found === null ? '' : String(found)]).toEqual([row.customer_id, row.pyramid_active]);
    if (found !== null) sizes[found - 1]!++;
  }
  expect(sizes).toEqual([43, 171, 639, 3411]);
});
