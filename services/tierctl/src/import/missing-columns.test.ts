import { parseSources } from '@tierflow/config/sources/parse-sources';
import { expect, test } from 'vitest';
import { describeMissingColumn, missingColumns } from './missing-columns.ts';

const text = `sources:
  accounts:
    format: csv
    events:
      - type: profile
        customerId: account
        occurredAt: { path: changed, unit: date }
        attributes: { region: region, size: employees }
`;

function source() {
  const parsed = parseSources(text, { zone: 'UTC', baseCurrency: 'GBP' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.sources[0]!;
}

test('a column that the table does not have is named with its line and the one that was meant', () => {
  const columns = ['account', 'changed', 'Region', 'notes'];
  const missing = missingColumns(source(), { columns, rows: [] });
  expect(missing.map(({ column, line, meant }) => [column, line, meant])).toEqual([
    ['region', 8, 'Region'],
    ['employees', 8, null],
  ]);
  expect(describeMissingColumn(missing[0]!, 'data/accounts.csv', 'sources.yaml', 'en')).toBe(
    'sources.yaml:8  accounts.csv has no column "region". Did you mean "Region"?',
  );
  expect(describeMissingColumn(missing[1]!, 'data/accounts.csv', 'sources.yaml', 'zh')).toContain('没有“employees”列');
});

test('a table with all of them has none missing', () => {
  expect(missingColumns(source(), { columns: ['account', 'changed', 'region', 'employees'], rows: [] })).toEqual([]);
});
